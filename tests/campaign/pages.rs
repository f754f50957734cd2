//! The admin pages of campaigns, and what describes them.

use crate::{
    node::Node,
    site::{Site, told},
};

const TOKEN: &str = "a-token-of-the-ministry-of-health";
const OPERATOR: &str = "[operator.telco]\nlink = []\n[operator.telco.sms]\nshort_code = \"1199\"\n\
    sender = \"PEDULICOVID\"\nper_second = 100\nprefixes = [\"\"]\n";

async fn site() -> Site {
    Site::on_sqlite().await.admin(TOKEN).configured(OPERATOR)
}

fn status(answer: &(String, String)) -> &str {
    answer.0.split(' ').nth(1).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_without_the_token_sees_or_moves_a_campaign() {
    let site = site().await;
    let node = Node::start(&site.config()).await;
    for (method, path) in [
        ("GET", "/admin/campaigns"),
        ("POST", "/admin/campaigns"),
        ("GET", "/admin/campaigns/a"),
        ("GET", "/admin/campaigns/a/preview"),
        ("PUT", "/admin/campaigns/a/people"),
        ("POST", "/admin/campaigns/a/start"),
        ("GET", "/admin/openapi.json"),
    ] {
        for token in [None, Some("another-token-of-the-ministry")] {
            let answer = node.ask(method, path, token, "").await;
            assert_eq!(status(&answer), "401", "{method} {path}");
        }
    }
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_goes_its_way_over_the_pages() {
    let site = site().await;
    let node = Node::start(&site.config()).await;
    let ask = async |method: &str, path: &str, body: &str| {
        let answer = node.ask(method, path, Some(TOKEN), body).await;
        (status(&answer).to_owned(), answer.1)
    };
    let order = r#"{"name":"list","text":"invitation","valid_days":3}"#;
    assert_eq!(ask("POST", "/admin/campaigns", order).await.0, "201");
    assert_eq!(ask("POST", "/admin/campaigns", order).await.0, "409");
    for (order, code, word) in [
        ("{}", "400", "missing field `name`"),
        (r#"{"name":"a","text":"invitatoin"}"#, "422", "dose_due"),
        (r#"{"name":"A","text":"invitation"}"#, "422", "small letters"),
        (r#"{"name":"a","text":"dose_due","record":{}}"#, "422", "{dose}"),
        (r#"{"name":"a","text":"invitation","record":{"region":"00"}}"#, "422", "province"),
        (r#"{"name":"a","text":"invitation","record":{"groups":["young"]}}"#, "422", "group"),
    ] {
        let (status, said) = ask("POST", "/admin/campaigns", order).await;
        assert_eq!(status, code, "{order}: {said}");
        assert!(said.contains(word), "{said}");
    }
    let people = "/admin/campaigns/list/people";
    let bad = "phone,name,nik\n0812,Ani,3173041708900001\n";
    let (code, said) = ask("PUT", people, bad).await;
    assert_eq!((code.as_str(), said.contains("\"line\":2")), ("422", true), "{said}");
    assert_eq!(ask("POST", "/admin/campaigns/list/start", "").await.0, "409");
    let good = "phone,name,nik\n081290000001,Ani,3173041708900001\n";
    let both = format!("{good}0812,Ani,3173041708900002\n");
    let (code, said) = ask("PUT", &format!("{people}?skip_bad=true"), &both).await;
    assert_eq!((code.as_str(), said.contains("\"people\":1,\"bad\":1")), ("200", true), "{said}");
    assert_eq!(ask("PUT", people, good).await.0, "409");

    let (_, said) = ask("GET", "/admin/campaigns/list/preview?price_per_part=350", "").await;
    assert!(said.contains("3173********0001") && said.contains("\"cost\":350.0"), "{said}");
    assert_eq!(ask("GET", "/admin/campaigns/other", "").await.0, "404");
    for (step, state) in [("start", "running"), ("pause", "paused"), ("resume", "running")] {
        let (code, said) = ask("POST", &format!("/admin/campaigns/list/{step}"), "").await;
        assert_eq!((code.as_str(), said.contains(state)), ("200", true), "{said}");
    }
    // The command sees the same.
    let mut said = String::new();
    for _ in 0..600 {
        let shown = site.run(&["campaign", "status", "list", "--json"]).await;
        said = told(&shown);
        if said.contains("\"queued\":1") {
            break;
        }
    }
    assert!(said.contains("\"waiting\":1"), "{said}");
    assert_eq!(ask("POST", "/admin/campaigns/list/cancel", "").await.0, "200");
    assert_eq!(ask("POST", "/admin/campaigns/list/burn", "").await.0, "404");
    node.stop().await;
}

/// A list has a bound of its own: what is longer is refused, and other pages are as they were.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_longer_than_is_configured_is_refused() {
    let site =
        site().await.configured("[limits]\nhttp_body_octets = 500\nhttp_list_octets = 2000\n");
    let node = Node::start(&site.config()).await;
    let ask = async |method: &str, path: &str, body: &str| {
        let answer = node.ask(method, path, Some(TOKEN), body).await;
        (status(&answer).to_owned(), answer.1)
    };
    let order = r#"{"name":"list","text":"invitation"}"#;
    assert_eq!(ask("POST", "/admin/campaigns", order).await.0, "201");
    assert_eq!(ask("POST", "/admin/campaigns", &" ".repeat(501)).await.0, "413");
    let list = |people: u32| {
        let line = |n: u32| format!("08129000{n:04},Ani,317304170890{n:04}\n");
        format!("phone,name,nik\n{}", (1..=people).map(line).collect::<String>())
    };
    let people = "/admin/campaigns/list/people";
    assert_eq!(ask("PUT", people, &list(100)).await.0, "413");
    let (code, said) = ask("PUT", people, &list(40)).await;
    assert_eq!((code.as_str(), said.contains("\"people\":40")), ("200", true), "{said}");
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_are_described() {
    let site = site().await;
    let node = Node::start(&site.config()).await;
    let (_, described) = node.get_as("/admin/openapi.json", Some(TOKEN)).await;
    let described: serde_json::Value = serde_json::from_str(&described).unwrap();
    insta::assert_snapshot!("openapi", serde_json::to_string_pretty(&described).unwrap());
    node.stop().await;
}
