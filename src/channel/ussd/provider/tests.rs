//! Every shipped provider, by its own words: requests as its manual shows them, and responses as it
//! wants them.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::conversation::{Reply, Then};

const DEFAULT: &str = include_str!("../../../config/default.toml");

fn provider(name: &str) -> Provider {
    #[derive(Deserialize)]
    struct Providers {
        provider: BTreeMap<String, Provider>,
    }
    toml::from_str::<Providers>(DEFAULT).unwrap().provider.remove(name).unwrap()
}

/// What a subscriber did, in one line.
fn told(act: &Act) -> String {
    match act {
        Act::Dial(string) => format!("dial {string}"),
        Act::Answer(text) => format!("answer {text}"),
        Act::Abort(end) => format!("end {}", end.as_str()),
    }
}

/// One session at a provider, message after message: the request, and what it comes to.
struct Talk {
    provider: Provider,
    known: Option<Known>,
    marks: Vec<String>,
}

impl Talk {
    fn at(name: &str) -> Self {
        Self { provider: provider(name), known: None, marks: vec![] }
    }

    #[track_caller]
    fn hears(&mut self, method: Method, tail: &str, request: &str, expected: &str) -> Heard {
        let (query, body) = match self.provider.fields {
            FieldsIn::Query => (request, ""),
            FieldsIn::Form | FieldsIn::Json => ("", request),
        };
        let heard = parse(&self.provider, method, tail, query, body.as_bytes())
            .map_err(|error| error.to_string())
            .unwrap();
        let turn = heard.turn(&self.provider, self.known);
        assert_eq!(told(&turn.act), expected, "{request}");
        self.known = Some(Known { heard: turn.heard });
        self.marks.push(turn.mark);
        heard
    }

    /// The two last messages count as one, or as two.
    #[track_caller]
    fn was_again(&self, again: bool) {
        let [.., before, last] = self.marks.as_slice() else { panic!("two messages") };
        assert_eq!(before == last, again, "{before} / {last}");
    }

    fn says(&self, heard: &Heard, text: &str, then: Then) -> String {
        let reply = Reply::say(text.into(), then);
        render(&self.provider, heard, "https://u.example/ussd/x", Some(&reply)).body
    }
}

const ASK: Then = Then::Wait;
const END: Then = Then::Close;

#[test]
fn africastalking() {
    let mut talk = Talk::at("africastalking");
    let form = |text: &str| {
        format!(
            "sessionId=ATUid_1&serviceCode=*119%23&phoneNumber=%2B6281290000001&networkCode=62120\
             &text={text}"
        )
    };
    let first = talk.hears(Method::Post, "", &form(""), "dial *119#");
    assert_eq!(first.from.as_ref().unwrap().as_str(), "+6281290000001");
    assert_eq!(talk.says(&first, "Menu\n1 Daftar", ASK), "CON Menu\n1 Daftar");
    talk.hears(Method::Post, "", &form(""), "dial *119#");
    talk.was_again(true);
    talk.hears(Method::Post, "", &form("1"), "answer 1");
    talk.hears(Method::Post, "", &form("1*1"), "answer 1");
    talk.was_again(false);
    talk.hears(Method::Post, "", &form("1*1"), "answer ");
    talk.was_again(true);
    // An answer with a star, an empty one, and one that begins with a star.
    talk.hears(Method::Post, "", &form("1*1*Siti*Aminah"), "answer Siti*Aminah");
    talk.hears(Method::Post, "", &form("1*1*Siti*Aminah*"), "answer ");
    talk.was_again(false);
    let last = talk.hears(Method::Post, "", &form("1*1*Siti*Aminah***9"), "answer *9");
    assert_eq!(talk.says(&last, "Selesai", END), "END Selesai");
    for (status, end) in [
        ("Success", "end completed"),
        ("Incomplete", "end user_abort"),
        ("Failed", "end network_abort"),
    ] {
        let event = format!(
            "{}&status={status}&durationInMillis=9200&hopsCount=3&lastAppResponse=END+Selesai\
             &errorMessage=",
            form("1*1")
        );
        let heard = talk.hears(Method::Post, "", &event, end);
        let written = render(&talk.provider, &heard, "", None);
        assert_eq!(written.body, "");
    }
    // Digits after the code come along as the first text of a session.
    for (text, expected) in
        [("2", "dial *119*2#"), ("4*2", "dial *119*4*2#"), ("Siti", "dial *119#")]
    {
        Talk::at("africastalking").hears(Method::Post, "", &form(text), expected);
    }
}

