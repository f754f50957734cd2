//! The worker against SMSCs on real sockets.

use std::time::{Duration, Instant};

use setara::{
    app::Gateway,
    clock::{self, Zone},
    config::Config,
    identity::Msisdn,
    outbox::{Class, Fate, Lane, Notice, Sender},
    smpp::pdu::CommandStatus,
};

use crate::{
    bed::{Bed, both, later, notice},
    smsc::{Manner, Smsc, Submit},
    support::log,
};

const FAST: &str = "per_second = 5000\nprefixes = [\"\"]";

async fn gateway(bed: &Bed) -> Gateway {
    log::keep();
    let config = Config::read(&bed.config()).unwrap();
    Gateway::start(&config).await.unwrap()
}

/// Everybody was sent one message.
#[track_caller]
fn once_each(smsc: &Smsc, many: usize) {
    let taken = smsc.taken();
    assert_eq!(taken.len(), many);
    assert!(taken.values().all(|times| *times == 1), "{taken:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_are_sent_and_their_receipts_matched() {
    for bed in both().await {
        let smsc = Smsc::start(Manner {
            receipt: Some(|id| format!("id:{id} sub:001 dlvrd:001 stat:DELIVRD err:000")),
            ..Manner::default()
        })
        .await;
        let bed = bed.operator("telco", &[smsc.port], FAST, "window = 20");
        bed.enqueue(300, Class::Reply, "telco").await;
        let gateway = gateway(&bed).await;
        bed.until(Fate::Delivered, 300).await;
        once_each(&smsc, 300);
        let submits = smsc.submits();
        let message = &submits[0].message;
        assert_eq!((message.source.ton, &message.source.octets[..]), (5, &b"PEDULICOVID"[..]));
        assert_eq!((message.destination.ton, message.registered_delivery), (1, 1));
        gateway.shutdown().await;
    }
}

/// All of them are claimed, and one after the other leaves.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_reminded_who_has_cancelled_before() {
    for bed in both().await {
        let slow = Manner { delay: Duration::from_millis(300), ..Manner::default() };
        let smsc = Smsc::start(slow).await;
        let bed = bed.operator("telco", &[smsc.port], FAST, "window = 1");
        let reminders: Vec<Notice> = (0..10).map(|_| notice(Class::Reminder, "telco")).collect();
        bed.store.enqueue(&reminders).await.unwrap();
        let mut booked = Vec::new();
        for (serial, reminder) in (10..).zip(&reminders) {
            booked.push(bed.booked(&format!("31730417089000{serial}"), reminder.id).await);
        }
        let gateway = gateway(&bed).await;
        while smsc.taken().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let last = booked.pop().unwrap().reminder;
        for (serial, ended) in booked.into_iter().enumerate() {
            bed.cancel(&format!("0812111122{serial:02}"), ended).await;
        }
        let before: Vec<String> = smsc.submits().into_iter().map(|submit| submit.to).collect();
        assert!(before.len() < reminders.len() - 1, "all had left: {}", before.len());
        while bed.standing(Fate::Waiting).await > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let after = smsc.submits().into_iter().skip(before.len()).map(|submit| submit.to);
        let stands = reminders.iter().find(|of| Some(of.id) == last).unwrap();
        let stands = stands.to.phone().unwrap().without_plus();
        // The link had one more than its window, and one may have been written in that very moment.
        let late = after.filter(|to| to != stands).count();
        assert!(late <= 2, "{late} were reminded of what they had cancelled");
        gateway.shutdown().await;
    }
}

/// Before the response, twice, and in decimal where the response was hexadecimal.
#[tokio::test(flavor = "multi_thread")]
async fn odd_receipts_are_matched() {
    for bed in both().await {
        let smsc = Smsc::start(Manner {
            receipt: Some(|id| {
                let decimal = u64::from_str_radix(id, 16).unwrap();
                format!("ID:{decimal:010} STAT:UNDELIV")
            }),
            receipt_first: true,
            receipt_twice: true,
            id: |number| format!("{:08X}", 0xA0_0000 + number),
            ..Manner::default()
        })
        .await;
        let sms = format!("{FAST}\nreceipt_ids = \"hex\"");
        let bed = bed.operator("telco", &[smsc.port], &sms, "window = 20");
        bed.enqueue(100, Class::Reply, "telco").await;
        let gateway = gateway(&bed).await;
        bed.until(Fate::Undeliverable, 100).await;
        once_each(&smsc, 100);
        gateway.shutdown().await;
    }
}

