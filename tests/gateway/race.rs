//! Everybody wants a seat at once, on four channels over the wire: exactly as many tickets as seats, each
//! person with a clear yes or no, nobody two. The full size is a measurement: `simulator race`.

use std::collections::BTreeSet;

use setara::clock::{self, Zone};
use simulator::{
    aggregator::{self, Aggregator, post::Proof, provider::Provider},
    balancer::Balancer,
    race::{self, Networks, Plan, Stage},
    whatsapp::{Cloud, Settings, pace::Limits},
};

use super::{
    node::Node,
    site::{Site, network, told},
    support::postgres,
};

const SECRET: &str = "rahasia-untuk-lomba";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_channels_race_for_seats() {
    let plan = Plan { people: 240, seats: 20 };
    race(Site::empty("sqlite:setara.db".into()), plan, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_channels_race_for_seats_on_two_nodes() {
    let plan = Plan { people: 60, seats: 10 };
    race(Site::empty(postgres::database().await), plan, 2).await;
}

async fn race(site: Site, plan: Plan, nodes: usize) {
    let provider = Provider::named("africastalking").expect("a provider of the simulator");
    let proof = Proof::Hmac(SECRET.into());
    let settings = aggregator::Settings::new("Gerbang", provider, "agg", proof, &["*119#"]);
    let limits = Limits { per_second: 1000, ..Limits::default() };
    let networks = Networks {
        operator: network("plain").await,
        aggregator: Aggregator::start(settings),
        cloud: Cloud::start(Settings { limits, ..Settings::default() }).await.expect("a cloud"),
    };
    let site = connected(site, &networks);
    for (what, rows) in
        [("record", race::roster(plan.people)), ("facility", race::places(plan.seats))]
    {
        let path = site.folder().join(format!("{what}.csv"));
        std::fs::write(&path, rows).expect("a file");
        let imported = site.run(&[what, "import", &path.display().to_string()]).await;
        assert!(imported.status.success(), "{}", told(&imported));
    }
    let mut running = Vec::new();
    for many in 1..=nodes {
        running.push(Node::start(&site.config()).await);
        networks.operator.bound(many).await.expect("a network");
    }
    let balancer = Balancer::start(running.iter().map(Node::http).collect()).await.expect("a port");
    networks.aggregator.calls(balancer.address());
    let webhook = format!("http://{}/whatsapp", balancer.address());
    networks.cloud.subscribe(&webhook).await.expect("a webhook");

    let before = tomorrow();
    let report = race::run(&networks, plan, |_: Stage| ()).await.expect("a race");
    println!("{report:?}");
    let mut booked = BTreeSet::new();
    // Midnight may have passed.
    for day in [before, tomorrow()] {
        let list = site.run(&["appointment", "list", &day, race::PLACE, "--json"]).await;
        let lines: Vec<serde_json::Value> =
            serde_json::from_slice(&list.stdout).unwrap_or_else(|_| panic!("{}", told(&list)));
        let numbers = lines.iter().filter_map(|line| line["number"].as_str());
        booked.extend(numbers.map(str::to_owned));
    }
    assert_eq!(report.faults(plan, &booked), Vec::<String>::new());
    let told: u32 = report.ways.values().map(|of| of.yes + of.no).sum();
    assert_eq!((told, report.tickets.len()), (plan.people, plan.seats as usize));
    let broken = networks.cloud.broken_rules();
    assert!(broken.is_empty(), "the cloud refused what breaks its rules: {broken:?}");
    for node in running {
        node.stop().await;
    }
    networks.cloud.stop().await;
    networks.aggregator.stop().await;
    networks.operator.stop().await;
}

/// Where the place is.
fn tomorrow() -> String {
    clock::now().date(Zone::Wit).tomorrow().expect("a day").to_string()
}

/// With everything that people come over. Nobody reads here, so a person is faster than a subscriber may be.
fn connected(site: Site, networks: &Networks) -> Site {
    let Settings { phone_number_id, display_number, token, app_secret, verify_token, .. } =
        networks.cloud.settings();
    let sms = "[operator.telco.sms]\nshort_code = \"1199\"\nsender = \"PEDULICOVID\"\n\
               per_second = 10000\nprefixes = [\"\"]\n";
    let more = format!(
        "[limits]\nsubscriber_per_minute = 6000\nsubscriber_burst = 1000\n\
         [appointments]\ndays = 1\n\
         [callback.agg]\nprovider = \"africastalking\"\nproof = \"hmac\"\nsecret = \"{SECRET}\"\n\
         [whatsapp]\napi = \"{}\"\nphone_number_id = \"{phone_number_id}\"\n\
         display_number = \"{display_number}\"\ntoken = \"{token}\"\n\
         app_secret = \"{app_secret}\"\nverify_token = \"{verify_token}\"\nper_second = 1000\n",
        networks.cloud.api()
    );
    // What a whole crowd does is too much to be told line by line.
    site.logging("info")
        .operator("telco", "plain", &networks.operator.address().to_string(), sms)
        .configured(&more)
}