#[test]
fn infobip() {
    let mut talk = Talk::at("infobip");
    let body = |text: &str| {
        json!({"msisdn": "6281290000001", "imsi": "51010", "text": text, "shortCode": "*119#"})
            .to_string()
    };
    let first = talk.hears(Method::Post, "session/77/start", &body("*119*2#"), "dial *119*2#");
    assert_eq!(first.session, "77");
    let said: Value = serde_json::from_str(&talk.says(&first, "Menu \"1\"", ASK)).unwrap();
    let expected = json!({
        "ussdMenu": "Menu \"1\"", "shouldClose": false, "responseExitCode": 200,
        "responseMessage": ""
    });
    assert_eq!(said, expected);
    talk.hears(Method::Put, "session/77/response", &body("1"), "answer 1");
    talk.hears(Method::Put, "session/77/response", &body("1"), "answer 1");
    // It numbers nothing: the same answer is another one.
    talk.was_again(false);
    let end = json!({"exitCode": 200, "reason": "user"}).to_string();
    let heard = talk.hears(Method::Post, "session/77/end", &end, "end user_abort");
    assert_eq!(heard.from, None);
    let written = render(&talk.provider, &heard, "", None);
    let said: Value = serde_json::from_str(&written.body).unwrap();
    assert_eq!(said, json!({"responseExitCode": 200, "responseMessage": ""}));
    Talk::at("infobip").hears(Method::Post, "session/7/start", &body(""), "dial *119#");
    for tail in ["", "session/7", "session/7/start/9", "sessions/7/start"] {
        let wrong = parse(&talk.provider, Method::Post, tail, "", body("1").as_bytes());
        assert_eq!(wrong.err(), Some(ParseError::Path), "{tail}");
    }
    let unknown = parse(&talk.provider, Method::Post, "session/7/dance", "", body("1").as_bytes());
    assert_eq!(unknown.err(), Some(ParseError::Step));
}

