//! The operator network against a bare gateway, over real sockets: sessions, refusals, redelivery.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use simulator::number::Number;
use simulator::operator::centre::Timing;
use simulator::operator::dialect;
use simulator::operator::face::{Ending, NotNow};
use simulator::operator::speech::Refusal;
use simulator::operator::{Account, Operator, Settings};
use simulator::phone::{Phone, PhoneError, Screen};
use simulator::responder::{Heard, Responder, Say};

fn account() -> Account {
    Account { system_id: "setara".to_owned(), password: "rahasia".to_owned() }
}

fn number() -> Number {
    "081211900001".parse().unwrap()
}

async fn network(timing: Timing) -> Operator {
    Operator::start(Settings {
        name: "Uji".to_owned(),
        listen: "127.0.0.1:0".parse().unwrap(),
        accounts: vec![account()],
        dialect: dialect::named("plain").unwrap(),
        codes: vec!["*119#".to_owned()],
        timing,
        sms: Default::default(),
    })
    .await
    .unwrap()
}

type Log = Arc<Mutex<Vec<Heard>>>;

/// A gateway with one menu: 1 asks on, 2 ends, 3 says too much, 4 says nothing, 5 refuses.
async fn gateway(operator: &Operator) -> (Responder, Log) {
    let log = Log::default();
    let kept = Arc::clone(&log);
    let reply = move |_: &str, heard: Heard| {
        log.lock().unwrap().push(heard.clone());
        match heard {
            Heard::Begin(code) => Say::Ask(format!("Menu {code}\n1. Lanjut")),
            Heard::Answer(text) => match text.as_str() {
                "1" => Say::Ask("Lagi?".to_owned()),
                "2" => Say::End("Selesai".to_owned()),
                "3" => Say::Ask("a".repeat(183)),
                "4" => Say::Nothing,
                "5" => Say::Refuse(0x65),
                _ => Say::Ask(format!("Anda mengetik {text}")),
            },
            Heard::Abort => Say::Nothing,
        }
    };
    let responder = Responder::start(operator.address(), &account(), reply).await.unwrap();
    operator.bound(1).await.unwrap();
    (responder, kept)
}

fn open(text: &str) -> Screen {
    Screen { text: text.to_owned(), open: true }
}

fn closed(text: &str) -> Screen {
    Screen { text: text.to_owned(), open: false }
}

