//! A gateway that is killed while it queues people goes on where it stopped.

use std::time::Duration;

use setara::{clock, service::sample::People};

use crate::{
    node::Node,
    site::{Site, told},
};

const PEOPLE: usize = 12_000;
const OPERATOR: &str = "[operator.telco]\nlink = []\n[operator.telco.sms]\nshort_code = \"1199\"\n\
    sender = \"PEDULICOVID\"\nper_second = 100\nprefixes = [\"\"]\n";

async fn figures(site: &Site) -> serde_json::Value {
    let shown = site.run(&["campaign", "status", "all", "--json"]).await;
    serde_json::from_str(told(&shown).trim()).unwrap_or_else(|_| panic!("{}", told(&shown)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_gateway_goes_on_and_writes_to_nobody_twice() {
    for site in [
        Site::empty("sqlite:setara.db".into()),
        Site::empty(crate::support::postgres::database().await),
    ] {
        let site = site.configured(OPERATOR);
        let done = site.run(&["record", "sample", &PEOPLE.to_string()]).await;
        assert!(done.status.success(), "{}", told(&done));
        let made = ["campaign", "create", "all", "--text", "invitation", "--unregistered"];
        for command in [&made[..], &["campaign", "start", "all"]] {
            let done = site.run(command).await;
            assert!(done.status.success(), "{}", told(&done));
        }
        let mut kills = 0;
        let whole = loop {
            let node = Node::start(&site.config()).await;
            // Every time it lives a little longer.
            tokio::time::sleep(Duration::from_millis(1_100 + 300 * kills)).await;
            node.kill().await;
            kills += 1;
            let now = figures(&site).await;
            if now["expanded"] == true {
                break now;
            }
        };
        let today = clock::now().date(clock::Zone::Wib);
        let people = People::new(1, today).take(PEOPLE).filter(|of| !of.blocked);
        let (reachable, unreachable): (Vec<_>, Vec<_>) = people.partition(|of| of.phone.is_some());
        println!("killed {kills} times while it queued {}", reachable.len());
        assert_eq!(whole["unreachable"], unreachable.len(), "{whole}");
        let written = whole["queued"].as_u64().unwrap() + whole["crowded_out"].as_u64().unwrap();
        assert_eq!(written, reachable.len() as u64, "{whole}");
        assert_eq!(whole["notices"]["waiting"], whole["queued"], "{whole}");
    }
}