#[test]
fn hubtel() {
    let mut talk = Talk::at("hubtel");
    let body = |kind: &str, message: &str, sequence: u32| {
        json!({
            "Type": kind, "Message": message, "ServiceCode": "119", "Operator": "mtn",
            "SessionId": "3c79", "Mobile": "6281290000001", "Sequence": sequence
        })
        .to_string()
    };
    let first = talk.hears(Method::Post, "", &body("Initiation", "*119#", 1), "dial *119#");
    let said: Value = serde_json::from_str(&talk.says(&first, "Menu", ASK)).unwrap();
    assert_eq!(said, json!({"SessionId": "3c79", "Message": "Menu", "Type": "Response"}));
    talk.hears(Method::Post, "", &body("Response", "1", 2), "answer 1");
    talk.hears(Method::Post, "", &body("Response", "1", 2), "answer 1");
    talk.was_again(true);
    let last = talk.hears(Method::Post, "", &body("Response", "1", 3), "answer 1");
    talk.was_again(false);
    assert!(talk.says(&last, "Selesai", END).contains(r#""Type":"Release""#));
    talk.hears(Method::Post, "", &body("Timeout", "", 4), "end time_out");
    talk.hears(Method::Post, "", &body("Release", "", 4), "end user_abort");
    // The code alone, where the dialled string is not said.
    Talk::at("hubtel").hears(Method::Post, "", &body("Initiation", "", 1), "dial *119#");
}

#[test]
fn nalo() {
    let mut talk = Talk::at("nalo");
    let body = |first: bool, data: &str| {
        json!({
            "USERID": "SETARA", "MSISDN": "6281290000001", "USERDATA": data, "MSGTYPE": first,
            "NETWORK": "MTN", "SESSIONID": "16590115"
        })
        .to_string()
    };
    let first = talk.hears(Method::Post, "", &body(true, "*119*4*2#"), "dial *119*4*2#");
    let said: Value = serde_json::from_str(&talk.says(&first, "Menu", ASK)).unwrap();
    let expected = json!({
        "USERID": "SETARA", "MSISDN": "6281290000001", "MSG": "Menu", "MSGTYPE": true
    });
    assert_eq!(said, expected);
    let last = talk.hears(Method::Post, "", &body(false, "1"), "answer 1");
    let said: Value = serde_json::from_str(&talk.says(&last, "Selesai", END)).unwrap();
    assert_eq!(said["MSGTYPE"], json!(false));
}

#[test]
fn korba() {
    let mut talk = Talk::at("korba");
    let body = |op: u8, string: &str| {
        json!({
            "sessionID": "k-1", "msisdn": "6281290000001", "ussdString": string,
            "ussdServiceOp": op, "network": "02"
        })
        .to_string()
    };
    let first = talk.hears(Method::Post, "", &body(1, "*119#"), "dial *119#");
    let said: Value = serde_json::from_str(&talk.says(&first, "Menu", ASK)).unwrap();
    assert_eq!(said, json!({"sessionID": "k-1", "message": "Menu", "ussdServiceOp": 2}));
    let last = talk.hears(Method::Post, "", &body(18, "2"), "answer 2");
    assert!(talk.says(&last, "Selesai", END).contains(r#""ussdServiceOp":17"#));
    let odd = parse(&talk.provider, Method::Post, "", "", body(99, "2").as_bytes());
    assert_eq!(odd.err(), Some(ParseError::Step));
}

#[test]
fn aat() {
    let mut talk = Talk::at("aat");
    let query = |text: &str| {
        format!("msisdn=6281290000001&provider=Telkomsel&request={text}&ussdSessionId=9")
    };
    let first = talk.hears(Method::Get, "", &query("*119%23"), "dial *119#");
    assert_eq!(
        talk.says(&first, "A & <B>", ASK),
        "<request><headertext>A &amp; &lt;B&gt;</headertext><options><option command=\"1\" \
         order=\"1\" callback=\"https://u.example/ussd/x?turn=2\" display=\"false\"/></options>\
         </request>"
    );
    talk.hears(Method::Get, "", &format!("turn=2&{}", query("1")), "answer 1");
    talk.hears(Method::Get, "", &format!("turn=2&{}", query("1")), "answer 1");
    talk.was_again(true);
    let last = talk.hears(Method::Get, "", &format!("turn=3&{}", query("1")), "answer 1");
    talk.was_again(false);
    let said = talk.says(&last, "{url} {text}", END);
    assert_eq!(said, "<request><headertext>{url} {text}</headertext></request>");
}

#[test]
fn safaricom() {
    let mut talk = Talk::at("safaricom");
    let query =
        |params: &str| format!("ORIG=6281290000001&DEST=119&SESSION_ID=s-1&USSD_PARAMS={params}");
    let first = talk.hears(Method::Get, "", &query(""), "dial *119#");
    assert_eq!(talk.says(&first, "Menu", ASK), "CON Menu");
    talk.hears(Method::Get, "", &query("1"), "answer 1");
    talk.hears(Method::Get, "", &query("1*2"), "answer 2");
    Talk::at("safaricom").hears(Method::Get, "", &query("4*2"), "dial *119*4*2#");
}

#[test]
fn what_is_not_for_us_is_told_by_its_kind() {
    let post = |name: &str, body: &str| {
        parse(&provider(name), Method::Post, "", "", body.as_bytes()).err()
    };
    let rows = [
        ("africastalking", "", ParseError::NoSession),
        ("africastalking", "sessionId=", ParseError::NoSession),
        ("africastalking", "sessionId=1&text=", ParseError::NoNumber),
        ("africastalking", "sessionId=1&phoneNumber=nobody", ParseError::NoNumber),
        ("hubtel", "", ParseError::Body),
        ("hubtel", "[]", ParseError::Body),
        ("hubtel", "{\"Type\":", ParseError::Body),
        ("hubtel", "{}", ParseError::NoSession),
        ("hubtel", "{\"SessionId\":{},\"Type\":\"Response\"}", ParseError::NoSession),
        ("hubtel", "{\"SessionId\":\"1\",\"Mobile\":\"628129000000\"}", ParseError::Step),
        ("aat", "", ParseError::Method),
    ];
    for (name, body, expected) in rows {
        assert_eq!(post(name, body), Some(expected), "{name} {body}");
    }
    let long = format!("sessionId={}&phoneNumber=6281290000001", "s".repeat(201));
    assert_eq!(post("africastalking", &long), Some(ParseError::NoSession));
    let tail = parse(&provider("nalo"), Method::Post, "x", "", b"{}");
    assert_eq!(tail.err(), Some(ParseError::Path));
}

#[test]
fn an_answer_is_cut_to_what_a_network_carries() {
    let mut talk = Talk::at("korba");
    let body = json!({
        "sessionID": "1", "msisdn": "6281290000001", "ussdString": "é".repeat(400),
        "ussdServiceOp": 18
    });
    let expected = format!("answer {}", "é".repeat(160));
    talk.hears(Method::Post, "", &body.to_string(), &expected);
}

proptest! {
    /// Answers with any characters come out one by one as they were typed.
    #[test]
    fn cumulative_texts_part_where_the_answers_do(answers in prop::collection::vec("[^*][0-9a-z*é ]{0,9}", 1..8)) {
        let provider = provider("africastalking");
        let (mut text, mut known) = (String::new(), Some(Known { heard: 0 }));
        for answer in answers {
            if !text.is_empty() {
                text.push('*');
            }
            text.push_str(&answer);
            let body: String = form_urlencoded::Serializer::new(String::new())
                .append_pair("sessionId", "1")
                .append_pair("phoneNumber", "+6281290000001")
                .append_pair("text", &text)
                .finish();
            let heard = parse(&provider, Method::Post, "", "", body.as_bytes());
            let turn = heard.map_err(|error| TestCaseError::fail(error.to_string()))?
                .turn(&provider, known);
            prop_assert_eq!(told(&turn.act), format!("answer {answer}"));
            known = Some(Known { heard: turn.heard });
        }
    }

    /// No octets, in whichever place, bring any provider down.
    #[test]
    fn foreign_octets_never_panic(tail: String, query: String, body: Vec<u8>, heard: u32) {
        let names =
            ["africastalking", "infobip", "hubtel", "nalo", "korba", "aat", "safaricom"];
        for name in names {
            let provider = provider(name);
            for method in [Method::Get, Method::Post] {
                if let Ok(said) = parse(&provider, method, &tail, &query, &body) {
                    let _ = said.turn(&provider, Some(Known { heard }));
                }
            }
        }
    }
}