/// Waits until the gateway has heard so many messages.
async fn heard(log: &Log, count: usize) -> Vec<Heard> {
    for _ in 0..1000 {
        if log.lock().unwrap().len() >= count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    log.lock().unwrap().clone()
}

#[tokio::test]
async fn a_session_from_dial_to_end() {
    let operator = network(Timing::default()).await;
    let (gateway, _) = gateway(&operator).await;
    let mut phone = Phone::new(&operator, number()).await.unwrap();
    assert_eq!(phone.dial("*119#").await.unwrap(), open("Menu *119#\n1. Lanjut"));
    assert_eq!(phone.answer("1").await.unwrap(), open("Lagi?"));
    assert_eq!(phone.answer("2").await.unwrap(), closed("Selesai"));
    assert_eq!(phone.answer("1").await, Err(PhoneError::NotNow(NotNow::NoSession)));
    let figures = operator.figures().await.unwrap();
    assert_eq!((figures.begins, figures.asks, figures.ends), (1, 2, 1));
    assert_eq!(figures.sessions_open, 0);
    gateway.stop().await;
    operator.stop().await;
}

#[tokio::test]
async fn the_network_knows_its_codes() {
    let operator = network(Timing::default()).await;
    let mut phone = Phone::new(&operator, number()).await.unwrap();
    for unknown in ["*120#", "*1190#", "*119", "081234567890", "#"] {
        assert_eq!(phone.dial(unknown).await.unwrap(), closed("Kode tidak dikenal."), "{unknown}");
    }
    let no_gateway = phone.dial("*119#").await;
    assert!(matches!(no_gateway, Err(PhoneError::Ended { ending: Ending::NoService, .. })));
    let (_gateway, _) = gateway(&operator).await;
    assert_eq!(phone.dial("*119*2#").await.unwrap(), open("Menu *119*2#\n1. Lanjut"));
}

#[tokio::test]
async fn hanging_up_and_a_network_abort_are_told_and_a_lost_signal_is_not() {
    let operator = network(Timing::default()).await;
    let (_gateway, log) = gateway(&operator).await;
    let mut phone = Phone::new(&operator, number()).await.unwrap();
    let begin = Heard::Begin("*119#".to_owned());

    phone.dial("*119#").await.unwrap();
    phone.hang_up().await.unwrap();
    phone.dial("*119#").await.unwrap();
    phone.network_abort().await.unwrap();
    let told = [begin.clone(), Heard::Abort, begin.clone(), Heard::Abort];
    assert_eq!(heard(&log, 4).await, told);

    phone.dial("*119#").await.unwrap();
    phone.drop_signal().await.unwrap();
    assert_eq!(phone.answer("1").await, Err(PhoneError::NotNow(NotNow::NoSession)));
    phone.dial("*119#").await.unwrap();
    assert_eq!(heard(&log, 6).await[4..], [begin.clone(), begin.clone()]);

    // A redial in mid-session replaces it without an abort.
    phone.dial("*119#").await.unwrap();
    assert_eq!(heard(&log, 7).await[6..], [begin]);
    assert_eq!(operator.figures().await.unwrap().sessions_open, 1);
}

#[tokio::test]
async fn what_the_network_cannot_carry_is_refused_and_counted() {
    let operator = network(Timing { reply: Duration::from_millis(300), ..Timing::default() }).await;
    let (_gateway, _) = gateway(&operator).await;
    let mut phone = Phone::new(&operator, number()).await.unwrap();
    phone.dial("*119#").await.unwrap();
    let too_long = phone.answer("3").await;
    assert!(matches!(too_long, Err(PhoneError::Ended { ending: Ending::NoReply, .. })));
    assert_eq!(operator.figures().await.unwrap().too_long, 1);

    phone.dial("*119#").await.unwrap();
    let silent = phone.answer("4").await;
    assert!(matches!(silent, Err(PhoneError::Ended { ending: Ending::NoReply, .. })));

    phone.dial("*119#").await.unwrap();
    let refused = phone.answer("5").await;
    assert!(matches!(refused, Err(PhoneError::Ended { ending: Ending::Rejected, .. })));
    assert_eq!(operator.figures().await.unwrap().rejected, 1);
}

#[tokio::test]
async fn a_message_delivered_twice_shows_what_comes_back() {
    let operator = network(Timing::default()).await;
    let (_gateway, log) = gateway(&operator).await;
    let mut phone = Phone::new(&operator, number()).await.unwrap();
    phone.dial("*119#").await.unwrap();
    phone.answer("7").await.unwrap();
    assert_eq!(phone.repeat_last().await.unwrap(), open("Anda mengetik 7"));
    assert_eq!(heard(&log, 3).await.len(), 3);
    phone.answer("2").await.unwrap();
    let (screen, taken) = phone.repeat_last_checked().await.unwrap();
    assert_eq!((screen, taken), (closed("Selesai"), Err(Refusal::NoSession)));
    assert_eq!(operator.figures().await.unwrap().too_late, 1);
}

#[tokio::test]
async fn a_session_outlives_a_gateway_that_comes_back() {
    let timing = Timing { redeliver: Duration::from_millis(200), ..Timing::default() };
    let operator = network(timing).await;
    let (first, _) = gateway(&operator).await;
    let mut phone = Phone::new(&operator, number()).await.unwrap();
    phone.dial("*119#").await.unwrap();
    first.crash().await;
    let answering = tokio::spawn(async move { phone.answer("1").await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    let (_second, _) = gateway(&operator).await;
    assert_eq!(answering.await.unwrap().unwrap(), open("Lagi?"));
}

#[tokio::test]
async fn a_session_grows_too_old() {
    let timing = Timing { session: Some(Duration::from_millis(100)), ..Timing::default() };
    let operator = network(timing).await;
    let (_gateway, _) = gateway(&operator).await;
    let mut phone = Phone::new(&operator, number()).await.unwrap();
    phone.dial("*119#").await.unwrap();
    assert_eq!(phone.wait_for_end().await.unwrap().0, Ending::TimeOut);
    assert_eq!(operator.figures().await.unwrap().time_outs, 1);
}

#[tokio::test]
async fn a_stranger_may_not_bind() {
    let operator = network(Timing::default()).await;
    for (system_id, password) in [("setara", "salah"), ("siapa", "rahasia")] {
        let account = Account { system_id: system_id.into(), password: password.into() };
        let stranger = Responder::start(operator.address(), &account, |_, _| Say::Nothing).await;
        stranger.unwrap().stop().await;
        assert!(operator.links().borrow().is_empty());
    }
}

#[tokio::test]
async fn cut_links_are_gone_and_their_messages_go_elsewhere() {
    let operator = network(Timing::default()).await;
    let (_one, _) = gateway(&operator).await;
    let mut phone = Phone::new(&operator, number()).await.unwrap();
    phone.dial("*119#").await.unwrap();
    assert_eq!(operator.cut_links().await.unwrap(), 1);
    operator.links().wait_for(Vec::is_empty).await.unwrap();
    let (_two, _) = gateway(&operator).await;
    assert_eq!(phone.answer("1").await.unwrap(), open("Lagi?"));
}
