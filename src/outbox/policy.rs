//! What is decided about notices: what an answer of the network means, when to try again and when to
//! give up, how a claim is shared among the queues, and at which hours a queue is open.

use std::time::Duration;

use super::{
    Class, Fate, Lane,
    work::{Doubt, Verdict},
};
use crate::{
    clock::{Timestamp, Zone},
    smpp::{
        pdu::CommandStatus,
        session::{NotSent, Outcome},
    },
};

/// What the end of a `submit_sm` means for the notice, and for the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The network took it.
    Accepted,
    /// The account is too fast: it slows down, and the same message waits at the head.
    TooFast,
    /// A queue is full there: the phone's own, or everybody's ([`super::full`]).
    Full,
    /// The network did not take it, and may later.
    Later,
    /// The network did not take it, and never will.
    Never,
    /// Nobody can say whether the network took it: the link broke. It is sent again under the same name, a
    /// few times ([`most_copies`]).
    Unknown,
    /// The network had it and did not answer in time. It may answer yet.
    Unanswered,
    /// It never left, and nothing is wrong with it.
    Unsent,
}

/// What an operator means by codes of its own (0x400 and up), which no standard gives a meaning.
/// One that is in neither list is taken for a trouble that passes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VendorCodes {
    /// "Too fast".
    pub too_fast: Vec<u32>,
    /// "Never".
    pub never: Vec<u32>,
}

/// What an outcome means. SMPP 3.4 §5.1.3.
pub fn meaning(outcome: &Outcome, vendor: &VendorCodes) -> Meaning {
    match outcome {
        Outcome::Accepted { .. } => Meaning::Accepted,
        Outcome::Rejected(status) => of_status(*status, vendor),
        // The other side could not make sense of the PDU; it said nothing of the message.
        Outcome::Nacked(status) => match of_status(*status, vendor) {
            Meaning::TooFast | Meaning::Full => Meaning::TooFast,
            _ => Meaning::Later,
        },
        Outcome::TimedOut => Meaning::Unanswered,
        Outcome::LinkLost => Meaning::Unknown,
        Outcome::NotSent(NotSent::Encode(_)) => Meaning::Never,
        Outcome::NotSent(_) => Meaning::Unsent,
    }
}

fn of_status(status: CommandStatus, vendor: &VendorCodes) -> Meaning {
    match status {
        CommandStatus::RTHROTTLED => Meaning::TooFast,
        CommandStatus::RMSGQFUL => Meaning::Full,
        CommandStatus::RSYSERR
        | CommandStatus::RINVBNDSTS
        | CommandStatus::RALYBND
        | CommandStatus::RBINDFAIL
        | CommandStatus::RSUBMITFAIL
        | CommandStatus::RX_T_APPN
        | CommandStatus::RDELIVERYFAILURE
        | CommandStatus::RUNKNOWNERR
        | CommandStatus::RSERTYPUNAVAIL => Meaning::Later,
        // A response of success without what a success needs is not one of ours to make: the
        // session gives `Accepted` for it.
        CommandStatus::ROK => Meaning::Later,
        CommandStatus(code) if vendor.too_fast.contains(&code) => Meaning::TooFast,
        CommandStatus(code) if vendor.never.contains(&code) => Meaning::Never,
        CommandStatus(0x400..) => Meaning::Later,
        _ => Meaning::Never,
    }
}

/// How often the network is asked in vain before a notice is given up.
pub fn most_tries(class: Class) -> u32 {
    match class {
        Class::Code => 4,
        Class::Reply => 8,
        Class::Reminder | Class::Campaign => 12,
    }
}

/// The pause after the network was asked `tries` times in vain, at least once.
pub fn pause(class: Class, tries: u32) -> Duration {
    let (first, most) = match class {
        Class::Code => (1, 20),
        Class::Reply => (1, 300),
        Class::Reminder | Class::Campaign => (2, 900),
    };
    let doubled = 1_u64 << tries.saturating_sub(1).min(16);
    Duration::from_secs((first * doubled).min(most))
}

