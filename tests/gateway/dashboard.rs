//! The dashboard and the metrics of a running gateway, held against each other.

use std::{collections::BTreeSet, time::Duration};

use serde_json::Value;

use crate::{
    node::Node,
    site::{Site, network, run, told},
    walk::Walk,
};

/// Metrics that are there only once something odd has happened, something was pushed or sent by
/// SMS or to a chat, or an aggregator told of an end, which in this test was not.
const ONLY_WHEN_ODD: &[&str] = &[
    "setara_strange_total",
    "setara_noticed_total",
    "setara_pushes_total",
    "setara_notices_shown_total",
    "setara_session_ends_total",
    "setara_notices_total",
    "setara_notices_claimed_total",
    "setara_notices_tried_again_total",
    "setara_notices_answered_late_total",
    "setara_account_pace",
    "setara_documents_total",
    "setara_typing_total",
];

/// Those of an outside record.
const OUTSIDE: &str = "setara_record_";

/// The series a metric has, of which the dashboard has to show one. OpenMetrics 1.0, "Metric Types".
fn series(name: &str, kind: &str) -> Vec<String> {
    let endings: &[&str] = match kind {
        "counter" => &["_total"],
        "histogram" => &["_bucket", "_sum", "_count"],
        "info" => &["_info"],
        "gauge" => &[""],
        other => panic!("{name} is a {other}"),
    };
    endings.iter().map(|ending| format!("{name}{ending}")).collect()
}

/// Every `expr` in a dashboard, at any depth.
fn expressions(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("expr").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| expressions(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| expressions(value, found)),
        _ => {}
    }
}

/// The metrics that a text names.
fn metrics(text: &str) -> BTreeSet<&str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.split(|c| !is_name(c)).filter(|word| word.starts_with("setara_")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_shows_what_the_gateway_counts() {
    let network = network("plain").await;
    let site =
        Site::on_sqlite().await.operator("telco", "plain", &network.address().to_string(), "");
    let node = Node::start(&site.config()).await;
    network.bound(1).await.unwrap();
    let mut walk = Walk::of("register");
    let mut phone = walk.phone(&network).await;
    walk.through(&mut phone).await;
    let (_, mut exposed) = node.get("/metrics").await;
    // What a sweep counts is there after the first one.
    for _ in 0..100 {
        if exposed.contains("setara_tickets_overdue") && exposed.contains("setara_officers") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        (_, exposed) = node.get("/metrics").await;
    }
    node.stop().await;
    network.stop().await;

    let printed = run(&site.config(), &["telemetry", "dashboard"]).await;
    assert!(printed.status.success(), "{}", told(&printed));
    let dashboard: Value = serde_json::from_slice(&printed.stdout).expect("JSON");
    let mut used = Vec::new();
    expressions(&dashboard["panels"], &mut used);
    let used = used.join("\n");
    let used = metrics(&used);

    let types = exposed.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    let counted: Vec<_> = types.map(|(name, kind)| series(name, kind)).collect();
    let names: BTreeSet<&str> = counted.iter().flatten().map(String::as_str).collect();
    let unknown: Vec<_> = used.difference(&names).collect();
    let odd = |name: &str| ONLY_WHEN_ODD.contains(&name) || name.starts_with(OUTSIDE);
    assert!(unknown.iter().all(|name| odd(name)), "not exposed: {unknown:?}");
    let hidden = counted.iter().filter(|series| !series.iter().any(|name| used.contains(&**name)));
    let hidden: Vec<_> = hidden.collect();
    assert!(hidden.is_empty(), "not in the dashboard: {hidden:?}");
    // A metric stands once, whatever labels its series have.
    assert_eq!(names.len(), counted.iter().map(Vec::len).sum::<usize>(), "{exposed}");
}

/// The labels that the dashboard sums by and filters by are labels that there are.
#[test]
fn every_panel_asks_something_of_the_chosen_source() {
    let dashboard: Value = serde_json::from_str(setara::telemetry::DASHBOARD).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let mut ids = BTreeSet::new();
    for panel in panels {
        assert!(ids.insert(panel["id"].as_u64().expect("an id")), "twice: {panel}");
        if panel["type"] == "row" {
            continue;
        }
        assert_eq!(panel["datasource"]["uid"], "${source}", "{panel}");
        let targets = panel["targets"].as_array().expect("targets");
        assert!(!targets.is_empty(), "{panel}");
        for target in targets {
            let expr = target["expr"].as_str().expect("an expression");
            assert!(!metrics(expr).is_empty() && expr.contains("$instance"), "{expr}");
            let pairs = [('(', ')'), ('{', '}'), ('[', ']')];
            for (open, close) in pairs {
                assert_eq!(expr.matches(open).count(), expr.matches(close).count(), "{expr}");
            }
        }
    }
}
