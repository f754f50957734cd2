//! Alive, ready, counted.

use std::{net::TcpListener, time::Duration};

use crate::{
    node::{Node, PATIENCE, discreet},
    site::{Site, network, network_at},
    walk::Walk,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_node_is_ready_when_a_link_is_bound() {
    // An address where nobody listens, until somebody does.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let site = Site::on_sqlite().await.operator("telco", "plain", &address, "");
    let node = Node::start(&site.config()).await;
    node.logged("SMPP link down").await;
    node.is_well().await;
    let (status, missing) = node.get("/readyz").await;
    assert_eq!(status, "HTTP/1.1 503 Service Unavailable");
    assert!(missing.starts_with("link telco/1: cannot connect"), "{missing}");

    let network = network_at(&address, "plain").await;
    let ready = async {
        while node.get("/readyz").await != ("HTTP/1.1 200 OK".into(), "ready\n".into()) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, ready).await.expect("ready in time");
    assert!(node.get("/elsewhere").await.0.starts_with("HTTP/1.1 404"));
    node.stop().await;
    network.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn conversations_are_counted_and_nobody_is_named() {
    let network = network("plain").await;
    let address = network.address().to_string();
    let site = Site::on_sqlite().await.operator("telco", "plain", &address, "");
    let node = Node::start(&site.config()).await;
    network.bound(1).await.unwrap();
    let mut walk = Walk::of("register");
    let mut phone = walk.phone(&network).await;
    walk.through(&mut phone).await;
    phone.dial("*119#").await.unwrap();
    phone.hang_up().await.unwrap();
    while network.figures().await.unwrap().unconfirmed > 0 {
        tokio::task::yield_now().await;
    }

    let (_, metrics) = node.get("/metrics").await;
    for counted in [
        "setara_turns_total{service=\"pedulilindungi\",channel=\"ussd\",result=\"answered\"} 12\n",
        "setara_screens_total{service=\"pedulilindungi\",screen=\"registered\"} 1\n",
        "setara_ends_total{service=\"pedulilindungi\",screen=\"registered\",end=\"completed\"} 1\n",
        "setara_ends_total{service=\"pedulilindungi\",screen=\"home\",end=\"user_abort\"} 1\n",
        "setara_outcomes_total{call=\"registration.submit\",outcome=\"registered\"} 1\n",
        "setara_replies_total{operator=\"telco\",outcome=\"accepted\"} 11\n",
        "setara_link_up{link=\"telco/1\"} 1\n",
        "setara_link_window{link=\"telco/1\"} 10\n",
        "setara_link_in_flight{link=\"telco/1\"} 0\n",
        "setara_link_binds_total{link=\"telco/1\"} 1\n",
        "setara_link_refused_total{link=\"telco/1\"} 0\n",
        "setara_journeys_started_total{service=\"pedulilindungi\",channel=\"ussd\"} 3\n",
        "setara_journeys_finished_total{service=\"pedulilindungi\",channel=\"ussd\"} 2\n",
        "setara_screen_entered_total{service=\"pedulilindungi\",screen=\"home\"} 3\n",
        "setara_screen_passed_total{service=\"pedulilindungi\",screen=\"home\"} 2\n",
        "setara_screen_turned_back_total{service=\"pedulilindungi\",screen=\"home\"} 0\n",
        "setara_screen_entered_total{service=\"pedulilindungi\",screen=\"registered\"} 1\n",
        "setara_limiter_subscribers 1\n",
        "setara_limiter_subscribers_most 1000000\n",
        "setara_turns_waiting 0\n",
        "setara_turns_waiting_most 4096\n",
        "setara_database_connections_most 1\n",
        "setara_database_conflicts_total 0\n",
        "setara_database_unavailable_total 0\n",
        "setara_database_time_seconds_count{step=\"commit\"} 12\n",
        "setara_batch_turns_sum 12.0\n",
        "setara_sweep_failures_total 0\n",
    ] {
        assert!(metrics.contains(counted), "{counted}{metrics}");
    }
    discreet(&metrics);
    node.stop().await;
    network.stop().await;
}

/// Every line can be asked about, and none is about anybody.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_for_machines_is_one_object_a_line() {
    let network = network("its").await;
    let site = Site::on_sqlite()
        .await
        .operator("telco", "its", &network.address().to_string(), "")
        .configured("log.format = \"json\"\n");
    let node = Node::start(&site.config()).await;
    network.bound(1).await.unwrap();
    let mut walk = Walk::of("not_listed");
    let mut phone = walk.phone(&network).await;
    walk.through(&mut phone).await;
    // A string that nobody offers, and one that holds a NIK.
    phone.dial("*120#").await.unwrap();
    phone.dial("*119*3173014502900001#").await.unwrap();
    let log = node.stop().await;
    network.stop().await;
    let lines: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    for line in &lines {
        for field in ["timestamp", "level", "target"] {
            assert!(line[field].is_string(), "no {field}: {line}");
        }
    }
    let bound = lines.iter().find(|line| line["message"] == "SMPP link bound").expect("bound");
    assert_eq!((&bound["link"], &bound["number"]), (&"telco/1".into(), &1.into()));
    let stopped = lines.iter().find(|line| line["message"] == "gateway stopped").expect("stopped");
    assert!(stopped["took_ms"].is_u64(), "{stopped}");
}
