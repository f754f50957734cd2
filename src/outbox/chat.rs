//! Notices to chats: what an answer of the Cloud API means, and what becomes of the notice. How often one
//! user may be written to is the business of `pair`, how fast the number may write to all of them together
//! a [`super::pace::Pace`].
//!
//! Errors are told apart by their `code`, never by their words (Cloud API, "Error Codes"; all of them
//! in `tests/vectors/whatsapp_error_codes.csv`).

use std::{sync::Arc, time::Duration};

use super::{
    Class, Fate,
    policy::{self, after_failure},
    work::{Doubt, Verdict},
};
use crate::clock::Timestamp;

/// What an answer that is no success means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The number, the account or the app is too fast: nothing goes before this time is over.
    Throttled {
        /// How long.
        after: Duration,
    },
    /// This user is written to too often.
    PairRate,
    /// Not by WhatsApp, whenever it is tried.
    NotOnWhatsapp,
    /// The user has not written for 24 hours: only a template may go.
    OutsideWindow,
    /// The user wants no broadcasts.
    OptedOut,
    /// The keys of the user's device are others: it may be somebody else.
    IdentityChanged,
    /// The token is of no use any more. Somebody has to do something, and until then nothing goes.
    TokenExpired,
    /// The account may not send: permission, payment, policy. As above.
    Stopped,
    /// Held back for this user, for so long.
    Wait {
        /// How long.
        after: Duration,
    },
    /// A trouble of the provider's that passes.
    Later,
    /// The message is not as it should be, and never will be.
    Refused,
    /// Nobody can say whether it was taken.
    Unclear,
}

impl Meaning {
    /// The word of metrics and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Throttled { .. } => "too_fast",
            Self::PairRate => "pair_rate",
            Self::NotOnWhatsapp => "not_on_whatsapp",
            Self::OutsideWindow => "outside_window",
            Self::OptedOut => "opted_out",
            Self::IdentityChanged => "identity_changed",
            Self::TokenExpired => "token_expired",
            Self::Stopped => "stopped",
            Self::Wait { .. } => "held_back",
            Self::Later => "later",
            Self::Refused => "refused",
            Self::Unclear => "unknown",
        }
    }
}

/// What is no template may be sent within 24 hours of what its reader wrote (Cloud API, "customer service
/// window"). When that was is known to the hour, and a message may wait a while.
pub const WINDOW: Duration = Duration::from_secs(22 * 3600);

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

/// What an answer means, by its HTTP status and the code of its error. A code that nobody knows is
/// judged by the status; an answer without a code may come from something on the way.
pub fn meaning(status: u16, code: Option<u32>) -> Meaning {
    let Some(code) = code else { return of_status(status) };
    match code {
        130_429 => Meaning::Throttled { after: SECOND },
        // Of the app or the account, by the hour.
        4 | 80_007 | 133_016 => Meaning::Throttled { after: MINUTE },
        131_048 => Meaning::Throttled { after: 5 * MINUTE },
        131_064 => Meaning::Throttled { after: HOUR },
        131_056 => Meaning::PairRate,
        131_026 | 130_472 | 131_062 => Meaning::NotOnWhatsapp,
        131_047 => Meaning::OutsideWindow,
        131_050 => Meaning::OptedOut,
        137_000 => Meaning::IdentityChanged,
        0 | 190 => Meaning::TokenExpired,
        3 | 10 | 368 | 130_497 | 131_005 | 131_031 | 131_042 | 131_044 => Meaning::Stopped,
        131_049 => Meaning::Wait { after: DAY },
        131_000 | 131_016 | 131_053 | 131_057 => Meaning::Later,
        131_000..=139_999 => Meaning::Refused,
        _ => of_status(status),
    }
}

fn of_status(status: u16) -> Meaning {
    match status {
        401 => Meaning::TokenExpired,
        403 => Meaning::Stopped,
        429 => Meaning::Throttled { after: SECOND },
        // The server's word for "not now".
        503 => Meaning::Later,
        400..=499 => Meaning::Refused,
        _ => Meaning::Unclear,
    }
}

/// Filled in, the template is too long: that is about what one message says.
const TOO_LONG: u32 = 132_005;

/// Whether a code is about the template that a message was to go in, and so about all that go in it: there
/// is none of that name and language, it has other places, or it is paused or switched off.
pub fn is_of_template(code: u32) -> bool {
    (132_000..=132_999).contains(&code) && code != TOO_LONG
}

/// Whether a message that was taken, and of which the provider says later that it will not arrive, has
/// to go by SMS: a `failed` status with this code. Whoever wants no broadcasts wants none by SMS.
pub fn goes_by_sms(code: u32) -> bool {
    meaning(0, Some(code)) != Meaning::OptedOut
}