/// The parameter of a receipt has the spelling of the response, or that of the text.
#[tokio::test(flavor = "multi_thread")]
async fn receipts_with_hexadecimal_ids_are_matched() {
    fn decimal(id: &str) -> String {
        u64::from_str_radix(id, 16).unwrap().to_string()
    }
    let spellings: [fn(&str) -> String; 3] = [str::to_lowercase, |id| format!("00{id}"), decimal];
    for parameter in spellings {
        let smsc = Smsc::start(Manner {
            receipt: Some(|id| format!("id:{} stat:DELIVRD", decimal(id))),
            parameter: Some(parameter),
            id: |number| format!("{:X}", 0xA0_0000 + number),
            ..Manner::default()
        })
        .await;
        let sms = format!("{FAST}\nreceipt_ids = \"hex\"");
        let bed = Bed::on_sqlite().await.operator("telco", &[smsc.port], &sms, "");
        bed.enqueue(20, Class::Reply, "telco").await;
        let gateway = gateway(&bed).await;
        bed.until(Fate::Delivered, 20).await;
        gateway.shutdown().await;
    }
}

/// A receipt that nobody can read says nothing; a late one counts.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_receipt_counts_and_an_empty_one_does_not() {
    let smsc = Smsc::start(Manner::default()).await;
    let bed = Bed::on_sqlite().await.operator("telco", &[smsc.port], FAST, "");
    bed.enqueue(2, Class::Reply, "telco").await;
    let gateway = gateway(&bed).await;
    bed.until(Fate::Sent, 2).await;
    smsc.deliver("id:m0 stat:UNKNOWN".into()).await;
    smsc.deliver("delivered, we think".into()).await;
    smsc.deliver("id:m1 stat:EXPIRED".into()).await;
    bed.until(Fate::Expired, 1).await;
    assert_eq!(bed.standing(Fate::Sent).await, 1);
    gateway.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_network_says_decides() {
    let smsc = Smsc::start(Manner {
        refuses: |number| match number {
            0..20 => Some(CommandStatus::RTHROTTLED),
            20..25 => Some(CommandStatus::RMSGQFUL),
            30 => Some(CommandStatus::RINVDSTADR),
            31 => Some(CommandStatus::RSYSERR),
            32 => Some(CommandStatus(0x402)),
            _ => None,
        },
        ..Manner::default()
    })
    .await;
    let sms = format!("{FAST}\nnever_codes = [0x402]");
    let bed = Bed::on_sqlite().await.operator("telco", &[smsc.port], &sms, "window = 10");
    bed.enqueue(100, Class::Reply, "telco").await;
    let gateway = gateway(&bed).await;
    bed.until(Fate::Sent, 98).await;
    bed.until(Fate::Refused, 2).await;
    once_each(&smsc, 98);
    assert_eq!(bed.standing(Fate::Waiting).await, 0);
    gateway.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn throttling_slows_one_account_only() {
    let slow = Smsc::start(Manner {
        refuses: |number| (number < 400).then_some(CommandStatus::RTHROTTLED),
        ..Manner::default()
    })
    .await;
    let fast = Smsc::start(Manner::default()).await;
    let bed = Bed::on_sqlite()
        .await
        .operator("slow", &[slow.port], "per_second = 1000\nprefixes = [\"0811\"]", "window = 10")
        .operator("fast", &[fast.port], "per_second = 1000\nprefixes = [\"0812\"]", "window = 10");
    bed.enqueue(500, Class::Reply, "slow").await;
    bed.enqueue(1000, Class::Reply, "fast").await;
    let gateway = gateway(&bed).await;
    fast.came(1000).await;
    bed.until(Fate::Sent, 1000).await;
    // Every "too fast" cost the other one a pause, and not us: a window's worth at a time.
    let asked = slow.submits();
    let took = asked.last().unwrap().at - asked[0].at;
    let most = 30 + 50 * (1 + took.as_secs() as usize);
    println!("throttled: asked {} times in {took:?}", asked.len());
    assert!(slow.taken().is_empty() && asked.len() <= most, "{} in {took:?}", asked.len());
    gateway.shutdown().await;
}

/// `ESME_RMSGQFUL` of one phone says nothing of the others, and it is asked again later and later.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_inbox_slows_nobody_else() {
    const FULL: &str = "99990001";
    let smsc = Smsc::start(Manner { full: Some(FULL), ..Manner::default() }).await;
    let sms = "per_second = 500\nprefixes = [\"\"]";
    let bed = Bed::on_sqlite().await.operator("telco", &[smsc.port], sms, "window = 10");
    let to = Msisdn::parse(&format!("0812{FULL}")).unwrap();
    let full: Vec<Notice> =
        (0..5).map(|_| Notice { to: to.clone().into(), ..notice(Class::Reply, "telco") }).collect();
    bed.store.enqueue(&full).await.unwrap();
    bed.enqueue(1500, Class::Reply, "telco").await;
    let gateway = gateway(&bed).await;
    smsc.came(1).await;
    let began = Instant::now();
    bed.until(Fate::Sent, 1500).await;
    let took = began.elapsed();
    println!("beside a full inbox: 1500 messages at 500 a second in {took:?}");
    // Braked once for each answer, it was minutes.
    assert!(took < Duration::from_secs(12), "{took:?}");
    // Each of them waits twice as long as before.
    tokio::time::sleep(Duration::from_secs(8).saturating_sub(took)).await;
    let asked: Vec<Instant> =
        smsc.submits().iter().filter(|one| one.to.ends_with(FULL)).map(|one| one.at).collect();
    assert!((10..=20).contains(&asked.len()), "{}", asked.len());
    assert_eq!(bed.standing(Fate::Waiting).await, 5);
    gateway.shutdown().await;
}

