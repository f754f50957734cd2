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

/// What staff do at a terminal, from the preview to the end, and what they are told of what cannot be done.
#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_goes_its_way_by_command() {
    for site in [
        Site::empty("sqlite:setara.db".into()),
        Site::empty(crate::support::postgres::database().await),
    ] {
        let site = site.configured(OPERATOR);
        let list = site.folder().join("list.csv");
        let people = "phone,name,nik\n081290000001,Ani,3173041708900001\n\
                      081290000002,Budi,3173041708900002\n";
        std::fs::write(&list, people).unwrap();
        let list = list.display().to_string();
        let made = ["create", "june", "--text", "invitation", "--list", &list];
        let standing = async || {
            let listed = told(&site.run(&["campaign", "list"]).await);
            let line = listed.lines().find(|line| line.starts_with("june")).map(str::to_owned);
            let line = line.unwrap_or_else(|| panic!("{listed}"));
            line.split_whitespace().nth(2).expect("a state").to_owned()
        };
        let does = async |arguments: &[&str]| {
            let done = site.run(&[&["campaign"], arguments].concat()).await;
            (done.status.success(), told(&done))
        };
        let (done, said) = does(&made).await;
        assert!(done && said.contains("2 people are on the list"), "{said}");
        assert_eq!(standing().await, "draft");
        let (done, said) = does(&made).await;
        assert!(!done && said.contains("there is a campaign of that name"), "{said}");

        let (done, said) = does(&["preview", "june", "--price-per-part", "350"]).await;
        assert!(done, "{said}");
        for word in ["3173********0001", "2 people", "2 SMS, which cost 700.00", "STOP ke 1199"] {
            assert!(said.contains(word), "{word}: {said}");
        }
        let (done, said) = does(&["preview", "june", "--json"]).await;
        let preview: serde_json::Value = serde_json::from_str(said.trim()).expect("JSON");
        assert!(done && preview["people"] == 2 && preview["parts"] == 2, "{said}");

        for (step, state, of_each) in [
            // What cannot be done changes nothing.
            ("pause", "draft", "no"),
            ("resume", "draft", "no"),
            ("start", "running", "yes"),
            ("start", "running", "no"),
            ("pause", "paused", "yes"),
            ("pause", "paused", "no"),
            ("resume", "running", "yes"),
            ("cancel", "cancelled", "yes"),
            ("resume", "cancelled", "no"),
            ("cancel", "cancelled", "no"),
        ] {
            let (done, said) = does(&[step, "june"]).await;
            assert_eq!(if done { "yes" } else { "no" }, of_each, "{step}: {said}");
            assert_eq!(standing().await, state, "{step}: {said}");
            assert!(!done || said.contains(&format!("june is {state}")), "{said}");
        }
        let (done, said) = does(&["status", "june"]).await;
        assert!(done && said.contains("june: invitation of pedulilindungi, cancelled"), "{said}");
        let (done, said) = does(&["pause", "july"]).await;
        assert!(!done && said.contains("no campaign"), "{said}");
    }
}