/// The least pause before what was not answered in time is sent once more: whoever is slow may answer
/// until then, and nothing is sent twice.
fn answer_may_come(class: Class) -> Duration {
    Duration::from_secs(match class {
        Class::Code => 5,
        Class::Reply => 15,
        Class::Reminder | Class::Campaign => 60,
    })
}

/// How often the same may leave without an answer: each time may be one more copy on the phone. Whoever waits
/// for a code asks for another, and nobody waits for a broadcast; a reply is worth one copy more.
pub fn most_copies(class: Class) -> u8 {
    match class {
        Class::Code | Class::Reminder | Class::Campaign => 2,
        Class::Reply => 3,
    }
}

/// The same where the network had all its time: it is more likely than after a break that it took it.
const MOST_COPIES_IN_SILENCE: u8 = 2;

/// What becomes of a notice that the network was asked for in vain once more. `tries` counts the
/// times before, of which there may be a `doubt`; `parts` are with the network. What left too often
/// without an answer is not sent again, however many tries it has.
pub fn after_failure(
    meaning: Meaning,
    class: Class,
    tries: u32,
    parts: u8,
    doubt: Doubt,
    expires: Timestamp,
    now: Timestamp,
) -> Verdict {
    let tries = tries.saturating_add(1);
    let pause = pause(class, tries);
    let (pause, doubt, copies) = match meaning {
        Meaning::Unanswered => {
            (pause.max(answer_may_come(class)), doubt.once_more(), MOST_COPIES_IN_SILENCE)
        }
        Meaning::Unknown => (pause, doubt.once_more(), most_copies(class)),
        _ => (pause, doubt, u8::MAX),
    };
    let due = now.plus(pause);
    match meaning {
        Meaning::Never => Verdict::Ended(Fate::Refused),
        _ if doubt.unanswered() >= copies => Verdict::Ended(Fate::Unknown),
        // What may well have been read does not end as if it had never left.
        _ if due >= expires => Verdict::Ended(doubt.out_of_time()),
        Meaning::Unknown | Meaning::Unanswered if tries >= most_tries(class) => {
            Verdict::Ended(Fate::Unknown)
        }
        Meaning::Later | Meaning::Full if tries >= most_tries(class) => {
            Verdict::Ended(Fate::Refused)
        }
        _ => Verdict::Again { due, tries, parts, doubt },
    }
}

/// What people have before something begins that they must not go to: they get up, and leave.
const BEFORE_LEAVING: Duration = Duration::from_secs(3 * 3600);

/// The hours at which broadcasts go out, in the reader's own zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// From this hour.
    pub from: i8,
    /// Until this one, which is not one of them.
    pub until: i8,
}

impl Hours {
    /// Whether a notice of this queue may be sent now.
    pub fn allow(self, lane: Lane, now: Timestamp) -> bool {
        !lane.class.is_broadcast()
            || (self.from..self.until).contains(&now.local(lane.zone).time().hour())
    }

    /// The first decent moment from `at` on.
    pub fn decent(self, zone: Zone, at: Timestamp) -> Timestamp {
        let local = at.local(zone);
        let hour = local.time().hour();
        if (self.from..self.until).contains(&hour) {
            return at;
        }
        let day = if hour < self.from { Ok(local.date()) } else { local.date().tomorrow() };
        // The last day there is has no decent hour left.
        day.map_or(at, |day| Timestamp::at(day.at(self.from, 0, 0, 0), zone))
    }

    /// The same for what somebody has to know before they leave for something that begins at `start`: where
    /// the decent moment leaves them less than three hours, `at` itself.
    pub fn in_time(self, zone: Zone, at: Timestamp, start: Timestamp) -> Timestamp {
        let decent = self.decent(zone, at);
        if decent.plus(BEFORE_LEAVING) > start { at } else { decent }
    }
}

/// A queue that could be claimed from, and what is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queue {
    /// How urgent it is.
    pub class: Class,
    /// What the last look found.
    pub looked: Looked,
    /// The most that its pace allows now.
    pub most: u32,
}

