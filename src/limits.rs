//! Admission: who may take a turn now.
//!
//! Three budgets, from the narrow to the wide: one subscriber, one link, everybody. Whoever is
//! refused gets a short busy screen, and is counted by what refused them. `governor` keeps the
//! books (GCRA); it reads the clock itself.

use std::{
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
};

use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::identity::Msisdn;

/// How much is admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// Turns a minute of one subscriber.
    pub subscriber_per_minute: u32,
    /// Turns of one subscriber in a burst.
    pub subscriber_burst: u32,
    /// Turns a second from one link.
    pub link_per_second: u32,
    /// Turns a second in all.
    pub global_per_second: u32,
    /// Screens a second that we push.
    pub push_per_second: u32,
    /// Certificates a minute that one address may check on the page.
    pub checks_per_minute: u32,
    /// Certificates a second that all of them may.
    pub checks_per_second: u32,
    /// Addresses remembered at once.
    pub most_addresses: usize,
    /// Subscribers remembered at once: the bound of the memory this takes.
    pub most_subscribers: usize,
}

/// What refused a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The subscriber's own budget.
    Subscriber,
    /// The link's.
    Link,
    /// Everybody's.
    Global,
    /// More subscribers at once than are remembered.
    Crowd,
    /// That of pushes.
    Push,
    /// That of an address which checks certificates, or that of all.
    Check,
}

impl Refusal {
    /// All of them, in the order they are asked.
    pub const ALL: [Self; 4] = [Self::Crowd, Self::Subscriber, Self::Link, Self::Global];

    /// The word used in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Subscriber => "subscriber",
            Self::Link => "link",
            Self::Global => "global",
            Self::Crowd => "crowd",
            Self::Push => "push",
            Self::Check => "check",
        }
    }
}

/// The books.
pub struct Limits {
    subscribers: DefaultKeyedRateLimiter<Msisdn>,
    links: DefaultKeyedRateLimiter<String>,
    global: DefaultDirectRateLimiter,
    pushes: DefaultDirectRateLimiter,
    callers: DefaultKeyedRateLimiter<IpAddr>,
    checks: DefaultDirectRateLimiter,
    since_callers: AtomicU32,
    most_addresses: usize,
    most_subscribers: usize,
    since_tidy: AtomicU32,
    crowded: AtomicBool,
}

/// Turns between two looks at how many subscribers are remembered.
const TIDY_EVERY: u32 = 1024;

/// The same while there are too many: a look costs as much as there are.
const TIDY_CROWD_EVERY: u32 = 16 * TIDY_EVERY;

impl Limits {
    /// Empty books.
    pub fn new(quotas: Quotas) -> Self {
        let subscriber = Quota::per_minute(at_least_one(quotas.subscriber_per_minute))
            .allow_burst(at_least_one(quotas.subscriber_burst));
        Self {
            subscribers: RateLimiter::keyed(subscriber),
            links: RateLimiter::keyed(Quota::per_second(at_least_one(quotas.link_per_second))),
            global: RateLimiter::direct(Quota::per_second(at_least_one(quotas.global_per_second))),
            pushes: RateLimiter::direct(Quota::per_second(at_least_one(quotas.push_per_second))),
            callers: RateLimiter::keyed(Quota::per_minute(at_least_one(quotas.checks_per_minute))),
            checks: RateLimiter::direct(Quota::per_second(at_least_one(quotas.checks_per_second))),
            since_callers: AtomicU32::new(0),
            most_addresses: quotas.most_addresses,
            most_subscribers: quotas.most_subscribers,
            since_tidy: AtomicU32::new(0),
            crowded: AtomicBool::new(false),
        }
    }

    /// Admits a turn, or says what refuses it.
    pub fn admit(&self, subscriber: &Msisdn, link: &str) -> Result<(), Refusal> {
        self.tidy()?;
        self.subscribers.check_key(subscriber).map_err(|_| Refusal::Subscriber)?;
        self.links.check_key(&link.to_owned()).map_err(|_| Refusal::Link)?;
        self.global.check().map_err(|_| Refusal::Global)
    }

    /// Admits a push. It takes nothing of the budget of the subscriber, who has not asked for it.
    ///
    /// # Errors
    /// [`Refusal::Push`].
    pub fn admit_push(&self) -> Result<(), Refusal> {
        self.pushes.check().map_err(|_| Refusal::Push)
    }

    /// Admits whoever checks a certificate on the page. A network of IPv6 that one customer has is one
    /// caller (RFC 6177).
    ///
    /// # Errors
    /// [`Refusal::Check`].
    pub fn admit_check(&self, from: IpAddr) -> Result<(), Refusal> {
        if self.since_callers.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            self.callers.retain_recent();
        }
        if self.callers.len() > self.most_addresses {
            return Err(Refusal::Check);
        }
        self.callers.check_key(&customer(from)).map_err(|_| Refusal::Check)?;
        self.checks.check().map_err(|_| Refusal::Check)
    }

    /// How many subscribers are remembered, and how many may be.
    pub fn remembered(&self) -> (usize, usize) {
        (self.subscribers.len(), self.most_subscribers)
    }

    /// Forgets subscribers whose budget is whole again, now and then. While that leaves too many,
    /// the crowd is larger than what this node was made for, and nobody is taken on.
    fn tidy(&self) -> Result<(), Refusal> {
        let crowded = self.crowded.load(Ordering::Relaxed);
        let every = if crowded { TIDY_CROWD_EVERY } else { TIDY_EVERY };
        if self.since_tidy.fetch_add(1, Ordering::Relaxed) % every == every - 1 {
            if self.subscribers.len() > self.most_subscribers {
                self.subscribers.retain_recent();
                self.subscribers.shrink_to_fit();
            }
            let crowded = self.subscribers.len() > self.most_subscribers;
            self.crowded.store(crowded, Ordering::Relaxed);
        }
        if self.crowded.load(Ordering::Relaxed) { Err(Refusal::Crowd) } else { Ok(()) }
    }
}

