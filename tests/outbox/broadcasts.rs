//! Campaigns to chats and by SMS at once, against the simulated Cloud API and an SMSC: everybody gets one
//! message, the way that is right for them.

use std::{collections::BTreeMap, time::Duration};

use setara::{
    clock,
    front::campaign::{BadRows, Order, Preview},
    identity::{ChatId, Msisdn},
    menu::model::Menu,
    outbox::{Class, Fate, Notice, Over, route::WHATSAPP, work::Doubt},
    service::campaign::{Audience, Step, way::Way},
    store::{Figures, OneWay, Table},
};
use simulator::whatsapp::{
    Cloud, Settings,
    chat::Chat,
    content::Content,
    pace::Limits,
    template::{Category, Template},
    user::{Membership, Offers, Profile},
};

use crate::{
    bed::{Bed, both, notice},
    chats::{SMS, heard, number},
    node::{Node, PATIENCE},
    smsc::{Manner, Smsc},
};

const TEMPLATES: &str = "template = [\
     { language = \"id\", name = \"undangan\", text = \"invitation\", values = [\"name\", \"dial\"] }, \
     { language = \"en\", name = \"undangan\", code = \"en_US\", text = \"invitation\", values = [\"name\"] }]";

/// When who is silent wrote for the last time.
const LONG_AGO: Duration = Duration::from_secs(30 * 3600);

async fn cloud(paused: bool) -> Cloud {
    let offer = |code, text| Template::new("undangan", code, text).of(Category::Marketing);
    let indonesian = offer("id", "Halo {{1}}, silakan daftar vaksin: {{2}}");
    let indonesian = if paused { indonesian.paused() } else { indonesian };
    let templates = vec![indonesian, offer("en_US", "Hello {{1}}, please register")];
    let limits = Limits { per_second: 1000, ..Limits::default() };
    Cloud::start(Settings { templates, limits, ..Settings::default() }).await.unwrap()
}

/// Somebody whose chat speaks for the phone and was heard so long ago.
async fn chatter(bed: &Bed, cloud: &Cloud, user: usize, ago: Duration) -> Chat {
    let phone = number(user);
    let chat = cloud.chat(phone.parse().unwrap(), "Siti");
    if ago.is_zero() {
        chat.write("halo");
    }
    let id = ChatId::new(None, Some(&phone)).unwrap();
    bed.bind_heard(&id, &Msisdn::parse(&phone).unwrap(), ago).await;
    chat
}

/// The campaign `all` to users, each with a language; what it would be before it was started.
async fn started(bed: &Bed, people: &[(usize, &str)], per_second: u32) -> Preview {
    started_as(bed, "all", people, per_second).await
}

async fn started_as(bed: &Bed, name: &str, people: &[(usize, &str)], per_second: u32) -> Preview {
    let campaigns = bed.campaigns();
    let order = Order {
        name: name.into(),
        service: None,
        text: "invitation".into(),
        audience: Audience::List,
        per_second,
        valid_days: 7,
    };
    let menus = bed.menus();
    let campaign = campaigns.create(order, &[&menus[0]]).await.unwrap();
    let mut list = "phone,name,nik,language\n".to_owned();
    for (user, language) in people {
        list += &format!("{},Siti Aminah,317304170890{user:04},{language}\n", number(*user));
    }
    campaigns.take_list(&campaign, list.as_bytes(), BadRows::Refuse).await.unwrap();
    let preview = campaigns.preview(&campaign).await.unwrap();
    campaigns.step(name, Step::Start).await.unwrap();
    preview
}

async fn node(bed: &Bed, cloud: &Cloud) -> Node {
    let node = Node::start(&bed.config()).await;
    cloud.subscribe(&format!("http://{}/whatsapp", node.http())).await.unwrap();
    node
}

