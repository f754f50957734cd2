//! Whom a filter finds, beside what the rows of the record say.

use jiff::{ToSpan, civil::date};
use setara::{
    service::{
        campaign::{Audience, Filter},
        roster::{Entry, Group},
        sample::People,
    },
    store::Table,
};

use crate::{
    bed::register,
    office::{Office, both},
};
use setara::service::record::Standing;

async fn found(office: &Office, filter: Filter) -> (u64, u64) {
    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let name = format!("filter-{count}");
    let text = if filter.dose_due_days.is_some() { "dose_due" } else { "invitation" };
    let campaign = office.make(&name, text, Audience::Record(filter), 7).await;
    let preview = office.campaigns.preview(&campaign).await.unwrap();
    (preview.people, preview.unreachable)
}

#[tokio::test]
async fn a_filter_finds_whom_it_says() {
    let today = setara::clock::now().date(setara::clock::Zone::Wib);
    let people: Vec<Entry> = People::new(1, today).take(600).collect();
    let among = |holds: &dyn Fn(&Entry) -> bool| {
        let found: Vec<_> = people.iter().filter(|of| !of.blocked && holds(of)).collect();
        let unreachable = found.iter().filter(|of| of.phone.is_none()).count();
        (found.len() as u64, unreachable as u64)
    };
    for office in both().await {
        office.bed.fill(&people).await;
        assert_eq!(found(&office, Filter::default()).await, among(&|_| true));

        let groups = vec![Group::Elderly, Group::Health];
        let expected = among(&|of| {
            of.group.is_some_and(|group| [Group::Elderly, Group::Health].contains(&group))
        });
        assert!(expected.0 > 0);
        assert_eq!(found(&office, Filter { groups, ..Filter::default() }).await, expected);

        for region in ["31", "3173", "35"] {
            let lives = |of: &Entry| {
                of.regency.as_deref().unwrap_or(of.nik.regency_code()).starts_with(region)
            };
            let filter = Filter { region: Some(region.into()), ..Filter::default() };
            assert_eq!(found(&office, filter).await, among(&lives), "{region}");
        }

        let eligible = Filter { eligible: true, ..Filter::default() };
        let turn = |of: &Entry| of.eligible_from.is_none_or(|from| from <= today);
        assert_eq!(found(&office, eligible).await, among(&turn));

        let old = Filter { age_from: Some(60), ..Filter::default() };
        let sixty = today.checked_sub(60.years()).unwrap();
        assert_eq!(found(&office, old).await, among(&|of| of.birth <= sixty));

        let due = Filter { dose_due_days: Some(7), ..Filter::default() };
        let days = |vaccine: &str| match vaccine {
            "sinovac" | "moderna" => 28,
            "astrazeneca" => 56,
            "pfizer" | "sinopharm" => 21,
            _ => 10_000,
        };
        let expected = among(&|of| {
            let [first] = of.doses.as_slice() else { return false };
            first.number == 1
                && first.given_on.is_some_and(|given| {
                    given.checked_add(days(&first.vaccine).days()).unwrap()
                        <= today.checked_add(7.days()).unwrap()
                })
        });
        assert!(expected.0 > 0);
        assert_eq!(found(&office, due).await, expected);
    }
}

#[tokio::test]
async fn who_is_registered_is_not_asked_to_register() {
    for office in both().await {
        let people: Vec<Entry> = People::new(1, date(2021, 8, 16)).take(50).collect();
        office.bed.fill(&people).await;
        let unregistered = Filter { unregistered: true, ..Filter::default() };
        let before = found(&office, unregistered.clone()).await;
        let somebody = people.iter().find(|of| !of.blocked && of.phone.is_some()).unwrap();
        let turn = setara::store::TurnWrite {
            changes: vec![register(1, Standing::Registered, somebody.nik.as_str(), "Ani")],
            ..office.bed.turn("081290000001")
        };
        office.bed.commit(&[turn]).await.unwrap();
        assert_eq!(office.bed.store.count(Table::Registration).await.unwrap(), 1);
        assert_eq!(found(&office, unregistered).await, (before.0 - 1, before.1));
    }
}
