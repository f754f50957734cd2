//! What the gateway begins by itself, at the USSD centre alone: no socket, and a clock that the test
//! moves.

use std::time::{Duration, Instant};

use simulator::number::Number;
use simulator::operator::centre::{Answered, Centre, Effect, Signal, Timing};
use simulator::operator::dialect::{self, DIALECTS};
use simulator::operator::face::{Ending, Face, NotNow};
use simulator::operator::message::{
    Address, Deliver, ITS_SESSION_INFO, Submit, USER_MESSAGE_REFERENCE, USSD_SERVICE_OP,
};
use simulator::operator::speech::Refusal;

const SECOND: Duration = Duration::from_secs(1);
const ASK: u8 = 2;
const NOTIFY: u8 = 3;
const END: u8 = 17;

struct Rig {
    centre: Centre,
    now: Instant,
    phone: Number,
    sent: Vec<Deliver>,
    face: Face,
}

impl Rig {
    /// A phone that is switched on.
    fn new(name: &str) -> Self {
        let codes = vec!["*119#".to_owned()];
        let mut rig = Self {
            centre: Centre::new(dialect::named(name).unwrap(), codes, Timing::default()),
            now: Instant::now(),
            phone: "081211900001".parse().unwrap(),
            sent: Vec::new(),
            face: Face::Idle,
        };
        rig.centre.attach(rig.phone).unwrap();
        rig
    }

    fn work(&mut self) {
        while let Some(effect) = self.centre.poll_effect() {
            match effect {
                Effect::Deliver(id, message) => {
                    self.sent.push(message);
                    self.centre.delivered(id, "setara", Answered::Status(0), self.now);
                }
                Effect::Face(_, face) => self.face = face,
                Effect::Came(..) | Effect::Air(_) => {}
            }
        }
    }

    fn pass(&mut self, time: Duration) {
        self.now += time;
        self.centre.handle_timeout(self.now);
        self.work();
    }

    fn dial(&mut self) {
        self.centre.dial(self.phone, "*119#", self.now).unwrap();
        self.work();
    }

    fn submit(&mut self, submit: &Submit) -> Result<(), Refusal> {
        let taken = self.centre.submit("setara", submit, self.now);
        self.work();
        taken
    }

    fn last(&self) -> &Deliver {
        self.sent.last().unwrap()
    }
}

/// What a gateway that knows the dialect sends, with an operation and a key.
fn said(name: &str, operation: u8, key: Option<u16>) -> Submit {
    let source = match name {
        "its" => "*119#",
        "p2" => "6621190001",
        "mica" => "",
        _ => "119",
    };
    let tag = if name == "mica" { USER_MESSAGE_REFERENCE } else { ITS_SESSION_INFO };
    let mut optional = vec![(USSD_SERVICE_OP, vec![operation])];
    optional.extend(key.map(|key| (tag, key.to_be_bytes().to_vec())));
    Submit {
        source: Address { text: source.to_owned(), ..Address::default() },
        destination: Address { ton: 1, npi: 1, text: "6281211900001".to_owned() },
        service_type: dialect::named(name).unwrap().service_type.to_owned(),
        data_coding: dialect::named(name).unwrap().coding.0,
        text: b"Halo".to_vec(),
        optional,
        ..Submit::default()
    }
}

/// The key with which the gateway begins, where it is the gateway that gives it.
fn own_key(name: &str) -> Option<u16> {
    matches!(name, "sixdee" | "mica").then_some(0x1234)
}

fn word(deliver: &Deliver, wanted: u16) -> Option<u16> {
    let (_, value) = deliver.optional.iter().find(|(tag, _)| *tag == wanted)?;
    value.as_slice().try_into().ok().map(u16::from_be_bytes)
}

fn operation(deliver: &Deliver) -> u8 {
    deliver.optional[0].1[0]
}

#[test]
fn a_question_is_answered_in_its_own_session() {
    for dialect in &DIALECTS {
        let name = dialect.name;
        let mut rig = Rig::new(name);
        assert_eq!(rig.submit(&said(name, ASK, own_key(name))), Ok(()), "{name}");
        assert_eq!(rig.face, Face::Ask { text: "Halo".to_owned() }, "{name}");
        assert!(rig.sent.is_empty(), "nothing is said before the person answers");
        rig.centre.answer(rig.phone, "1", rig.now).unwrap();
        rig.work();
        assert_eq!((operation(rig.last()), rig.last().text.as_slice()), (18, b"1".as_slice()));
        let info = word(rig.last(), ITS_SESSION_INFO);
        let reference = word(rig.last(), USER_MESSAGE_REFERENCE);
        match name {
            "sixdee" => assert_eq!(info, Some(0x1234)),
            "mica" => assert_eq!(reference, Some(0x1234)),
            "its" | "huawei" => assert!(info.is_some_and(|info| info != 0 && info & 1 == 0)),
            _ => assert_eq!((info, reference), (None, None), "{name}"),
        }
        // The service closes it as any other.
        let (operation, end) = match name {
            "its" => (ASK, 1),
            "sixdee" => (END, 1),
            _ => (END, 0),
        };
        let key = if name == "mica" { reference } else { info.map(|info| info | end) };
        assert_eq!(rig.submit(&said(name, operation, key)), Ok(()), "{name}");
        assert!(matches!(rig.face, Face::Ended { by: Ending::Service, .. }), "{name}");
        let figures = rig.centre.figures();
        assert_eq!((figures.pushes, figures.answers, figures.sessions_open), (1, 1, 0), "{name}");
    }
}