/// The figures, as soon as they are so.
async fn figures(bed: &Bed, holds: impl Fn(&Figures) -> bool) -> Figures {
    let campaigns = bed.campaigns();
    let began = tokio::time::Instant::now();
    loop {
        let (campaign, figures) = campaigns.status("all").await.unwrap();
        if campaign.expanded && holds(&figures) {
            return figures;
        }
        assert!(began.elapsed() < PATIENCE, "{figures:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn of(way: &OneWay, fate: Fate) -> u64 {
    way.fates.get(&fate).copied().unwrap_or_default()
}

fn said(chat: &Chat) -> Vec<String> {
    let text = |content: Content| match content {
        Content::Text { body } => body,
        Content::Template { name, language, text, .. } => format!("{name}/{language}: {text}"),
        other => format!("{other:?}"),
    };
    heard(chat).into_iter().map(|bubble| text(bubble.content)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_one_message_the_way_that_is_right() {
    for bed in both().await {
        let cloud = cloud(false).await;
        let smsc = Smsc::start(Manner::default()).await;
        let bed = bed.operator("telco", &[smsc.port], SMS, "").whatsapp(&cloud, TEMPLATES);
        let open = chatter(&bed, &cloud, 1, Duration::ZERO).await;
        let silent = chatter(&bed, &cloud, 2, LONG_AGO).await;
        let english = chatter(&bed, &cloud, 3, LONG_AGO).await;
        let gone = chatter(&bed, &cloud, 4, LONG_AGO).await;
        gone.set_profile(Profile { membership: Membership::Gone, ..gone.profile() });
        let unwilling = chatter(&bed, &cloud, 5, LONG_AGO).await;
        unwilling.set_profile(Profile { offers: Offers::Refused, ..unwilling.profile() });
        let node = node(&bed, &cloud).await;
        // What opened the chat is answered before: it is no answer to what comes now.
        let answered = async {
            while heard(&open).is_empty() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, answered).await.unwrap();
        let people = [(1, "id"), (2, "id"), (3, "en"), (4, "id"), (5, "id"), (6, "id"), (7, "en")];
        let preview = started(&bed, &people, 0).await;
        assert_eq!((preview.by_sms, preview.to_chats, preview.in_templates), (2, 1, 4));
        let sample = preview.samples.iter().find(|of| of.way == Way::Template).unwrap();
        assert_eq!(sample.text, "S*** A****\n*119#");
        assert_eq!(sample.template, Some(("undangan".into(), "id".into())));

        let done = |of_all: &Figures| {
            let chats = &of_all.chats;
            // Each of the five is told of by the network in its own time.
            (chats.rerouted, chats.read, of(chats, Fate::OptedOut)) == (1, 3, 1)
                && of(&of_all.by_sms(), Fate::Sent) == 3
        };
        let now = figures(&bed, done).await;
        assert_eq!((of(&now.chats, Fate::Delivered), of(&now.chats, Fate::OptedOut)), (3, 1));
        // As if they had written STOP: the next one is not even tried.
        assert_eq!(bed.store.count(Table::OptOut).await.unwrap(), 1);
        assert_eq!((now.chats.sent(), now.chats.replied, now.replied), (3, 0, 0));
        let last = said(&open).pop().unwrap();
        assert!(
            last.starts_with(
                "PeduliLindungi: S\u{2217}\u{2217}\u{2217} A\u{2217}\u{2217}\u{2217}\u{2217}, NIK"
            ),
            "{last}"
        );
        assert_eq!(
            said(&silent),
            [
                "undangan/id: Halo S\u{2217}\u{2217}\u{2217} A\u{2217}\u{2217}\u{2217}\u{2217}, silakan daftar vaksin: *119#"
            ]
        );
        assert_eq!(
            said(&english),
            [
                "undangan/en_US: Hello S\u{2217}\u{2217}\u{2217} A\u{2217}\u{2217}\u{2217}\u{2217}, please register"
            ]
        );
        assert_eq!((said(&gone).len(), said(&unwilling).len()), (0, 0));
        let texted = smsc.taken();
        assert_eq!(texted.len(), 3, "who has no chat, and who is not on WhatsApp");
        // An answer in the chat is one.
        silent.write("VAKSIN");
        let now = figures(&bed, |of_all| of_all.chats.replied == 1).await;
        assert_eq!((now.replied, now.by_sms().replied), (1, 0));
        node.stop().await;
        cloud.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_that_is_paused_is_no_loss() {
    for bed in both().await {
        let cloud = cloud(true).await;
        let smsc = Smsc::start(Manner::default()).await;
        let lines = format!("at_once = 2\n{TEMPLATES}");
        let bed = bed.operator("telco", &[smsc.port], SMS, "").whatsapp(&cloud, &lines);
        let mut people = Vec::new();
        for user in 1..=40 {
            chatter(&bed, &cloud, user, LONG_AGO).await;
            people.push((user, "id"));
        }
        started(&bed, &people, 0).await;
        let node = node(&bed, &cloud).await;
        let now = figures(&bed, |of_all| of(&of_all.by_sms(), Fate::Sent) == 40).await;
        assert_eq!((now.chats.rerouted, now.chats.sent()), (40, 0));
        assert!(smsc.taken().values().all(|times| *times == 1));
        let refused = cloud.refused();
        let paused = refused.iter().filter(|of| of.code == 132_015).count();
        assert!((1..=4).contains(&paused), "it was asked {paused} times for a paused template");
        node.stop().await;
        cloud.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_paused_campaign_nothing_leaves_that_was_claimed_before() {
    for bed in both().await {
        let smsc = Smsc::start(Manner::default()).await;
        let slow = "per_second = 2\nprefixes = [\"\"]";
        let bed = bed.operator("telco", &[smsc.port], slow, "window = 20");
        let people: Vec<(usize, &str)> = (1..=24).map(|user| (user, "id")).collect();
        started(&bed, &people, 0).await;
        let node = Node::start(&bed.config()).await;
        smsc.came(3).await;
        bed.campaigns().step("all", Step::Pause).await.unwrap();
        // Nodes look at campaigns, and at what waits, twice within this time.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let came = smsc.submits().len();
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(smsc.submits().len(), came);
        assert!(came < people.len(), "{came}");
        bed.campaigns().step("all", Step::Resume).await.unwrap();
        figures(&bed, |of_all| of(&of_all.by_sms(), Fate::Sent) == 24).await;
        // Each text has the same number of parts.
        let submits = smsc.submits().len();
        assert!(smsc.taken().values().all(|parts| *parts == submits / people.len()));
        node.stop().await;
    }
}

/// Of an account that could send a thousand a second, over any five seconds.
#[tokio::test(flavor = "multi_thread")]
async fn the_pace_of_a_campaign_is_kept_on_the_wire() {
    for bed in both().await {
        let smsc = Smsc::start(Manner::default()).await;
        let bed = bed.operator("telco", &[smsc.port], SMS, "window = 20");
        let people: Vec<(usize, &str)> = (1..=200).map(|user| (user, "id")).collect();
        started(&bed, &people, 10).await;
        let node = Node::start(&bed.config()).await;
        smsc.came(1).await;
        tokio::time::sleep(Duration::from_secs(14)).await;
        let mut began = BTreeMap::new();
        for submit in smsc.submits() {
            began.entry(submit.to).or_insert(submit.at);
        }
        let mut went: Vec<_> = began.into_values().collect();
        went.sort_unstable();
        let within = |first: usize| {
            went.partition_point(|at| *at < went[first] + Duration::from_secs(10)) - first
        };
        let most = (0..went.len()).map(within).max().unwrap_or(0);
        println!("over ten seconds at 10 a second: {most} messages at the most of {}", went.len());
        // What a second holds may have been saved up when it began; and of what left before, a busy machine
        // shows some half a second late.
        assert!(most <= 115, "{most}");
        assert!(went.len() >= 70, "{}", went.len());
        node.stop().await;
    }
}

/// Of more campaigns than may send at once the latest waits until an earlier one has sent all.
#[tokio::test(flavor = "multi_thread")]
async fn campaigns_take_turns_where_only_one_may_send() {
    for bed in both().await {
        let smsc = Smsc::start(Manner::default()).await;
        let bed = bed.setting("outbox.campaigns_at_once = 1");
        let bed = bed.operator("telco", &[smsc.port], "per_second = 40\nprefixes = [\"\"]", "");
        let people = |from: usize| (from..from + 40).map(|user| (user, "id")).collect::<Vec<_>>();
        started_as(&bed, "first", &people(1), 0).await;
        started_as(&bed, "second", &people(101), 0).await;
        let node = Node::start(&bed.config()).await;
        bed.until(Fate::Sent, 80).await;
        let when = |from: usize| {
            let to: Vec<String> = people(from).iter().map(|(user, _)| number(*user)).collect();
            let submits = smsc.submits().into_iter();
            submits.filter(|of| to.contains(&of.to)).map(|of| of.at).collect::<Vec<_>>()
        };
        assert!(when(1).iter().max() < when(101).iter().min(), "they overlap");
        node.stop().await;
    }
}

/// Paused in the middle, the gateway goes and comes again, and the campaign goes on: nobody gets it twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_is_paused_across_a_restart_and_resumed() {
    for bed in both().await {
        let smsc = Smsc::start(Manner::default()).await;
        let slow = "per_second = 20\nprefixes = [\"\"]";
        let bed = bed.operator("telco", &[smsc.port], slow, "window = 5");
        let people: Vec<(usize, &str)> = (1..=80).map(|user| (user, "id")).collect();
        started(&bed, &people, 0).await;
        // Once it goes in good order, once it is killed.
        for killed in [false, true] {
            let node = Node::start(&bed.config()).await;
            smsc.came(smsc.submits().len() + 10).await;
            bed.campaigns().step("all", Step::Pause).await.unwrap();
            tokio::time::sleep(Duration::from_secs(4)).await;
            if killed {
                node.kill().await;
            } else {
                node.stop().await;
            }
            let came = smsc.submits().len();
            let node = Node::start(&bed.config()).await;
            tokio::time::sleep(Duration::from_secs(3)).await;
            assert_eq!(smsc.submits().len(), came, "it is paused");
            node.stop().await;
            bed.campaigns().step("all", Step::Resume).await.unwrap();
        }
        let came = smsc.submits().len();
        let node = Node::start(&bed.config()).await;
        figures(&bed, |of_all| of(&of_all.by_sms(), Fate::Sent) == 80).await;
        let taken = smsc.taken();
        let parts = smsc.submits().len() / people.len();
        assert!(came < people.len() * parts, "nothing was left to resume");
        assert_eq!(taken.len(), people.len());
        assert!(taken.values().all(|times| *times == parts), "{taken:?}");
        node.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_services_with_a_text_of_one_name_have_each_its_own_template() {
    let of = |service: &str, name: &str| {
        format!(
            "{{ language = \"id\", name = {name:?}, {service} text = \"invitation\", \
             values = [\"dial\"] }}"
        )
    };
    for bed in both().await {
        let offer = |name, text| Template::new(name, "id", text).of(Category::Marketing);
        let templates =
            vec![offer("vaksin", "Daftar vaksin: {{1}}"), offer("klinik", "Ambil nomor: {{1}}")];
        let cloud = Cloud::start(Settings { templates, ..Settings::default() }).await.unwrap();
        let own =
            [of("service = \"pedulilindungi\",", "vaksin"), of("service = \"antrean\",", "klinik")];
        let lines = format!("template = [{}]", own.join(", "));
        let bed = bed.clinic().whatsapp(&cloud, &lines);
        let chat = chatter(&bed, &cloud, 1, LONG_AGO).await;
        let (campaigns, menus) = (bed.campaigns(), bed.menus());
        let menus: Vec<&Menu> = menus.iter().collect();
        for service in ["antrean", "pedulilindungi"] {
            let order = Order {
                name: service.into(),
                service: Some(service.into()),
                text: "invitation".into(),
                audience: Audience::List,
                per_second: 0,
                valid_days: 7,
            };
            let campaign = campaigns.create(order, &menus).await.unwrap();
            let list =
                format!("phone,name,nik,language\n{},Siti Aminah,3173041708900001,id\n", number(1));
            campaigns.take_list(&campaign, list.as_bytes(), BadRows::Refuse).await.unwrap();
            campaigns.step(service, Step::Start).await.unwrap();
        }
        let node = node(&bed, &cloud).await;
        let both_came = async {
            while said(&chat).len() < 2 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, both_came).await.unwrap();
        let mut came = said(&chat);
        came.sort_unstable();
        assert_eq!(came, ["klinik/id: Ambil nomor: *131#", "vaksin/id: Daftar vaksin: *119#"]);
        node.stop().await;
        cloud.stop().await;
    }
}

#[tokio::test]
async fn a_template_that_could_be_of_two_services_is_told_at_the_start() {
    let cloud = cloud(false).await;
    let bed = Bed::on_sqlite().await.whatsapp(&cloud, TEMPLATES);
    assert!(bed.shelf().await.is_ok(), "one service has such a text");
    let refused = bed.clinic().shelf().await.unwrap_err().to_string();
    assert!(refused.contains("say service = \"pedulilindungi\""), "{refused}");
    cloud.stop().await;
}

const MANY: usize = 48;

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_nobody_gets_it_on_both_ways() {
    for bed in both().await {
        let cloud = cloud(false).await;
        let smsc = Smsc::start(Manner::default()).await;
        let soon = format!("at_once = 4\nconnect_seconds = 1\nanswer_seconds = 1\n{TEMPLATES}");
        let bed = bed.operator("telco", &[smsc.port], SMS, "").whatsapp(&cloud, &soon);
        let mut chats = BTreeMap::new();
        let mut people = Vec::new();
        for user in 1..=MANY {
            people.push((user, "id"));
            if user % 2 == 0 {
                chats.insert(number(user), chatter(&bed, &cloud, user, LONG_AGO).await);
            }
        }
        started(&bed, &people, 30).await;
        let kills = 1;
        for kill in 1..=kills {
            let node = node(&bed, &cloud).await;
            let reached = async {
                let taken = || smsc.taken().len() + cloud.figures().taken as usize;
                while taken() < kill * MANY / 3 {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            };
            tokio::time::timeout(PATIENCE, reached).await.unwrap();
            node.kill().await;
        }
        let node = node(&bed, &cloud).await;
        figures(&bed, |of_all| of_all.fates.get(&Fate::Waiting) == Some(&0)).await;
        let texted = smsc.taken();
        let mut twice = 0;
        for (phone, chat) in &chats {
            let times = said(chat).len();
            assert!(times >= 1 && !texted.contains_key(phone), "{times} to one of them");
            twice += times - 1;
        }
        assert_eq!(texted.len(), MANY - chats.len());
        // What was unanswered when the gateway was killed: nobody could know.
        println!("killed {kills} times: {twice} of {} came twice to a chat", chats.len());
        assert!(twice <= kills * 4, "{twice}");
        node.stop().await;
        cloud.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_number_on_whatsapp_what_waits_for_chats_goes_by_sms() {
    for bed in both().await {
        let smsc = Smsc::start(Manner::default()).await;
        let bed = bed.operator("telco", &[smsc.port], SMS, "");
        let phone = |user: usize| Msisdn::parse(&number(user)).unwrap();
        let id = |user| ChatId::new(None, Some(&number(user))).unwrap();
        // One was written while there was a number, one is for whoever wrote there within the day, and of
        // the last no phone is known.
        bed.bind_heard(&id(2), &phone(2), Duration::ZERO).await;
        let nobody = setara::outbox::Recipient::Chat { chat: id(3), phone: None };
        let notices = [
            crate::chats::to_user(1, "satu"),
            Notice { to: phone(2).into(), over: Over::Any, ..notice(Class::Reply, "telco") },
            Notice { to: nobody, ..notice(Class::Reply, WHATSAPP) },
        ];
        bed.store.enqueue(&notices).await.unwrap();
        let node = Node::start(&bed.config()).await;
        bed.until(Fate::Sent, 2).await;
        bed.until(Fate::Undeliverable, 1).await;
        let to: Vec<String> = smsc.submits().into_iter().map(|submit| submit.to).collect();
        assert!(to.contains(&number(1)) && to.contains(&number(2)), "{to:?}");
        node.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_younger_message_does_not_overtake_one_that_waits() {
    use setara::outbox::{
        Lane,
        work::{Portion, Settlement, Verdict},
    };
    for bed in both().await {
        let now = clock::now();
        let older = crate::chats::to_user(1, "satu");
        let lane = Lane { class: Class::Reply, zone: clock::Zone::Wib };
        let portion = Portion { route: WHATSAPP.into(), campaign: 0, lane, most: 10 };
        let lease = now.plus(Duration::from_secs(60));
        let claim = async || {
            let claimed = bed.store.claim(std::slice::from_ref(&portion), now, lease).await;
            claimed.unwrap().into_iter().map(|of| (of.id, of.attempts)).collect::<Vec<_>>()
        };
        bed.store.enqueue(std::slice::from_ref(&older)).await.unwrap();
        assert_eq!(claim().await, [(older.id, 1)]);
        let again = |due| Settlement {
            id: older.id,
            attempts: 1,
            day: 0,
            verdict: Verdict::Again { due, tries: 1, parts: 0, doubt: Doubt::None },
        };
        let later = now.plus(Duration::from_secs(30));
        bed.store.settle(&[again(later)], now).await.unwrap();
        let younger = crate::chats::to_user(1, "dua");
        let other = crate::chats::to_user(2, "lain");
        bed.store.enqueue(&[younger.clone(), other.clone()]).await.unwrap();
        assert_eq!(claim().await, [(other.id, 1)], "the younger one waits behind");
        let then = bed.store.claim(&[portion], later, lease).await.unwrap();
        let then: Vec<_> = then.into_iter().map(|of| of.id).collect();
        assert_eq!(then, [older.id, younger.id]);
    }
}