/// What is known of a notice when an answer comes.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'n> {
    /// What it is about.
    pub class: Class,
    /// The campaign it is of; 0 is none.
    pub campaign: i64,
    /// How often the provider was asked in vain before.
    pub tries: u32,
    /// Whether it may have been sent before.
    pub doubt: Doubt,
    /// Of no use later.
    pub expires: Timestamp,
    /// The network of its reader's phone; `None` where no phone is known.
    pub by_sms: Option<&'n Arc<str>>,
    /// Whether it can still go as a template.
    pub template: bool,
}

/// What is done with a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Follow {
    /// It is settled like this.
    Settle(Verdict),
    /// It goes once more, at once, as a template.
    AsTemplate,
}

/// How long nothing goes when somebody has to do something about the account.
pub const HELD: Duration = Duration::from_secs(10);

/// What becomes of a notice after an answer that is no success. `wait` is the time that its user is
/// left alone ([`Pairs::too_fast`](super::pair::Pairs::too_fast)).
pub fn follow(meaning: Meaning, of: &Standing<'_>, wait: Duration, now: Timestamp) -> Follow {
    let again = |after: Duration| {
        let due = now.plus(after);
        Verdict::Again { due, tries: of.tries, parts: 0, doubt: of.doubt }
    };
    let in_time = |after: Duration| now.plus(after) < of.expires;
    let by_sms = |otherwise: Fate| match of.by_sms {
        Some(route) => Verdict::Reroute { route: Arc::clone(route) },
        None => Verdict::Ended(otherwise),
    };
    let refusable = of.class.is_refusable(of.campaign);
    let failed = |meaning| after_failure(meaning, of.class, of.tries, 0, of.doubt, of.expires, now);
    Follow::Settle(match meaning {
        Meaning::Throttled { after } if in_time(after) => again(after),
        Meaning::PairRate if in_time(wait) => again(wait),
        // A reply that waited a day would keep every later one waiting behind it, and a reminder of tomorrow is
        // for today.
        Meaning::Wait { after } if refusable && in_time(after) => again(after),
        Meaning::Throttled { .. } | Meaning::PairRate | Meaning::Wait { .. } => {
            by_sms(of.doubt.out_of_time())
        }
        Meaning::OutsideWindow if of.template => return Follow::AsTemplate,
        // The chat may be another's by now; the phone is not.
        Meaning::OutsideWindow | Meaning::NotOnWhatsapp | Meaning::IdentityChanged => {
            by_sms(Fate::Undeliverable)
        }
        Meaning::OptedOut if refusable => Verdict::Ended(Fate::OptedOut),
        Meaning::OptedOut => by_sms(Fate::OptedOut),
        // Nobody who waits for a code waits for a new token.
        Meaning::TokenExpired | Meaning::Stopped if of.class == Class::Code => {
            by_sms(of.doubt.out_of_time())
        }
        Meaning::TokenExpired | Meaning::Stopped => again(HELD),
        // Our own mistake, perhaps: an SMS does not share it.
        Meaning::Later | Meaning::Refused => {
            let never = meaning == Meaning::Refused;
            match failed(if never { policy::Meaning::Never } else { policy::Meaning::Later }) {
                Verdict::Ended(fate) => by_sms(fate),
                later => later,
            }
        }
        Meaning::Unclear => failed(policy::Meaning::Unknown),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::pair::GAP;

    const CODES: &str = include_str!("../../tests/vectors/whatsapp_error_codes.csv");

    /// What the table says in words, and what we do.
    fn is_said(what_to_do: &str, meaning: Meaning) -> bool {
        match what_to_do {
            "loud: credentials" | "loud: rotate the token" => meaning == Meaning::TokenExpired,
            "loud: permission" | "loud: stop" | "loud: payment" => meaning == Meaning::Stopped,
            "slow down, retry" | "wait" | "stop the campaign, slow down" => {
                matches!(meaning, Meaning::Throttled { .. })
            }
            "stop until the limit resets" => meaning == Meaning::Throttled { after: HOUR },
            "wait >= 6 s, growing" => meaning == Meaning::PairRate,
            "retry" | "retry later" | "retry the upload" => meaning == Meaning::Later,
            "SMS instead" | "do not retry; SMS instead" | "ask for the phone number or SMS" => {
                meaning == Meaning::NotOnWhatsapp
            }
            "template instead" => meaning == Meaning::OutsideWindow,
            "wait >= 24 h or SMS" => meaning == Meaning::Wait { after: DAY },
            "do not retry; record opt-out" => meaning == Meaning::OptedOut,
            "do not send; verify the person again" => meaning == Meaning::IdentityChanged,
            "permanent; inspect" => meaning == Meaning::Refused,
            _ => false,
        }
    }

    #[test]
    fn every_code_means_what_the_table_says() {
        let mut rows = csv::Reader::from_reader(CODES.as_bytes());
        let mut seen = 0;
        for row in rows.records() {
            let row = row.unwrap();
            let code = row[0].parse().unwrap();
            for status in [400, 500] {
                let meaning = meaning(status, Some(code));
                assert!(is_said(&row[2], meaning), "{code} {}: {meaning:?}", &row[2]);
            }
            seen += 1;
        }
        assert!(seen > 50);
    }

    #[test]
    fn without_a_code_the_status_says_it() {
        for (status, expected) in [
            (400, Meaning::Refused),
            (401, Meaning::TokenExpired),
            (403, Meaning::Stopped),
            (404, Meaning::Refused),
            (429, Meaning::Throttled { after: SECOND }),
            (500, Meaning::Unclear),
            (502, Meaning::Unclear),
            (503, Meaning::Later),
            (200, Meaning::Unclear),
        ] {
            assert_eq!(meaning(status, None), expected);
            assert_eq!(meaning(status, Some(999_999)), expected);
        }
    }

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    #[test]
    fn what_cannot_go_by_whatsapp_goes_by_sms() {
        let telco: Arc<str> = "telco".into();
        let by_sms = Verdict::Reroute { route: Arc::clone(&telco) };
        let standing = |class: Class, by_sms| Standing {
            class,
            campaign: 0,
            tries: 0,
            doubt: Doubt::None,
            expires: NOW.plus(class.good_for()),
            by_sms,
            template: false,
        };
        let again = |after| {
            let due = NOW.plus(after);
            Verdict::Again { due, tries: 0, parts: 0, doubt: Doubt::None }
        };
        let ended = Verdict::Ended;
        let wait = GAP;
        for (meaning, class, with_phone, without) in [
            (Meaning::NotOnWhatsapp, Class::Reply, by_sms.clone(), ended(Fate::Undeliverable)),
            (Meaning::OutsideWindow, Class::Reply, by_sms.clone(), ended(Fate::Undeliverable)),
            (Meaning::Wait { after: DAY }, Class::Reply, by_sms.clone(), ended(Fate::Expired)),
            (Meaning::Wait { after: DAY }, Class::Campaign, again(DAY), again(DAY)),
            (Meaning::OptedOut, Class::Campaign, ended(Fate::OptedOut), ended(Fate::OptedOut)),
            (Meaning::OptedOut, Class::Reply, by_sms.clone(), ended(Fate::OptedOut)),
            (Meaning::OptedOut, Class::Reminder, by_sms.clone(), ended(Fate::OptedOut)),
            (Meaning::Wait { after: HOUR }, Class::Reminder, by_sms.clone(), ended(Fate::Expired)),
            (Meaning::IdentityChanged, Class::Reply, by_sms.clone(), ended(Fate::Undeliverable)),
            (Meaning::TokenExpired, Class::Reply, again(HELD), again(HELD)),
            (Meaning::TokenExpired, Class::Code, by_sms.clone(), ended(Fate::Expired)),
            (Meaning::Throttled { after: SECOND }, Class::Code, again(SECOND), again(SECOND)),
            (Meaning::PairRate, Class::Reply, again(wait), again(wait)),
            (Meaning::Refused, Class::Reply, by_sms.clone(), ended(Fate::Refused)),
        ] {
            let with = follow(meaning, &standing(class, Some(&telco)), wait, NOW);
            assert_eq!(with, Follow::Settle(with_phone), "{meaning:?} {class:?}");
            let none = follow(meaning, &standing(class, None), wait, NOW);
            assert_eq!(none, Follow::Settle(without), "{meaning:?} {class:?}");
        }
        let long = Standing { expires: NOW.plus(3 * DAY), ..standing(Class::Reply, Some(&telco)) };
        let waits = follow(Meaning::Wait { after: DAY }, &long, wait, NOW);
        assert_eq!(waits, Follow::Settle(by_sms), "later replies would wait behind it");
        let templated = Standing { template: true, ..standing(Class::Reply, Some(&telco)) };
        assert_eq!(follow(Meaning::OutsideWindow, &templated, wait, NOW), Follow::AsTemplate);
    }

    #[test]
    fn a_long_message_says_nothing_of_its_template() {
        assert!(
            [132_000, 132_001, 132_007, 132_012, 132_015, 132_016]
                .map(is_of_template)
                .iter()
                .all(|of| *of)
        );
        assert!(![131_026, TOO_LONG, 133_000].map(is_of_template).iter().any(|of| *of));
    }

    #[test]
    fn trying_again_ends_with_an_sms() {
        let telco: Arc<str> = "telco".into();
        let (mut tries, mut now) = (0, NOW);
        for asked in 1.. {
            let expires = NOW.plus(10 * DAY);
            let by_sms = Some(&telco);
            let standing = Standing {
                class: Class::Reply,
                campaign: 0,
                tries,
                doubt: Doubt::None,
                expires,
                by_sms,
                template: false,
            };
            match follow(Meaning::Later, &standing, GAP, now) {
                Follow::Settle(Verdict::Again { due, tries: more, .. }) => {
                    (now, tries) = (due, more)
                }
                Follow::Settle(Verdict::Reroute { .. }) => {
                    assert_eq!(asked, policy::most_tries(Class::Reply));
                    break;
                }
                other => panic!("{other:?}"),
            }
        }
    }
}
