//! How each aggregator speaks HTTP: what it sends for a step of a session, and how it reads the
//! response.
//!
//! Written from the aggregators' descriptions, and apart from the gateway's profiles, so that the
//! two check each other. A response is read as strictly as a poor client would: a wrong media type
//! or a field of another type ends the session. Knows neither sockets nor phones.

mod reply;

use serde_json::{Value, json};

use crate::number::Number;

/// An aggregator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// POST of a form; all answers so far in one text; `CON` and `END`.
    AfricasTalking,
    /// The session and the step in the path; JSON.
    Infobip,
    /// JSON with a `Type` and a `Sequence`.
    Hubtel,
    /// JSON with a truth value for what follows.
    Nalo,
    /// JSON with the operations of SMPP.
    Korba,
    /// GET; XML; the reply says where the answer goes.
    Aat,
    /// GET; all answers so far in one text; `CON` and `END`.
    Safaricom,
}

/// Every aggregator of the country.
pub const PROVIDERS: [Provider; 7] = [
    Provider::AfricasTalking,
    Provider::Infobip,
    Provider::Hubtel,
    Provider::Nalo,
    Provider::Korba,
    Provider::Aat,
    Provider::Safaricom,
];

/// What happens in a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The phone dialled.
    Begin,
    /// The person answered.
    Answer(String),
    /// The session is over.
    End(Why),
}

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The person hung up.
    User,
    /// The network broke it off.
    Network,
    /// It was open too long.
    TimeOut,
    /// The service had said its last text.
    Service,
}

/// A session, as far as requests speak of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The aggregator's name of it.
    pub id: String,
    /// Whose it is.
    pub number: Number,
    /// What was dialled.
    pub dialled: String,
    /// What was answered so far, the last one included.
    pub answers: Vec<String>,
    /// Requests sent, this one included.
    pub sequence: u32,
    /// Where the last reply said that the answer goes.
    pub next: Option<String>,
}

/// An HTTP request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Path and query.
    pub target: String,
    /// Media type of the body; empty for none.
    pub content_type: &'static str,
    /// The body.
    pub body: String,
}

/// What a response says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The screen.
    pub text: String,
    /// Whether an answer is awaited.
    pub open: bool,
    /// Where the answer goes, if the reply says it.
    pub next: Option<String>,
}

/// Why a response is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a reply of this aggregator's kind: {0}")]
pub struct Odd(pub &'static str);

impl Provider {
    /// Its name, as the gateway's configuration has it too.
    pub fn name(self) -> &'static str {
        match self {
            Self::AfricasTalking => "africastalking",
            Self::Infobip => "infobip",
            Self::Hubtel => "hubtel",
            Self::Nalo => "nalo",
            Self::Korba => "korba",
            Self::Aat => "aat",
            Self::Safaricom => "safaricom",
        }
    }

    /// The aggregator with this name.
    pub fn named(name: &str) -> Option<Self> {
        PROVIDERS.into_iter().find(|provider| provider.name() == name)
    }

    /// Whether a request says which of its session it is, so that a repetition can be known for
    /// one. The others repeat only what they could not deliver.
    pub fn numbers(self) -> bool {
        match self {
            Self::AfricasTalking | Self::Safaricom | Self::Hubtel | Self::Aat => true,
            Self::Infobip | Self::Nalo | Self::Korba => false,
        }
    }

    /// The request for a step; `None` if this aggregator says nothing of it. `path` is where the
    /// gateway is called, such as `/ussd/name`.
    pub fn request(self, path: &str, session: &Session, step: &Step) -> Option<Request> {
        match self {
            Self::AfricasTalking => Some(africas_talking(path, session, step)),
            Self::Infobip => Some(infobip(path, session, step)),
            Self::Hubtel => hubtel(path, session, step),
            Self::Nalo => nalo(path, session, step),
            Self::Korba => korba(path, session, step),
            Self::Aat => aat(path, session, step),
            Self::Safaricom => safaricom(path, session, step),
        }
    }
}

/// `*119*4*2#` as the registered code and the digits after it.
fn code_and_digits(dialled: &str) -> (String, Vec<String>) {
    let mut groups = dialled.trim_matches(['*', '#']).split('*').map(str::to_owned);
    (groups.next().unwrap_or_default(), groups.collect())
}

/// Everything typed in a session, also what was dialled along.
fn whole_text(session: &Session) -> String {
    let (_, mut typed) = code_and_digits(&session.dialled);
    typed.extend(session.answers.iter().cloned());
    typed.join("*")
}

