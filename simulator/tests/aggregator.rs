//! An aggregator against a bare web server: what it does when the answers are not good.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use simulator::aggregator::post::Proof;
use simulator::aggregator::provider::Provider;
use simulator::aggregator::{Aggregator, Retries, Settings};
use simulator::number::Number;
use simulator::operator::face::{Ending, NotNow};
use simulator::phone::{Phone, PhoneError};

type Log = Arc<Mutex<Vec<String>>>;

/// Says the menu, a status for a number, nothing in time for 0, and `END` for everything else.
async fn reply(State(log): State<Log>, body: String) -> Response {
    let form = body.clone();
    log.lock().unwrap().push(body);
    let text = form.split("text=").nth(1).unwrap_or_default();
    if form.contains("status=") {
        return "".into_response();
    }
    let said = match text.rsplit("%2A").next().unwrap_or_default() {
        "" => "CON Menu".to_owned(),
        "0" => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            "END".to_owned()
        }
        "500" => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        "7" => "Menu".to_owned(),
        "8" => format!("CON {}", "a".repeat(183)),
        _ => "END Selesai".to_owned(),
    };
    ([(header::CONTENT_TYPE, "text/plain")], said).into_response()
}

async fn stage() -> (Aggregator, Phone, Log) {
    let log = Log::default();
    let router = Router::new().route("/ussd/a", post(reply)).with_state(Arc::clone(&log));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let settings = Settings {
        patience: Duration::from_millis(300),
        ..Settings::new("Uji", Provider::AfricasTalking, "a", Proof::Nothing, &["*119#"])
    };
    let aggregator = Aggregator::start(settings);
    let number: Number = "081211900001".parse().unwrap();
    let phone = Phone::new(&aggregator, number).await.unwrap();
    aggregator.calls(address);
    (aggregator, phone, log)
}

#[tokio::test]
async fn a_session_ends_where_the_answer_is_none() {
    let (aggregator, mut phone, _) = stage().await;
    for (typed, expected) in [
        ("500", Ending::Rejected),
        ("7", Ending::Rejected),
        ("8", Ending::Rejected),
        ("0", Ending::NoReply),
    ] {
        assert!(phone.dial("*119#").await.unwrap().open);
        let came = phone.answer(typed).await;
        assert!(
            matches!(came, Err(PhoneError::Ended { ending, .. }) if ending == expected),
            "{typed}: {came:?}"
        );
        assert_eq!(phone.answer("1").await, Err(PhoneError::NotNow(NotNow::NoSession)));
    }
    assert_eq!(aggregator.figures().too_long, 1);
    assert!(!phone.dial("*120#").await.unwrap().open);
    aggregator.stop().await;
}

#[tokio::test]
async fn a_step_is_repeated_when_it_is_told_to_and_the_end_is_told() {
    let (aggregator, mut phone, log) = stage().await;
    aggregator.retry(Retries::EveryStep);
    phone.dial("*119*4#").await.unwrap();
    aggregator.retry(Retries::Off);
    assert_eq!(phone.repeat_last().await.unwrap().text, "Selesai");
    phone.dial("*119#").await.unwrap();
    phone.hang_up().await.unwrap();
    phone.dial("*119#").await.unwrap();
    phone.network_abort().await.unwrap();
    aggregator.stop().await;
    let log = log.lock().unwrap();
    let told = |what: &str| log.iter().filter(|body| body.contains(what)).count();
    assert_eq!((told("status=Success"), told("status=Incomplete")), (1, 1), "{log:?}");
    assert_eq!((told("status=Failed"), told("text=4")), (1, 2 + 1), "{log:?}");
}

#[tokio::test]
async fn without_a_gateway_nobody_is_reached() {
    let settings = Settings::new("Uji", Provider::Nalo, "a", Proof::Nothing, &["*119#"]);
    let aggregator = Aggregator::start(settings);
    let mut phone = Phone::new(&aggregator, "081211900001".parse().unwrap()).await.unwrap();
    let came = phone.dial("*119#").await;
    assert!(matches!(came, Err(PhoneError::Ended { ending: Ending::NoService, .. })), "{came:?}");
    let again = phone.repeat_last().await;
    assert_eq!(again, Err(PhoneError::NotNow(NotNow::NotRepeated)));
}