/// What the last claim from a queue found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// As many as were asked for: there are more.
    More,
    /// Fewer: it is empty now.
    Empty,
}

/// How `room` is shared among queues: by weight among those that have something, an empty one gets a glance
/// beyond the room. What is too little to be parted by weight goes to one after the other, each in its turn
/// as often as its weight says, so that the lower ones never starve, however small the room is; `turn` goes
/// on from claim to claim.
pub fn shares(room: u32, queues: &[Queue], turn: &mut u32) -> Vec<u32> {
    let weight = |queue: &Queue| match (queue.looked, queue.class) {
        (Looked::Empty, _) => 0_u64,
        (_, Class::Code) => 24,
        (_, Class::Reply) => 12,
        (_, Class::Reminder) => 3,
        (_, Class::Campaign) => 1,
    };
    let mut shares: Vec<u32> = queues
        .iter()
        .map(|queue| match queue.looked {
            Looked::Empty => glance(queue.class, room).min(queue.most),
            Looked::More => 0,
        })
        .collect();
    let mut left = room;
    loop {
        let mut open: Vec<(usize, u64)> = Vec::new();
        for (at, (queue, share)) in queues.iter().zip(&shares).enumerate() {
            if weight(queue) > 0 && *share < queue.most {
                open.push((at, weight(queue)));
            }
        }
        let all: u64 = open.iter().map(|(_, weight)| weight).sum();
        if left == 0 || all == 0 {
            return shares;
        }
        let (room, mut full) = (u64::from(left), false);
        for (at, weight) in &mut open {
            let (Some(queue), Some(share)) = (queues.get(*at), shares.get_mut(*at)) else {
                continue;
            };
            let part = u32::try_from(room * *weight / all).unwrap_or(left);
            let more = part.min(queue.most - *share);
            full |= more < part;
            *share += more;
            left -= more;
            // What is left of it, in parts of a place.
            *weight = room * *weight % all;
        }
        if full {
            // What a slow campaign leaves is shared among the others.
            continue;
        }
        let places = left;
        for _ in 0..places {
            let at = whose_turn(&open, *turn);
            *turn = turn.wrapping_add(1);
            let Some((queue, share)) = at.and_then(|at| queues.get(at).zip(shares.get_mut(at)))
            else {
                return shares;
            };
            if *share < queue.most {
                *share += 1;
                left -= 1;
            }
        }
    }
}

/// Whose turn it is: over as many turns as their weights are together, each has as many as its own, well
/// mixed.
fn whose_turn(open: &[(usize, u64)], turn: u32) -> Option<usize> {
    let all: u64 = open.iter().map(|(_, weight)| weight).sum();
    if all == 0 {
        return None;
    }
    // A stride near the golden section that meets every place.
    let no_common = |stride: &u64| {
        let (mut a, mut b) = (all, *stride);
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a == 1
    };
    let first = (all * 5 / 8).max(1);
    let stride = (first..=first + all).find(no_common)?;
    let mut place = u64::from(turn) * stride % all;
    open.iter().find_map(|(at, weight)| match place.checked_sub(*weight) {
        None => Some(*at),
        Some(rest) => {
            place = rest;
            None
        }
    })
}

/// How what a campaign may claim now is shared among its queues, in their order: mostly among those
/// that have something. `turn` says who begins, so that where there is one, everybody gets it in turn.
pub fn split(may: u32, queues: &[Looked], turn: usize) -> Vec<u32> {
    let weight = |looked: Looked| match looked {
        Looked::More => 8,
        Looked::Empty => 1,
    };
    let mut all: u32 = queues.iter().map(|looked| weight(*looked)).sum();
    let mut left = may;
    let mut shares = vec![0; queues.len()];
    for at in (0..queues.len()).map(|at| (at + turn) % queues.len()) {
        let (Some(looked), Some(share)) = (queues.get(at), shares.get_mut(at)) else { continue };
        let weight = weight(*looked);
        let part = (u64::from(left) * u64::from(weight)).div_ceil(u64::from(all));
        *share = u32::try_from(part).unwrap_or(left);
        all -= weight;
        left = left.saturating_sub(*share);
    }
    shares
}