fn africas_talking(path: &str, session: &Session, step: &Step) -> Request {
    let (code, _) = code_and_digits(&session.dialled);
    let (code, number) = (format!("*{code}#"), format!("+{}", session.number));
    let text = whole_text(session);
    let mut fields = vec![
        ("sessionId", session.id.as_str()),
        ("serviceCode", &code),
        ("phoneNumber", &number),
        ("networkCode", "51011"),
    ];
    let hops = session.sequence.to_string();
    match step {
        Step::Begin | Step::Answer(_) => fields.push(("text", &text)),
        Step::End(why) => {
            let (status, error) = match why {
                Why::Service => ("Success", ""),
                Why::User | Why::TimeOut => ("Incomplete", ""),
                Why::Network => ("Failed", "The session was ended by the network"),
            };
            fields.extend([
                ("status", status),
                ("input", text.as_str()),
                ("hopsCount", &hops),
                ("durationInMillis", "12000"),
                ("cost", "0"),
                ("lastAppResponse", "CON …"),
                ("errorMessage", error),
            ]);
        }
    }
    let content_type = "application/x-www-form-urlencoded";
    Request { method: "POST", target: path.to_owned(), content_type, body: form(&fields) }
}

fn infobip(path: &str, session: &Session, step: &Step) -> Request {
    let (code, _) = code_and_digits(&session.dialled);
    let body = |text: &str| {
        let code = format!("*{code}#");
        json!({"msisdn": session.number.to_string(), "imsi": "510110000000001", "text": text,
               "shortCode": code, "ussdGwId": "setara-sim"})
    };
    let (action, body) = match step {
        Step::Begin => ("start", body(&session.dialled)),
        Step::Answer(text) => ("response", body(text)),
        Step::End(why) => ("end", json!({"exitCode": 200, "reason": format!("{why:?}")})),
    };
    posted(format!("{path}/session/{}/{action}", session.id), body)
}

fn hubtel(path: &str, session: &Session, step: &Step) -> Option<Request> {
    let (code, _) = code_and_digits(&session.dialled);
    let (kind, message) = match step {
        Step::Begin => ("Initiation", session.dialled.as_str()),
        Step::Answer(text) => ("Response", text.as_str()),
        Step::End(Why::TimeOut) => ("Timeout", ""),
        Step::End(Why::User | Why::Network) => ("Release", ""),
        Step::End(Why::Service) => return None,
    };
    let body = json!({
        "Type": kind, "Message": message, "ServiceCode": code, "Operator": "mtn",
        "SessionId": session.id, "Mobile": session.number.to_string(),
        "Sequence": session.sequence, "ClientState": "", "Platform": "USSD"
    });
    Some(posted(path.to_owned(), body))
}

fn nalo(path: &str, session: &Session, step: &Step) -> Option<Request> {
    let (first, data) = match step {
        Step::Begin => (true, session.dialled.as_str()),
        Step::Answer(text) => (false, text.as_str()),
        Step::End(_) => return None,
    };
    let body = json!({
        "USERID": "SETARA_SIM", "MSISDN": session.number.to_string(), "USERDATA": data,
        "MSGTYPE": first, "NETWORK": "MTN", "SESSIONID": session.id
    });
    Some(posted(path.to_owned(), body))
}

fn korba(path: &str, session: &Session, step: &Step) -> Option<Request> {
    let (operation, string) = match step {
        Step::Begin => (1, session.dialled.as_str()),
        Step::Answer(text) => (18, text.as_str()),
        Step::End(_) => return None,
    };
    let body = json!({
        "sessionID": session.id, "msisdn": session.number.to_string(), "ussdString": string,
        "ussdServiceOp": operation, "network": "02"
    });
    Some(posted(path.to_owned(), body))
}

fn aat(path: &str, session: &Session, step: &Step) -> Option<Request> {
    let (target, text) = match step {
        Step::Begin => (path.to_owned(), session.dialled.as_str()),
        Step::Answer(text) => (session.next.clone()?, text.as_str()),
        Step::End(_) => return None,
    };
    let number = session.number.to_string();
    let fields = [
        ("msisdn", number.as_str()),
        ("request", text),
        ("provider", "Nusantara"),
        ("ussdSessionId", session.id.as_str()),
    ];
    let joint = if target.contains('?') { '&' } else { '?' };
    Some(got(format!("{target}{joint}{}", form(&fields))))
}

fn safaricom(path: &str, session: &Session, step: &Step) -> Option<Request> {
    if matches!(step, Step::End(_)) {
        return None;
    }
    let (code, _) = code_and_digits(&session.dialled);
    let (number, text) = (session.number.to_string(), whole_text(session));
    let fields = [
        ("ORIG", number.as_str()),
        ("DEST", &code),
        ("SESSION_ID", session.id.as_str()),
        ("USSD_PARAMS", &text),
    ];
    Some(got(format!("{path}?{}", form(&fields))))
}

fn posted(target: String, body: Value) -> Request {
    Request { method: "POST", target, content_type: "application/json", body: body.to_string() }
}

fn got(target: String) -> Request {
    Request { method: "GET", target, content_type: "", body: String::new() }
}