/// Where nobody's queue has room the account slows down, and no message loses a try for long.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_whose_queue_is_full_slows_down() {
    let smsc = Smsc::start(Manner {
        refuses: |number| (number < 60).then_some(CommandStatus::RMSGQFUL),
        ..Manner::default()
    })
    .await;
    let sms = "per_second = 1000\nprefixes = [\"\"]";
    let bed = Bed::on_sqlite().await.operator("telco", &[smsc.port], sms, "window = 10");
    bed.enqueue(200, Class::Reply, "telco").await;
    let gateway = gateway(&bed).await;
    bed.until(Fate::Sent, 200).await;
    once_each(&smsc, 200);
    let asked: Vec<Instant> = smsc.submits().iter().take(60).map(|one| one.at).collect();
    let took = asked[59] - asked[0];
    assert!(took > Duration::from_millis(500), "60 refusals in {took:?}");
    gateway.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_operator_serves_while_one_is_down() {
    let mut down = Smsc::start(Manner::default()).await;
    let up = Smsc::start(Manner::default()).await;
    let bed = Bed::on_sqlite().await.operator("down", &[down.port], FAST, "").operator(
        "up",
        &[up.port],
        &format!("{FAST}\nfallback_for = [\"down\"]"),
        "",
    );
    down.kill();
    bed.enqueue(50, Class::Reply, "down").await;
    let gateway = gateway(&bed).await;
    bed.until(Fate::Sent, 50).await;
    once_each(&up, 50);
    down.open().await;
    for link in gateway.links() {
        let mut status = link.status();
        let bound = |status: &setara::smpp::link::LinkStatus| {
            *status == setara::smpp::link::LinkStatus::Bound
        };
        status.wait_for(bound).await.unwrap();
    }
    bed.enqueue(50, Class::Reply, "down").await;
    bed.until(Fate::Sent, 100).await;
    once_each(&down, 50);
    gateway.shutdown().await;
}