#[test]
fn a_notice_is_confirmed_when_it_is_read() {
    for dialect in &DIALECTS {
        let name = dialect.name;
        let mut rig = Rig::new(name);
        assert_eq!(rig.submit(&said(name, NOTIFY, own_key(name))), Ok(()), "{name}");
        assert_eq!(rig.face, Face::Notice { text: "Halo".to_owned() }, "{name}");
        let (phone, now) = (rig.phone, rig.now);
        assert_eq!(rig.centre.answer(phone, "1", now), Err(NotNow::NoSession));
        assert!(rig.sent.is_empty(), "{name}");
        rig.centre.hang_up(phone, now).unwrap();
        rig.work();
        assert_eq!((operation(rig.last()), rig.last().text.len()), (19, 0), "{name}");
        assert_eq!(rig.face, Face::Idle);
        assert_eq!(rig.centre.read(phone, now), Err(NotNow::NoSession), "only once");
        let figures = rig.centre.figures();
        assert_eq!((figures.notices, figures.read, figures.aborts), (1, 1, 0), "{name}");
    }
}

#[test]
fn who_is_busy_or_away_is_not_reached() {
    for dialect in &DIALECTS {
        let name = dialect.name;
        let mut rig = Rig::new(name);
        let [ask, notify] = [ASK, NOTIFY].map(|operation| said(name, operation, own_key(name)));
        // A notice stands there.
        rig.submit(&notify).unwrap();
        let other = said(name, ASK, own_key(name).map(|key| key + 2));
        assert_eq!(rig.submit(&other), Err(Refusal::Busy), "{name}");
        assert_eq!(rig.face, Face::Notice { text: "Halo".to_owned() }, "{name}");
        rig.centre.read(rig.phone, rig.now).unwrap();
        // Away, and nobody's number.
        rig.centre.set_signal(rig.phone, Signal::Off).unwrap();
        assert_eq!(rig.submit(&ask), Err(Refusal::Absent), "{name}");
        rig.centre.set_signal(rig.phone, Signal::On).unwrap();
        let mut nobody = ask.clone();
        nobody.destination.text = "6281211900009".to_owned();
        assert_eq!(rig.submit(&nobody), Err(Refusal::Absent), "{name}");
        assert_eq!(Refusal::Absent.status(), 0xfe);
        assert_eq!(Refusal::Busy.status(), 0x45);
        assert_eq!(rig.submit(&ask), Ok(()), "{name}");
        // An invitation that nobody answers ends at its age.
        rig.pass(181 * SECOND);
        assert!(matches!(rig.face, Face::Ended { by: Ending::TimeOut, .. }), "{name}");
    }
}

#[test]
fn a_late_reply_is_not_taken_for_a_question_of_its_own() {
    let mut rig = Rig::new("plain");
    rig.dial();
    rig.centre.hang_up(rig.phone, rig.now).unwrap();
    rig.work();
    assert_eq!(rig.submit(&said("plain", ASK, None)), Err(Refusal::NoSession));
    // It was owed one reply, and no more.
    assert_eq!(rig.submit(&said("plain", ASK, None)), Ok(()));
    // And after a while none is expected any more.
    let mut rig = Rig::new("plain");
    rig.dial();
    rig.pass(11 * SECOND);
    assert!(matches!(rig.face, Face::Ended { by: Ending::NoReply, .. }));
    rig.pass(10 * SECOND);
    assert_eq!(rig.submit(&said("plain", ASK, None)), Ok(()));
    // Where the network names sessions, one that has a name is none of the service's.
    let mut rig = Rig::new("its");
    assert_eq!(rig.submit(&said("its", ASK, Some(0x4a10))), Err(Refusal::NoSession));
    let mut rig = Rig::new("sixdee");
    for unnamed in [None, Some(0)] {
        assert_eq!(rig.submit(&said("sixdee", ASK, unnamed)), Err(Refusal::BadKey));
    }
}

#[test]
fn a_push_has_to_be_right() {
    let mut rig = Rig::new("plain");
    let good = said("plain", ASK, None);
    let source = Address { text: "120".to_owned(), ..Address::default() };
    for (submit, refusal) in [
        (Submit { source, ..good.clone() }, Refusal::BadSource),
        (Submit { service_type: "CMT".to_owned(), ..good.clone() }, Refusal::BadServiceType),
        (Submit { data_coding: 3, ..good.clone() }, Refusal::BadText),
        (Submit { text: vec![b'a'; 183], ..good }, Refusal::TooLong { length: 183, limit: 182 }),
        // The last text of a session that nobody has begun.
        (said("plain", END, None), Refusal::NoSession),
    ] {
        assert_eq!(rig.submit(&submit), Err(refusal));
    }
    assert_eq!(rig.face, Face::Idle);
    assert_eq!(Rig::new("p2").submit(&said("plain", ASK, None)), Err(Refusal::BadSource));
}