/// `application/x-www-form-urlencoded`, with blanks as plus.
fn form(fields: &[(&str, &str)]) -> String {
    let mut whole = String::new();
    for (name, value) in fields {
        if !whole.is_empty() {
            whole.push('&');
        }
        whole.push_str(name);
        whole.push('=');
        for octet in value.bytes() {
            match octet {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                    whole.push(char::from(octet));
                }
                b' ' => whole.push('+'),
                _ => whole.push_str(&format!("%{octet:02X}")),
            }
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::reply::object;
    use super::*;

    fn session(dialled: &str, answers: &[&str]) -> Session {
        Session {
            id: "s-1".into(),
            number: "081290000001".parse().unwrap(),
            dialled: dialled.into(),
            answers: answers.iter().map(|&answer| answer.into()).collect(),
            sequence: 3,
            next: Some("/ussd/a?turn=3".into()),
        }
    }

    #[test]
    fn what_each_sends_for_an_answer() {
        let session = session("*119*4#", &["1", "Siti *A"]);
        let step = Step::Answer("Siti *A".into());
        let rows = [
            (
                "africastalking",
                "POST /ussd/a sessionId=s-1&serviceCode=%2A119%23&phoneNumber=%2B6281290000001&networkCode=51011&text=4%2A1%2ASiti+%2AA",
            ),
            (
                "infobip",
                r#"POST /ussd/a/session/s-1/response {"msisdn":"6281290000001","imsi":"510110000000001","text":"Siti *A","shortCode":"*119#","ussdGwId":"setara-sim"}"#,
            ),
            (
                "hubtel",
                r#"POST /ussd/a {"Type":"Response","Message":"Siti *A","ServiceCode":"119","Operator":"mtn","SessionId":"s-1","Mobile":"6281290000001","Sequence":3,"ClientState":"","Platform":"USSD"}"#,
            ),
            (
                "nalo",
                r#"POST /ussd/a {"USERID":"SETARA_SIM","MSISDN":"6281290000001","USERDATA":"Siti *A","MSGTYPE":false,"NETWORK":"MTN","SESSIONID":"s-1"}"#,
            ),
            (
                "korba",
                r#"POST /ussd/a {"sessionID":"s-1","msisdn":"6281290000001","ussdString":"Siti *A","ussdServiceOp":18,"network":"02"}"#,
            ),
            (
                "aat",
                "GET /ussd/a?turn=3&msisdn=6281290000001&request=Siti+%2AA&provider=Nusantara&ussdSessionId=s-1 ",
            ),
            (
                "safaricom",
                "GET /ussd/a?ORIG=6281290000001&DEST=119&SESSION_ID=s-1&USSD_PARAMS=4%2A1%2ASiti+%2AA ",
            ),
        ];
        for (name, expected) in rows {
            let provider = Provider::named(name).unwrap();
            let Request { method, target, body, .. } =
                provider.request("/ussd/a", &session, &step).unwrap();
            let sent = format!("{method} {target} {body}");
            // The order of fields in JSON is nobody's business.
            match (body.starts_with('{'), expected.split_once(" {")) {
                (true, Some((head, fields))) => {
                    assert_eq!(format!("{method} {target}"), head);
                    let fields: Value = serde_json::from_str(&format!("{{{fields}")).unwrap();
                    assert_eq!(object(&body).unwrap(), fields, "{name}");
                }
                _ => assert_eq!(sent, expected, "{name}"),
            }
        }
    }

    #[test]
    fn who_says_that_a_session_is_over() {
        let tells = |why| {
            let session = session("*119#", &[]);
            let told = |provider: &Provider| {
                provider.request("/ussd/a", &session, &Step::End(why)).is_some()
            };
            PROVIDERS.iter().filter(|one| told(one)).map(|one| one.name()).collect::<Vec<_>>()
        };
        assert_eq!(tells(Why::User), ["africastalking", "infobip", "hubtel"]);
        assert_eq!(tells(Why::Service), ["africastalking", "infobip"]);
    }

    #[test]
    fn what_is_no_reply_is_refused() {
        let rows = [
            ("africastalking", "text/plain", "Menu"),
            ("africastalking", "text/html", "CON Menu"),
            ("safaricom", "text/plain", "CONMenu"),
            ("infobip", "application/json", r#"{"ussdMenu":"a","shouldClose":false}"#),
            ("hubtel", "application/json", r#"{"Message":"a","Type":"response"}"#),
            ("nalo", "application/json", r#"{"MSG":"a","MSGTYPE":true}"#),
            ("korba", "application/json", r#"{"message":"a","ussdServiceOp":"2"}"#),
            ("aat", "text/xml", "<request></request>"),
            ("aat", "text/xml", "[]"),
        ];
        for (name, kind, body) in rows {
            assert!(Provider::named(name).unwrap().reply(kind, body).is_err(), "{name} {body}");
        }
    }
}