/// The link breaks before the answer and does not come back before their time is over.
#[tokio::test(flavor = "multi_thread")]
async fn what_left_before_the_link_broke_is_unknown() {
    for bed in both().await {
        let never = Manner { delay: Duration::from_secs(60), ..Manner::default() };
        let mut smsc = Smsc::start(never).await;
        let bed = bed.operator("telco", &[smsc.port], FAST, "window = 3");
        let soon = |_| Notice { expires: later(6), ..notice(Class::Code, "telco") };
        let codes: Vec<Notice> = (0..10).map(soon).collect();
        bed.store.enqueue(&codes).await.unwrap();
        let gateway = gateway(&bed).await;
        smsc.came(3).await;
        smsc.kill();
        bed.until(Fate::Unknown, 3).await;
        bed.until(Fate::Expired, 7).await;
        assert_eq!(smsc.submits().len(), 3);
        gateway.shutdown().await;
    }
}

/// One of two links is gone: the other carries everything.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_goes_to_whichever_link_is_bound() {
    let mut gone = Smsc::start(Manner::default()).await;
    let smsc = Smsc::start(Manner::default()).await;
    gone.kill();
    let bed = Bed::on_sqlite().await.operator("telco", &[gone.port, smsc.port], FAST, "");
    bed.enqueue(200, Class::Reply, "telco").await;
    let gateway = gateway(&bed).await;
    bed.until(Fate::Sent, 200).await;
    once_each(&smsc, 200);
    gateway.shutdown().await;
}

/// Parts of a text are in their order, marked, and only the last one asks for a receipt.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_text_is_sent_in_parts() {
    let smsc = Smsc::start(Manner {
        receipt: Some(|id| format!("id:{id} stat:DELIVRD")),
        refuses: |number| (number == 1).then_some(CommandStatus::RTHROTTLED),
        ..Manner::default()
    })
    .await;
    let bed = Bed::on_sqlite().await.operator("telco", &[smsc.port], FAST, "");
    let long =
        Notice { text: "a".repeat(400), sender: Sender::Code, ..notice(Class::Reply, "telco") };
    bed.store.enqueue(&[long]).await.unwrap();
    let gateway = gateway(&bed).await;
    bed.until(Fate::Delivered, 1).await;
    let taken: Vec<Submit> = smsc.submits().into_iter().filter(|submit| submit.taken).collect();
    let marks: Vec<_> = taken
        .iter()
        .map(|submit| {
            let message = &submit.message;
            assert_eq!((message.esm_class, message.source.ton), (0x40, 3));
            (message.short_message[4..6].to_vec(), message.registered_delivery)
        })
        .collect();
    assert_eq!(marks, [(vec![3, 1], 0), (vec![3, 2], 0), (vec![3, 3], 1)]);
    gateway.shutdown().await;
}

/// Over any ten seconds, with two links and texts of two parts.
#[tokio::test(flavor = "multi_thread")]
async fn the_budget_of_an_account_is_kept() {
    let one = Smsc::start(Manner::default()).await;
    let two = Smsc::start(Manner::default()).await;
    let sms = "per_second = 100\nprefixes = [\"\"]";
    let bed = Bed::on_sqlite().await.operator("telco", &[one.port, two.port], sms, "window = 10");
    bed.enqueue(600, Class::Reply, "telco").await;
    let long = |_| Notice { text: "a".repeat(300), ..notice(Class::Reply, "telco") };
    let long: Vec<Notice> = (0..600).map(long).collect();
    bed.store.enqueue(&long).await.unwrap();
    let gateway = gateway(&bed).await;
    one.came(1).await;
    tokio::time::sleep(Duration::from_secs(13)).await;
    let went: Vec<Instant> =
        one.submits().into_iter().chain(two.submits()).map(|submit| submit.at).collect();
    let went_in_all = went.len();
    let most = most_in_ten_seconds(went);
    println!("over ten seconds at 100 a second: {most} messages at the most");
    assert!(most <= 1010, "{most}");
    // How much of it is used depends on how busy the machine is.
    assert!(went_in_all >= 200, "{went_in_all}");
    gateway.shutdown().await;
}

fn most_in_ten_seconds(mut went: Vec<Instant>) -> usize {
    went.sort_unstable();
    let within = |first: usize| {
        let end = went[first] + Duration::from_secs(10);
        went.partition_point(|at| *at < end) - first
    };
    (0..went.len()).map(within).max().unwrap_or_default()
}