/// How many are asked for where nothing is expected: codes come in bursts, and cannot wait for a
/// second look.
fn glance(class: Class, room: u32) -> u32 {
    match class {
        Class::Code | Class::Reply => (room / 4).clamp(4, 256),
        Class::Reminder | Class::Campaign => (room / 16).clamp(1, 64),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_the_network_says_is_what_is_done() {
        let vendor = VendorCodes { too_fast: vec![0x401], never: vec![0x402] };
        for (outcome, expected) in [
            (Outcome::Accepted { message_id: "1".into() }, Meaning::Accepted),
            (Outcome::Rejected(CommandStatus::RTHROTTLED), Meaning::TooFast),
            (Outcome::Rejected(CommandStatus::RMSGQFUL), Meaning::Full),
            (Outcome::Nacked(CommandStatus::RMSGQFUL), Meaning::TooFast),
            (Outcome::Rejected(CommandStatus::RINVDSTADR), Meaning::Never),
            (Outcome::Rejected(CommandStatus::RINVSRCADR), Meaning::Never),
            (Outcome::Rejected(CommandStatus::RX_P_APPN), Meaning::Never),
            (Outcome::Rejected(CommandStatus::RSYSERR), Meaning::Later),
            (Outcome::Rejected(CommandStatus::RX_T_APPN), Meaning::Later),
            (Outcome::Rejected(CommandStatus(0x401)), Meaning::TooFast),
            (Outcome::Rejected(CommandStatus(0x402)), Meaning::Never),
            (Outcome::Rejected(CommandStatus(0x403)), Meaning::Later),
            (Outcome::Rejected(CommandStatus(u32::MAX)), Meaning::Later),
            (Outcome::Nacked(CommandStatus::RINVCMDID), Meaning::Later),
            (Outcome::Nacked(CommandStatus::RTHROTTLED), Meaning::TooFast),
            (Outcome::TimedOut, Meaning::Unanswered),
            (Outcome::LinkLost, Meaning::Unknown),
            (Outcome::NotSent(NotSent::NotBound), Meaning::Unsent),
            (Outcome::NotSent(NotSent::QueueFull), Meaning::Unsent),
        ] {
            assert_eq!(meaning(&outcome, &vendor), expected, "{outcome:?}");
        }
    }

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    #[test]
    fn every_queue_of_a_campaign_gets_its_turn() {
        use Looked::{Empty, More};
        for (may, queues, turn, shares) in [
            (0, vec![More, More], 0, vec![0, 0]),
            (1, vec![More, More, More], 0, vec![1, 0, 0]),
            (1, vec![More, More, More], 1, vec![0, 1, 0]),
            (1, vec![Empty, More, Empty], 2, vec![0, 0, 1]),
            (30, vec![More, More, More], 0, vec![10, 10, 10]),
            (100, vec![More, Empty, Empty], 0, vec![80, 10, 10]),
            (5, vec![], 3, vec![]),
        ] {
            assert_eq!(split(may, &queues, turn), shares, "{may} {queues:?} {turn}");
        }
    }

    #[test]
    fn trying_again_ends() {
        for class in Class::ALL {
            for (meaning, given_up, most) in [
                (Meaning::Later, Fate::Refused, most_tries(class)),
                (Meaning::Full, Fate::Refused, most_tries(class)),
                (Meaning::Unknown, Fate::Unknown, most_copies(class).into()),
                (Meaning::Unanswered, Fate::Unknown, 2),
            ] {
                let (mut tries, mut doubt, mut now) = (0, Doubt::None, NOW);
                let expires = now.plus(Duration::from_secs(30 * 86_400));
                let ended = loop {
                    match after_failure(meaning, class, tries, 1, doubt, expires, now) {
                        Verdict::Again { due, tries: more, parts, doubt: left } => {
                            assert!(due > now && parts == 1);
                            (tries, doubt, now) = (more, left, due);
                        }
                        Verdict::Ended(fate) => break fate,
                        other => panic!("{other:?}"),
                    }
                };
                assert_eq!((ended, tries + 1), (given_up, most));
            }
        }
    }

    #[test]
    fn what_is_of_no_use_any_more_is_not_tried_again() {
        let soon = NOW.plus(Duration::from_millis(500));
        for (meaning, doubt, fate) in [
            (Meaning::Later, Doubt::None, Fate::Expired),
            (Meaning::TooFast, Doubt::None, Fate::Expired),
            (Meaning::Later, Doubt::Perhaps, Fate::Unknown),
            (Meaning::TooFast, Doubt::Unanswered(1), Fate::Unknown),
            (Meaning::Unknown, Doubt::None, Fate::Unknown),
            (Meaning::Never, Doubt::None, Fate::Refused),
        ] {
            let verdict = after_failure(meaning, Class::Code, 0, 0, doubt, soon, NOW);
            assert_eq!(verdict, Verdict::Ended(fate));
        }
    }

    #[test]
    fn no_mixture_of_breaks_and_silence_brings_more_copies() {
        let expires = NOW.plus(Duration::from_secs(30 * 86_400));
        for class in Class::ALL {
            for pattern in 0..1_u32 << 6 {
                let (mut doubt, mut copies) = (Doubt::Perhaps, 0);
                let ended = loop {
                    copies += 1;
                    // Now and then the network says that it has no time, and is asked once more.
                    let later = after_failure(Meaning::Later, class, 0, 0, doubt, expires, NOW);
                    assert!(matches!(later, Verdict::Again { doubt: kept, .. } if kept == doubt));
                    let silent = pattern >> copies & 1 == 1;
                    let meaning = if silent { Meaning::Unanswered } else { Meaning::Unknown };
                    match after_failure(meaning, class, 0, 0, doubt, expires, NOW) {
                        Verdict::Again { doubt: left, .. } => doubt = left,
                        Verdict::Ended(fate) => break fate,
                        other => panic!("{other:?}"),
                    }
                    assert_eq!(Doubt::from_i64(doubt.as_i64()), doubt);
                };
                assert_eq!(ended, Fate::Unknown);
                assert!((2..=most_copies(class)).contains(&copies), "{copies} to {class:?}");
            }
        }
    }

    const HOURS: Hours = Hours { from: 8, until: 20 };

    #[test]
    fn broadcasts_keep_decent_hours_where_the_reader_is() {
        // 2021-03-01 07:30 in Jakarta, 08:30 in Makassar, 09:30 in Jayapura.
        let at = Timestamp::at(jiff::civil::date(2021, 3, 1).at(7, 30, 0, 0), Zone::Wib);
        for (class, zone, open) in [
            (Class::Campaign, Zone::Wib, false),
            (Class::Campaign, Zone::Wita, true),
            (Class::Reminder, Zone::Wit, true),
            (Class::Reminder, Zone::Wib, false),
            (Class::Reply, Zone::Wib, true),
            (Class::Code, Zone::Wib, true),
        ] {
            assert_eq!(HOURS.allow(Lane { class, zone }, at), open, "{class:?} {zone:?}");
        }
    }

    #[test]
    fn the_next_decent_moment() {
        let moment = |day, hour, minute| {
            Timestamp::at(jiff::civil::date(2021, 3, day).at(hour, minute, 0, 0), Zone::Wit)
        };
        for (at, decent) in [
            (moment(1, 7, 59), moment(1, 8, 0)),
            (moment(1, 8, 0), moment(1, 8, 0)),
            (moment(1, 19, 59), moment(1, 19, 59)),
            (moment(1, 20, 0), moment(2, 8, 0)),
            (moment(1, 0, 0), moment(1, 8, 0)),
        ] {
            assert_eq!(HOURS.decent(Zone::Wit, at), decent);
        }
        // What begins early in the morning is told in the evening; what begins later can wait.
        let night = moment(1, 20, 30);
        for (start, told) in [
            (moment(2, 8, 0), night),
            (moment(2, 10, 59), night),
            (moment(2, 11, 0), moment(2, 8, 0)),
        ] {
            assert_eq!(HOURS.in_time(Zone::Wit, night, start), told);
        }
        assert_eq!(HOURS.in_time(Zone::Wit, moment(1, 9, 0), moment(1, 9, 30)), moment(1, 9, 0));
    }

    fn queue(class: Class, looked: Looked) -> Queue {
        Queue { class, looked, most: u32::MAX }
    }

    #[test]
    fn nobody_starves_and_nobody_idles() {
        use Looked::{Empty, More};
        let all = |looked: [Looked; 4]| -> Vec<Queue> {
            Class::ALL.into_iter().zip(looked).map(|(class, looked)| queue(class, looked)).collect()
        };
        let mut turn = 0;
        let mut of = |room, looked| shares(room, &all(looked), &mut turn);
        assert_eq!(of(400, [More; 4]), [240, 120, 30, 10]);
        assert_eq!(of(400, [Empty, Empty, Empty, More]), [100, 100, 25, 400]);
        assert_eq!(of(0, [More, Empty, Empty, Empty])[0], 0);
        assert_eq!(of(3, [More; 4]).iter().sum::<u32>(), 3);
        assert_eq!(of(1, [More, Empty, Empty, Empty])[0], 1);
    }

    /// Whatever else waits, and however little room there is: over some claims everybody had as much as its
    /// weight says.
    #[test]
    fn nobody_starves_in_a_small_room() {
        let queues = Class::ALL.map(|class| queue(class, Looked::More));
        for room in [1, 2, 3, 7, 20] {
            let (mut turn, mut had) = (0, [0; 4]);
            for _ in 0..40 {
                let shares = shares(room, &queues, &mut turn);
                assert_eq!(shares.iter().sum::<u32>(), room);
                for (had, share) in had.iter_mut().zip(&shares) {
                    *had += share;
                }
            }
            assert_eq!(had, [24, 12, 3, 1].map(|weight| weight * room), "{room}");
        }
        // Also where there are many queues of what is urgent, and one of them is slow.
        let mut queues: Vec<Queue> = (0..9).map(|_| queue(Class::Code, Looked::More)).collect();
        queues.extend([
            Queue { most: 0, ..queue(Class::Reply, Looked::More) },
            queue(Class::Campaign, Looked::More),
        ]);
        let mut turn = 0;
        let had = (0..2 * 217).filter(|_| shares(1, &queues, &mut turn)[10] == 1).count();
        assert_eq!(had, 2, "{had} of two rounds");
    }

    proptest! {
        #[test]
        fn shares_fill_the_room_and_do_not_exceed_it(
            room in 0..5000u32,
            looked in prop::collection::vec((0..4usize, any::<bool>(), 0..1000u32), 0..20),
            mut turn in any::<u32>(),
        ) {
            let queues: Vec<Queue> = looked
                .into_iter()
                .map(|(class, more, most)| Queue {
                    class: Class::ALL[class],
                    looked: if more { Looked::More } else { Looked::Empty },
                    most,
                })
                .collect();
            let shares = shares(room, &queues, &mut turn);
            prop_assert_eq!(shares.len(), queues.len());
            let of_more: u32 = shares.iter().zip(&queues)
                .filter(|(_, queue)| queue.looked == Looked::More).map(|(share, _)| share).sum();
            prop_assert!(of_more <= room);
            let hungry = shares.iter().zip(&queues)
                .any(|(share, queue)| queue.looked == Looked::More && *share < queue.most);
            prop_assert!(of_more == room || !hungry, "{} of {} were given", of_more, room);
            prop_assert!(shares.iter().zip(&queues).all(|(share, queue)| *share <= queue.most));
        }
    }
}
