//! The USSD centre by itself: no socket, and a clock that the test moves.

use std::time::{Duration, Instant};

use simulator::number::Number;
use simulator::operator::centre::{Answered, Centre, DeliveryId, Effect, Signal, Timing};
use simulator::operator::dialect;
use simulator::operator::face::{Ending, Face, NotNow};
use simulator::operator::message::{Address, Deliver, ITS_SESSION_INFO, Submit, USSD_SERVICE_OP};
use simulator::operator::speech::Refusal;

const SECOND: Duration = Duration::from_secs(1);

struct Rig {
    centre: Centre,
    now: Instant,
    phone: Number,
    sent: Vec<(DeliveryId, Deliver)>,
    face: Face,
}

impl Rig {
    fn new(dialect: &str) -> Self {
        let dialect = dialect::named(dialect).unwrap();
        Self {
            centre: Centre::new(dialect, vec!["*119#".to_owned()], Timing::default()),
            now: Instant::now(),
            phone: "081211900001".parse().unwrap(),
            sent: Vec::new(),
            face: Face::Idle,
        }
    }

    fn work(&mut self) {
        while let Some(effect) = self.centre.poll_effect() {
            match effect {
                Effect::Deliver(id, message) => self.sent.push((id, message)),
                Effect::Face(_, face) => self.face = face,
                Effect::Came(..) | Effect::Air(_) => {}
            }
        }
    }

    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(at) = self.centre.poll_timeout().filter(|at| *at <= end) {
            self.now = at;
            self.centre.handle_timeout(at);
            self.work();
        }
        self.now = end;
    }

    fn dial(&mut self) -> (DeliveryId, Deliver) {
        self.centre.dial(self.phone, "*119#", self.now).unwrap();
        self.work();
        self.sent.last().unwrap().clone()
    }

    fn acknowledge(&mut self, delivery: DeliveryId) {
        self.centre.delivered(delivery, "setara", Answered::Status(0), self.now);
        self.work();
    }

    fn answered(&mut self, delivery: DeliveryId, answered: Answered) {
        self.centre.delivered(delivery, "setara", answered, self.now);
        self.work();
    }

    /// A reply as a gateway of `plain` gives it, or of `its` with an info.
    fn reply(&mut self, to: &Deliver, operation: u8, info: Option<u16>) -> Result<(), Refusal> {
        let mut optional = vec![(USSD_SERVICE_OP, vec![operation])];
        optional.extend(info.map(|info| (ITS_SESSION_INFO, info.to_be_bytes().to_vec())));
        let submit = Submit {
            source: to.destination.clone(),
            destination: Address { ton: 1, npi: 1, text: self.phone.to_string() },
            text: b"Halo".to_vec(),
            optional,
            ..Submit::default()
        };
        let taken = self.centre.submit("setara", &submit, self.now);
        self.work();
        taken
    }
}

fn info_of(deliver: &Deliver) -> u16 {
    let (_, value) = deliver.optional.iter().find(|(tag, _)| *tag == ITS_SESSION_INFO).unwrap();
    u16::from_be_bytes(value.as_slice().try_into().unwrap())
}

#[test]
fn a_message_that_is_not_answered_is_sent_again_and_then_given_up() {
    let mut rig = Rig::new("plain");
    rig.dial();
    assert_eq!(rig.sent.len(), 1);
    rig.pass(4 * SECOND);
    assert_eq!(rig.sent.len(), 2);
    rig.pass(4 * SECOND);
    assert_eq!(rig.sent.len(), 3);
    assert_eq!(rig.sent[0], rig.sent[2]);
    rig.pass(10 * SECOND);
    assert_eq!(rig.sent.len(), 3);
    assert!(matches!(rig.face, Face::Ended { by: Ending::NoReply, .. }));
}

#[test]
fn a_temporary_error_is_tried_again_and_a_permanent_one_ends_the_session() {
    let mut rig = Rig::new("plain");
    let (delivery, _) = rig.dial();
    rig.answered(delivery, Answered::Status(0x58));
    assert_eq!(rig.face, Face::Running);
    rig.pass(4 * SECOND);
    assert_eq!(rig.sent.len(), 2);
    rig.answered(delivery, Answered::Status(0x65));
    assert!(matches!(rig.face, Face::Ended { by: Ending::Rejected, .. }));
}

#[test]
fn a_lost_link_is_unknown_and_the_message_goes_again_soon() {
    let mut rig = Rig::new("plain");
    let (delivery, first) = rig.dial();
    rig.answered(delivery, Answered::Unknown);
    rig.pass(SECOND);
    assert_eq!(rig.sent.len(), 2);
    assert_eq!(rig.sent[1].1, first);
    rig.acknowledge(delivery);
    assert_eq!(rig.reply(&first, 2, None), Ok(()));
    assert_eq!(rig.face, Face::Ask { text: "Halo".to_owned() });
}