/// Sessions and a broadcast over one account: replies go first, and all of it is within the budget.
#[tokio::test(flavor = "multi_thread")]
async fn the_budget_of_an_account_is_that_of_its_ussd_too() {
    let smsc = Smsc::start(Manner::default()).await;
    let sms = "per_second = 100\nprefixes = [\"\"]\n[operator.telco]\ndialect = \"plain\"";
    let bed = Bed::on_sqlite().await.operator("telco", &[smsc.port], sms, "window = 10");
    bed.enqueue(2000, Class::Campaign, "telco").await;
    let gateway = gateway(&bed).await;
    smsc.came(50).await;
    let mut dialled = Vec::new();
    let mut tick = tokio::time::interval(Duration::from_millis(20));
    for n in 0..600 {
        tick.tick().await;
        let phone = format!("62813{n:08}");
        dialled.push((phone.clone(), Instant::now()));
        smsc.dials(&phone, "*119#");
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let submits = smsc.submits();
    let most = most_in_ten_seconds(submits.iter().map(|submit| submit.at).collect());
    let replied = |phone: &str| {
        let to = submits.iter().filter(|submit| submit.to == phone);
        to.filter(|submit| submit.message.tlvs.ussd_service_op().is_some()).map(|one| one.at).min()
    };
    let mut waits: Vec<Duration> =
        dialled.iter().map(|(phone, at)| replied(phone).expect("a reply") - *at).collect();
    waits.sort_unstable();
    let texts = submits.iter().filter(|one| one.message.tlvs.ussd_service_op().is_none()).count();
    println!(
        "over ten seconds at 100 a second: {most} messages at the most; 600 replies in {:?} and {:?} \
         (half of them, 99 %), {texts} texts beside",
        waits[300], waits[594]
    );
    assert!(most <= 1010, "{most}");
    assert!(texts >= 200, "{texts}");
    assert!(waits[300] < Duration::from_millis(500), "{:?}", waits[300]);
    gateway.shutdown().await;
}

/// What is not urgent is claimed before the line is empty.
#[tokio::test(flavor = "multi_thread")]
async fn a_broadcast_has_the_whole_budget() {
    let smsc = Smsc::start(Manner::default()).await;
    let sms = "per_second = 100\nprefixes = [\"\"]";
    let bed = Bed::on_sqlite().await.operator("telco", &[smsc.port], sms, "window = 10");
    bed.enqueue(1200, Class::Campaign, "telco").await;
    let gateway = gateway(&bed).await;
    smsc.came(1).await;
    let before = smsc.submits().len();
    tokio::time::sleep(Duration::from_secs(8)).await;
    let went = smsc.submits().len() - before;
    println!("in eight seconds at 100 a second: {went} messages");
    assert!(went >= 560, "{went}");
    gateway.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_not_kept_waiting_by_a_broadcast() {
    let smsc = Smsc::start(Manner { delay: Duration::from_millis(5), ..Manner::default() }).await;
    let sms = "per_second = 200\nprefixes = [\"\"]";
    let bed = Bed::on_sqlite().await.operator("telco", &[smsc.port], sms, "window = 10");
    bed.enqueue(1000, Class::Reminder, "telco").await;
    let gateway = gateway(&bed).await;
    smsc.came(100).await;
    let before = smsc.submits().len();
    let code = notice(Class::Code, "telco");
    let to = code.to.phone().unwrap().without_plus().to_owned();
    bed.store.enqueue(&[code]).await.unwrap();
    gateway.outbox().wake();
    smsc.came(before + 60).await;
    let submits = smsc.submits();
    let at = submits.iter().position(|submit| submit.to == to).expect("sent");
    assert!(at < before + 60, "{at} {before}");
    assert_eq!(submits[at].message.validity.len(), 16);
    bed.until(Fate::Sent, 1001).await;
    once_each(&smsc, 1001);
    gateway.shutdown().await;
}

/// What is of no use any more, was refused by its reader, or is for another hour, is not sent.
#[tokio::test(flavor = "multi_thread")]
async fn what_must_not_be_sent_is_not() {
    let smsc = Smsc::start(Manner::default()).await;
    let bed = Bed::on_sqlite().await.operator("telco", &[smsc.port], FAST, "");
    let late = Notice { expires: later(0), ..notice(Class::Code, "telco") };
    let early = Notice { due: later(600), ..notice(Class::Reply, "telco") };
    bed.store.enqueue(&[late, early, notice(Class::Reply, "telco")]).await.unwrap();
    let config = Config::read(&bed.config()).unwrap();
    // The one hour that it is not.
    let hour = clock::now().local(Zone::Wib).time().hour();
    let (from, until) = if hour < 12 { (hour + 1, hour + 2) } else { (hour - 2, hour) };
    let mut config = config;
    (config.outbox.decent_from, config.outbox.decent_until) = (from, until);
    let lane = Lane { class: Class::Reminder, zone: Zone::Wib };
    let reminder = Notice { lane, ..notice(Class::Reminder, "telco") };
    bed.store.enqueue(&[reminder]).await.unwrap();
    let gateway = Gateway::start(&config).await.unwrap();
    bed.until(Fate::Sent, 1).await;
    bed.until(Fate::Expired, 1).await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(smsc.submits().len(), 1);
    assert_eq!(bed.standing(Fate::Waiting).await, 2);
    gateway.shutdown().await;
}

/// Whoever writes STOP gets nothing of what is claimed already and waits for the pace.
#[tokio::test(flavor = "multi_thread")]
async fn a_broadcast_that_waits_for_the_pace_is_not_sent_after_stop() {
    for bed in both().await {
        let smsc = Smsc::start(Manner::default()).await;
        let slow = "per_second = 2\nprefixes = [\"\"]";
        let bed = bed.operator("telco", &[smsc.port], slow, "window = 20");
        let phones = bed.enqueue(30, Class::Campaign, "telco").await;
        let last = phones.last().unwrap().without_plus();
        let gateway = gateway(&bed).await;
        smsc.came(2).await;
        smsc.writes(last, "STOP").await;
        bed.until(Fate::OptedOut, 1).await;
        let to: Vec<String> = smsc.submits().into_iter().map(|submit| submit.to).collect();
        // All were claimed at once, and most of them wait.
        assert!(to.len() < 25, "{}", to.len());
        let answers = to.iter().filter(|to| *to == last).count();
        assert!(answers <= 1, "{answers}");
        gateway.shutdown().await;
        assert_eq!(bed.standing(Fate::OptedOut).await, 1);
    }
}

/// Of four that are left over from another day, one phone gets three today.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_over_does_not_flood_a_phone() {
    let smsc = Smsc::start(Manner::default()).await;
    let bed = Bed::on_sqlite().await.operator("telco", &[smsc.port], FAST, "");
    let first = notice(Class::Reminder, "telco");
    let yesterday = clock::now().day(Zone::Wib) - 1;
    let left =
        |n| Notice { id: first.id.after(n), day: yesterday, expires: later(30), ..first.clone() };
    let left: Vec<Notice> = (0..4).map(left).collect();
    bed.store.enqueue(&left).await.unwrap();
    let gateway = gateway(&bed).await;
    bed.until(Fate::Expired, 1).await;
    bed.until(Fate::Sent, 3).await;
    assert_eq!(smsc.submits().len(), 3);
    gateway.shutdown().await;
}

/// Told to stop with a full window: what is under way is heard to its end, the rest is given back.
#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_stops_loses_nothing() {
    for bed in both().await {
        let smsc =
            Smsc::start(Manner { delay: Duration::from_millis(300), ..Manner::default() }).await;
        let bed = bed.operator("telco", &[smsc.port], FAST, "window = 50");
        bed.enqueue(300, Class::Reply, "telco").await;
        let first = gateway(&bed).await;
        smsc.came(60).await;
        first.shutdown().await;
        assert_eq!(bed.journal().len(), 0);
        let came = smsc.submits().len();
        assert_eq!(bed.standing(Fate::Sent).await, came as u64);
        assert!(came < 300, "{came}");
        let second = gateway(&bed).await;
        bed.until(Fate::Sent, 300).await;
        once_each(&smsc, 300);
        second.shutdown().await;
    }
}