fn customer(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address => address,
    }
}

fn at_least_one(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone(last: u32) -> Msisdn {
        Msisdn::parse(&format!("0812{last:08}")).unwrap()
    }

    fn quotas() -> Quotas {
        Quotas {
            subscriber_per_minute: 60,
            subscriber_burst: 3,
            link_per_second: 1_000_000,
            global_per_second: 1_000_000,
            push_per_second: 50,
            checks_per_minute: 10,
            checks_per_second: 1000,
            most_addresses: 1000,
            most_subscribers: 10_000,
        }
    }

    #[test]
    fn one_subscriber_uses_up_only_their_own_budget() {
        let limits = Limits::new(quotas());
        for _ in 0..3 {
            assert_eq!(limits.admit(&phone(1), "a"), Ok(()));
        }
        assert_eq!(limits.admit(&phone(1), "a"), Err(Refusal::Subscriber));
        assert_eq!(limits.admit(&phone(2), "a"), Ok(()));
    }

    #[test]
    fn a_link_and_the_whole_have_budgets_of_their_own() {
        let limits = Limits::new(Quotas { link_per_second: 2, ..quotas() });
        assert_eq!(limits.admit(&phone(1), "a"), Ok(()));
        assert_eq!(limits.admit(&phone(2), "a"), Ok(()));
        assert_eq!(limits.admit(&phone(3), "a"), Err(Refusal::Link));
        assert_eq!(limits.admit(&phone(3), "b"), Ok(()));
        let limits = Limits::new(Quotas { global_per_second: 1, ..quotas() });
        assert_eq!(limits.admit(&phone(1), "a"), Ok(()));
        assert_eq!(limits.admit(&phone(2), "b"), Err(Refusal::Global));
    }

    #[test]
    fn pushes_have_a_budget_of_their_own() {
        let limits = Limits::new(Quotas { push_per_second: 2, ..quotas() });
        let admitted: Vec<_> = (0..3).map(|_| limits.admit_push()).collect();
        assert_eq!(admitted, [Ok(()), Ok(()), Err(Refusal::Push)]);
        assert_eq!(limits.admit(&phone(1), "a"), Ok(()));
    }

    #[test]
    fn whoever_checks_certificates_is_bounded_by_address_and_in_all() {
        let limits = Limits::new(quotas());
        let admitted = |from: &str| limits.admit_check(from.parse().unwrap());
        for _ in 0..10 {
            assert_eq!(admitted("192.0.2.1"), Ok(()));
        }
        assert_eq!(admitted("192.0.2.1"), Err(Refusal::Check));
        assert_eq!(admitted("::ffff:192.0.2.1"), Err(Refusal::Check), "the same, written longer");
        assert_eq!(admitted("192.0.2.2"), Ok(()));
        for last in 0..10 {
            assert_eq!(admitted(&format!("2001:db8:0:1::{last}")), Ok(()));
        }
        assert_eq!(admitted("2001:db8:0:1:ffff::1"), Err(Refusal::Check), "the same customer");
        assert_eq!(admitted("2001:db8:0:2::1"), Ok(()));
        let limits = Limits::new(Quotas { checks_per_second: 2, ..quotas() });
        let from = |last: u8| IpAddr::from([192, 0, 2, last]);
        let admitted: Vec<_> = (0..3).map(|last| limits.admit_check(from(last))).collect();
        assert_eq!(admitted, [Ok(()), Ok(()), Err(Refusal::Check)]);
    }

    #[test]
    fn of_more_addresses_than_are_remembered_nobody_checks() {
        let limits = Limits::new(Quotas { most_addresses: 2, ..quotas() });
        let from = |last: u8| IpAddr::from([192, 0, 2, last]);
        let admitted: Vec<_> = (0..4).map(|last| limits.admit_check(from(last)).is_ok()).collect();
        assert_eq!(admitted, [true, true, true, false], "one comes between two looks");
    }

    #[test]
    fn the_books_stay_bounded() {
        let limits = Limits::new(Quotas { most_subscribers: 1000, ..quotas() });
        let refused = (0..20_000).filter(|&n| limits.admit(&phone(n), "a").is_err()).count();
        // The bound, and at most what comes between two looks.
        let (remembered, most) = limits.remembered();
        assert!(remembered <= most + TIDY_EVERY as usize, "{remembered}");
        assert_eq!(refused, 20_000 - remembered);
    }
}