#[test]
fn no_link_fails_a_new_session_and_spares_one_in_the_middle() {
    let mut rig = Rig::new("plain");
    let (delivery, _) = rig.dial();
    rig.answered(delivery, Answered::NoLink);
    assert!(matches!(rig.face, Face::Ended { by: Ending::NoService, .. }));

    let (delivery, begin) = rig.dial();
    rig.acknowledge(delivery);
    rig.reply(&begin, 2, None).unwrap();
    rig.centre.answer(rig.phone, "1", rig.now).unwrap();
    rig.work();
    let (delivery, answer) = rig.sent.last().unwrap().clone();
    rig.answered(delivery, Answered::NoLink);
    assert_eq!(rig.face, Face::Running);
    rig.pass(5 * SECOND);
    rig.acknowledge(delivery);
    assert_eq!(rig.reply(&answer, 17, None), Ok(()));
    assert!(matches!(rig.face, Face::Ended { by: Ending::Service, .. }));
}

#[test]
fn a_late_reply_finds_nobody() {
    let mut rig = Rig::new("plain");
    let (delivery, begin) = rig.dial();
    rig.acknowledge(delivery);
    rig.pass(10 * SECOND);
    assert!(matches!(rig.face, Face::Ended { by: Ending::NoReply, .. }));
    assert_eq!(rig.reply(&begin, 2, None), Err(Refusal::NoSession));
    assert_eq!(rig.centre.figures().too_late, 1);
}

#[test]
fn where_the_session_has_a_key_the_old_sessions_reply_does_not_reach_the_new() {
    let mut rig = Rig::new("its");
    let (_, old) = rig.dial();
    let (_, new) = rig.dial();
    assert_ne!(info_of(&old), info_of(&new));
    assert_eq!(rig.reply(&old, 2, Some(info_of(&old))), Err(Refusal::BadKey));
    assert_eq!(rig.reply(&new, 2, Some(info_of(&new))), Ok(()));
    assert_eq!(rig.reply(&new, 2, Some(info_of(&new) | 1)), Ok(()));
    assert!(matches!(rig.face, Face::Ended { by: Ending::Service, .. }));
}

#[test]
fn another_account_does_not_speak_in_this_session() {
    let mut rig = Rig::new("plain");
    let (delivery, begin) = rig.dial();
    rig.centre.delivered(delivery, "others", Answered::Status(0), rig.now);
    assert_eq!(rig.reply(&begin, 2, None), Err(Refusal::OtherAccount));
}

#[test]
fn a_session_ends_at_its_age_even_while_it_waits_for_the_person() {
    let mut rig = Rig::new("plain");
    let (delivery, begin) = rig.dial();
    rig.acknowledge(delivery);
    rig.reply(&begin, 2, None).unwrap();
    rig.pass(179 * SECOND);
    assert!(matches!(rig.face, Face::Ask { .. }));
    rig.pass(2 * SECOND);
    assert!(matches!(rig.face, Face::Ended { by: Ending::TimeOut, .. }));
    assert_eq!(rig.centre.figures().sessions_open, 0);
    assert_eq!(rig.centre.poll_timeout(), None);
}

#[test]
fn a_phone_does_only_what_it_can() {
    let mut rig = Rig::new("plain");
    let (phone, now) = (rig.phone, rig.now);
    assert_eq!(rig.centre.answer(phone, "1", now), Err(NotNow::NoSession));
    assert_eq!(rig.centre.hang_up(phone, now), Err(NotNow::NoSession));
    assert_eq!(rig.centre.repeat_last(phone, now), Err(NotNow::NoSession));
    rig.dial();
    assert_eq!(rig.centre.answer(phone, "1", now), Err(NotNow::Running));
    rig.centre.set_signal(phone, Signal::Off).unwrap();
    assert_eq!(rig.centre.dial(phone, "*119#", now), Err(NotNow::NoSignal));
    assert_eq!(rig.centre.figures().aborts, 0);
}

#[test]
fn a_dialled_string_too_long_for_an_address_stands_in_the_text() {
    let mut rig = Rig::new("its");
    let long = "*119*1*3173014502900001#";
    rig.centre.dial(rig.phone, long, rig.now).unwrap();
    rig.work();
    let (_, begin) = rig.sent.last().unwrap();
    assert_eq!(
        (begin.destination.text.as_str(), begin.text.as_slice()),
        ("*119#", long.as_bytes())
    );
}
