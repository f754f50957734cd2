//! From an audience to the outbox: nobody twice, nobody at night, nobody too often.

use std::{collections::HashSet, time::Duration};

use jiff::{ToSpan, civil::date};
use setara::{
    clock::{Timestamp, Zone},
    config::Config,
    front::campaign::{BadRows, ListError},
    http::Shown,
    identity::Msisdn,
    outbox::{
        Class, Fate, Lane,
        policy::Hours,
        work::{Claimed, Portion, Receipt, Settlement, Verdict},
    },
    service::{
        campaign::{Decency, Filter, Phase, Step},
        record::Standing,
        sample::People,
    },
    store::{Late, Queued, Table, TurnWrite},
};

use crate::{
    bed,
    office::{Queue, both},
};

const HEAD: &str = "phone,name,nik\n";

fn noon() -> Timestamp {
    Timestamp::at(date(2021, 8, 16).at(12, 0, 0, 0), Zone::Wib)
}

fn eight(day: i64, zone: Zone) -> i64 {
    let day = date(2021, 8, 16).checked_add(day.days()).unwrap();
    Timestamp::at(day.at(8, 0, 0, 0), zone).millis()
}

#[tokio::test]
async fn what_breaks_off_goes_on_where_it_stopped_and_nobody_is_queued_twice() {
    for office in both().await {
        let people: Vec<_> = People::new(1, date(2021, 8, 16)).take(5000).collect();
        office.bed.fill(&people).await;
        let reachable = people.iter().filter(|of| !of.blocked && of.phone.is_some()).count() as u64;
        let campaign = office.record("all", "invitation", Filter::default()).await;
        // Broken off at whatever moment it is: later and later, until it is not.
        let mut patience = Duration::from_micros(200);
        let done = loop {
            let now = office.again(&campaign).await;
            if now.expanded {
                break now;
            }
            let _ = tokio::time::timeout(patience, office.campaigns.queue(&now, noon())).await;
            patience = patience.mul_f64(1.5);
            // Whoever has not heard of it changes nothing.
            if office.again(&campaign).await.counts.queued > 0 {
                let stale = office.campaigns.queue(&campaign, noon()).await.unwrap();
                assert_eq!(stale, Queued::Overtaken);
            }
        };
        // Families share phones: not everybody is reached in these days.
        assert_eq!(done.counts.queued + done.counts.crowded_out, reachable);
        assert_eq!(done.counts.people - done.counts.unreachable, reachable);
        assert_eq!(office.bed.store.count(Table::Notice).await.unwrap(), done.counts.queued);
        let figures = office.bed.store.campaign_figures(&done).await.unwrap();
        assert_eq!(figures.fates[&Fate::Waiting], done.counts.queued);
    }
}

#[tokio::test]
async fn everybody_is_written_to_by_day() {
    // 19:30 in Jakarta is 20:30 in Makassar and 21:30 in Jayapura.
    let now = Timestamp::at(date(2021, 8, 16).at(19, 30, 0, 0), Zone::Wib);
    for office in both().await {
        let list = format!(
            "{HEAD}081290000001,Ani,3173041708900001\n081290000002,Budi,7371041708900001\n\
             081290000003,Citra,9171041708900001\n"
        );
        let campaign = office.list("evening", &list, 7).await;
        office.queue_all(&campaign, now).await;
        let row = |zone, due| {
            let lane = Lane { class: Class::Campaign, zone }.as_i64();
            Queue { campaign: campaign.id, lane, due }
        };
        let expected = [
            row(Zone::Wib, now.millis()),
            row(Zone::Wita, eight(1, Zone::Wita)),
            row(Zone::Wit, eight(1, Zone::Wit)),
        ];
        assert_eq!(office.outbox().await, expected);
    }
}

#[tokio::test]
async fn a_phone_is_not_flooded_by_its_family_nor_by_several_campaigns() {
    for office in both().await {
        let family: String =
            (1..=5).map(|n| format!("081290000001,Ani,317304170890000{n}\n")).collect();
        let first = office.list("first", &format!("{HEAD}{family}"), 7).await;
        let first = office.queue_all(&first, noon()).await;
        let second = office.list("second", &format!("{HEAD}{family}"), 2).await;
        let second = office.queue_all(&second, noon()).await;
        // Three a day: three today, three tomorrow, three the day after, and then it is of no use.
        let mut dues: Vec<(bool, i64)> =
            office.outbox().await.iter().map(|row| (row.campaign == second.id, row.due)).collect();
        dues.sort_unstable();
        let (today, next, last) = (noon().millis(), eight(1, Zone::Wib), eight(2, Zone::Wib));
        let expected =
            [(false, today), (false, today), (false, today), (false, next), (false, next)];
        assert_eq!(dues[..5], expected);
        assert_eq!(dues[5..], [(true, next), (true, last), (true, last), (true, last)][..]);
        assert_eq!((first.counts.queued, first.counts.crowded_out), (5, 0));
        assert_eq!((second.counts.queued, second.counts.crowded_out), (4, 1));

        // What was not sent on its day is planned again, where there is room.
        let decency = Decency { hours: Hours { from: 8, until: 20 }, per_day: 3 };
        let phone = Msisdn::parse("081290000001").unwrap();
        let late =
            Late { phone, zone: Zone::Wib, expires: noon().plus(Duration::from_secs(6 * 86_400)) };
        let planned = office
            .bed
            .store
            .plan_again(std::slice::from_ref(&late), decency, noon())
            .await
            .unwrap();
        assert_eq!(planned, [Some(Timestamp::from_millis(eight(3, Zone::Wib)))]);
        let late = Late { expires: noon().plus(Duration::from_secs(86_400)), ..late };
        let planned = office.bed.store.plan_again(&[late], decency, noon()).await.unwrap();
        assert_eq!(planned, [None]);
        let before = date(2021, 8, 17);
        assert_eq!(office.bed.store.purge_broadcasts(before, 100).await.unwrap(), 1);
    }
}

/// What was sent of it counts, and what was not leaves its place to others.
#[tokio::test]
async fn a_cancelled_campaign_frees_the_days_of_its_phones() {
    for office in both().await {
        let family: String =
            (1..=4).map(|n| format!("081290000001,Ani,317304170890000{n}\n")).collect();
        let first = office.list("first", &format!("{HEAD}{family}"), 7).await;
        office.queue_all(&first, noon()).await;
        let store = &office.bed.store;
        let lane = Lane { class: Class::Campaign, zone: Zone::Wib };
        let portion = Portion { route: "telco".into(), campaign: first.id, lane, most: 1 };
        let later = noon().plus(Duration::from_secs(60));
        let claimed = store.claim(&[portion], noon(), later).await.unwrap();
        let Claimed { id, attempts, day, .. } = claimed[0];
        let account = "telco".into();
        let verdict = Verdict::Sent { account, message_id: "7".into(), left: noon() };
        store.settle(&[Settlement { id, attempts, day, verdict }], noon()).await.unwrap();
        office.step(&first, Step::Cancel).await;
        while store.tidy_cancelled(first.id, 2, later).await.unwrap() > 0 {}
        let second = office.list("second", &format!("{HEAD}{family}"), 7).await;
        office.queue_all(&second, later).await;
        let due = |row: &Queue| (row.campaign == second.id).then_some(row.due);
        let dues: Vec<i64> = office.outbox().await.iter().filter_map(due).collect();
        // Two have room today beside the one that was sent.
        let (today, next) = (later.millis(), eight(1, Zone::Wib));
        assert_eq!(dues, [today, today, next, next]);
    }
}

#[tokio::test]
async fn who_refused_is_not_written_to() {
    for office in both().await {
        office.refuse("081290000002").await;
        let list = format!(
            "{HEAD}081290000001,Ani,3173041708900001\n081290000002,Budi,3173041708900002\n"
        );
        let campaign = office.list("asked", &list, 7).await;
        let preview = office.campaigns.preview(&campaign).await.unwrap();
        assert_eq!((preview.people, preview.opted_out, preview.parts), (2, 1, 1));
        let done = office.queue_all(&campaign, noon()).await;
        assert_eq!((done.counts.people, done.counts.opted_out, done.counts.queued), (2, 1, 1));
        // The list is gone with the people on it.
        assert_eq!(office.bed.store.count(Table::CampaignPeople).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_campaign_is_paused_resumed_and_cancelled_at_any_point() {
    for office in both().await {
        let people: Vec<_> = People::new(1, date(2021, 8, 16)).take(3000).collect();
        office.bed.fill(&people).await;
        let campaign = office.record("halves", "invitation", Filter::default()).await;
        office.campaigns.queue(&campaign, noon()).await.unwrap();
        let half = office.step(&campaign, Step::Pause).await;
        assert_eq!(office.campaigns.queue(&half, noon()).await.unwrap(), Queued::Overtaken);
        assert!(office.bed.store.busy_campaigns().await.unwrap().is_empty());
        assert!(office.campaigns.step("halves", Step::Start).await.is_err());
        let rows: HashSet<_> = office.outbox().await.into_iter().collect();
        office.step(&campaign, Step::Resume).await;
        let whole = office.queue_all(&campaign, noon()).await;
        // No row was touched meanwhile.
        let now: HashSet<_> = office.outbox().await.into_iter().collect();
        assert!(rows.is_subset(&now) && whole.counts.queued > half.counts.queued);

        office.step(&campaign, Step::Cancel).await;
        let busy = office.bed.store.busy_campaigns().await.unwrap();
        assert_eq!(busy.iter().map(|of| of.state).collect::<Vec<_>>(), [Phase::Cancelled]);
        while office.bed.store.tidy_cancelled(campaign.id, 1000, noon()).await.unwrap() > 0 {}
        assert!(office.bed.store.busy_campaigns().await.unwrap().is_empty());
        let cancelled = office.again(&campaign).await;
        let figures = office.bed.store.campaign_figures(&cancelled).await.unwrap();
        assert_eq!(figures.fates[&Fate::Cancelled], whole.counts.queued);
        assert_eq!(figures.fates[&Fate::Waiting], 0);
        assert!(office.campaigns.step("halves", Step::Resume).await.is_err());
    }
}

#[tokio::test]
async fn a_campaign_of_which_nothing_waits_is_finished() {
    for office in both().await {
        let list = format!("{HEAD}081290000001,Ani,3173041708900001\n");
        let campaign = office.list("short", &list, 7).await;
        office.queue_all(&campaign, noon()).await;
        assert_eq!(office.again(&campaign).await.standing(), "running");
        let store = &office.bed.store;
        let lane = Lane { class: Class::Campaign, zone: Zone::Wib };
        let portion = |campaign| Portion { route: "telco".into(), campaign, lane, most: 9 };
        // More portions than SQLite has in one statement.
        let portions: Vec<_> = (1..=600).chain([campaign.id]).map(portion).collect();
        let later = noon().plus(Duration::from_secs(60));
        let claimed = store.claim(&portions, noon(), later).await.unwrap();
        let [one] = claimed.as_slice() else { panic!("{} are claimed", claimed.len()) };
        assert_eq!(store.busy_campaigns().await.unwrap().len(), 1);
        let verdict = Verdict::Ended(Fate::Refused);
        let ended = Settlement { id: one.id, attempts: one.attempts, day: one.day, verdict };
        store.settle(&[ended], later).await.unwrap();
        assert!(store.busy_campaigns().await.unwrap().is_empty());
        let finished = office.again(&campaign).await;
        assert_eq!(finished.standing(), "finished");
        let shown = serde_json::to_value(Shown::of(&finished, None)).unwrap();
        assert_eq!(shown["state"], "finished");
    }
}

#[tokio::test]
async fn what_is_damaged_stops_nobody_else() {
    for office in both().await {
        let people: Vec<_> = People::new(1, date(2021, 8, 16)).take(100).collect();
        office.bed.fill(&people).await;
        let first = office.record("first", "invitation", Filter::default()).await;
        let whole = office.campaigns.preview(&first).await.unwrap();
        let damage = "update person set identity = nik_index where nik_index in \
             (select nik_index from person where not blocked order by nik_index limit 1)";
        office.run(damage).await;
        let preview = office.campaigns.preview(&first).await.unwrap();
        assert_eq!(preview.people, whole.people);
        assert!(preview.unreachable >= whole.unreachable);
        let done = office.queue_all(&first, noon()).await;
        assert_eq!(done.counts.people, whole.people);

        let second = office.record("second", "invitation", Filter::default()).await;
        office.run("update campaign set texts = '' where name = 'first'").await;
        let busy = office.bed.store.busy_campaigns().await.unwrap();
        assert_eq!(busy.iter().map(|of| of.id).collect::<Vec<_>>(), [second.id]);
        assert!(office.bed.store.campaign("first").await.is_err());
    }
}

#[tokio::test]
async fn who_answered_before_the_receipt_came_has_answered() {
    for office in both().await {
        let list = format!("{HEAD}081290000001,Ani,3173041708900001\n");
        let campaign = office.list("asked", &list, 7).await;
        office.queue_all(&campaign, noon()).await;
        let store = &office.bed.store;
        let after = |seconds| noon().plus(Duration::from_secs(seconds));
        let lane = Lane { class: Class::Campaign, zone: Zone::Wib };
        let portion = Portion { route: "telco".into(), campaign: campaign.id, lane, most: 9 };
        let claimed = store.claim(&[portion], noon(), after(60)).await.unwrap();
        let Claimed { id, attempts, day, .. } = claimed[0];
        let account = "telco".into();
        let verdict = Verdict::Sent { account, message_id: "7".into(), left: after(1) };
        let sent = Settlement { id, attempts, day, verdict };
        store.settle(&[sent], after(1)).await.unwrap();
        office
            .run(
                "insert into subscriber (key, number, created_at, seen_at) \
                 select subscriber, subscriber, settled_at, settled_at + 1000 from notice",
            )
            .await;
        let receipt =
            Receipt { account: "telco".into(), message_id: "7".into(), fate: Fate::Delivered };
        store.receipts(&[receipt], after(3600)).await.unwrap();
        let figures = store.campaign_figures(&office.again(&campaign).await).await.unwrap();
        assert_eq!((figures.fates[&Fate::Delivered], figures.replied), (1, 1));
    }
}

/// Otherwise it is written once an hour when a phone was here.
#[tokio::test]
async fn who_answers_is_known_to_the_moment() {
    for office in both().await {
        let numbers = ["081290000001", "081290000002", "081290000003"];
        let list = numbers.map(|number| format!("{number},Ani,3173041708900001\n")).concat();
        let campaign = office.list("asked", &format!("{HEAD}{list}"), 7).await;
        let (bed, store) = (&office.bed, &office.bed.store);
        let after = |minutes: u64| noon().plus(Duration::from_secs(60 * minutes));
        let speaks = async |number: &str, minutes| {
            bed.commit(&[TurnWrite { at: after(minutes), ..bed.turn(number) }]).await.unwrap();
        };
        for number in numbers {
            speaks(number, 0).await;
        }
        office.queue_all(&campaign, after(1)).await;
        // Not an answer: nothing had left.
        speaks(numbers[1], 5).await;
        let claimed = office.claim(&campaign, after(9)).await;
        assert_eq!(claimed.len(), 3);
        // An answer, before it is written down that the message left.
        speaks(numbers[0], 11).await;
        office.sent(&claimed, after(10), after(12)).await;
        let figures =
            async || store.campaign_figures(&office.again(&campaign).await).await.unwrap();
        assert_eq!(figures().await.replied, 1);
        speaks(numbers[2], 14).await;
        assert_eq!(figures().await.replied, 2);
    }
}

/// Whoever registered somebody before the message left did not do so because of it.
#[tokio::test]
async fn who_registered_after_it_is_counted() {
    for office in both().await {
        let numbers = ["081290000001", "081290000002", "081290000003"];
        let list = numbers.map(|number| format!("{number},Ani,3173041708900001\n")).concat();
        let campaign = office.list("asked", &format!("{HEAD}{list}"), 7).await;
        let (bed, store) = (&office.bed, &office.bed.store);
        let after = |minutes: u64| noon().plus(Duration::from_secs(60 * minutes));
        let registers = async |number: &str, serial: u64, minutes| {
            let nik = format!("317304170890{serial:04}");
            let change = bed::register(serial, Standing::Registered, &nik, "Ani");
            let (at, changes) = (after(minutes), vec![change]);
            bed.commit(&[TurnWrite { at, changes, ..bed.turn(number) }]).await.unwrap();
        };
        office.queue_all(&campaign, noon()).await;
        registers(numbers[0], 1, 5).await;
        let claimed = office.claim(&campaign, after(9)).await;
        office.sent(&claimed, after(10), after(10)).await;
        let figures = async || {
            let figures = store.campaign_figures(&office.again(&campaign).await).await.unwrap();
            let by_sms = figures.by_sms();
            assert_eq!((by_sms.replied, by_sms.registered), (figures.replied, figures.registered));
            (figures.replied, figures.registered)
        };
        assert_eq!(figures().await, (0, 0));
        // Two people of one phone are one phone.
        registers(numbers[1], 2, 20).await;
        registers(numbers[1], 3, 21).await;
        assert_eq!(figures().await, (1, 1));
        registers(numbers[0], 4, 30).await;
        assert_eq!(figures().await, (2, 2));
    }
}

#[tokio::test]
async fn what_was_claimed_when_it_was_cancelled_ends_with_its_lease() {
    for office in both().await {
        let list = format!("{HEAD}081290000001,Ani,3173041708900001\n");
        let campaign = office.list("claimed", &list, 7).await;
        office.queue_all(&campaign, noon()).await;
        let store = &office.bed.store;
        let after = |seconds| noon().plus(Duration::from_secs(seconds));
        let lane = Lane { class: Class::Campaign, zone: Zone::Wib };
        let portion = Portion { route: "telco".into(), campaign: campaign.id, lane, most: 9 };
        assert_eq!(store.claim(&[portion], noon(), after(60)).await.unwrap().len(), 1);
        office.step(&campaign, Step::Cancel).await;
        assert_eq!(store.tidy_cancelled(campaign.id, 100, after(59)).await.unwrap(), 0);
        assert!(!office.again(&campaign).await.tidied);
        assert_eq!(store.tidy_cancelled(campaign.id, 100, after(61)).await.unwrap(), 1);
        assert_eq!(store.tidy_cancelled(campaign.id, 100, after(61)).await.unwrap(), 0);
        assert!(office.again(&campaign).await.tidied);
    }
}

#[tokio::test]
async fn a_phone_that_nobody_carries_is_unreachable() {
    for office in both().await.map(|office| office.of_prefix("0812")) {
        let list = format!(
            "{HEAD}081290000001,Ani,3173041708900001\n081390000002,Budi,3173041708900002\n"
        );
        let campaign = office.list("carried", &list, 7).await;
        let preview = office.campaigns.preview(&campaign).await.unwrap();
        assert_eq!((preview.people, preview.unreachable, preview.parts), (2, 1, 1));
        let counts = office.queue_all(&campaign, noon()).await.counts;
        assert_eq!((counts.people, counts.unreachable, counts.queued), (2, 1, 1));
        assert_eq!(office.outbox().await.len(), 1);
    }
}

#[tokio::test]
async fn a_campaign_that_has_its_people_takes_no_more() {
    for office in both().await {
        let list = format!("{HEAD}081290000001,Ani,3173041708900001\n");
        let campaign = office.list("full", &list, 7).await;
        let again = office.campaigns.take_list(&campaign, list.as_bytes(), BadRows::Refuse).await;
        assert!(matches!(again, Err(ListError::NotAwaited)));
        assert_eq!(office.queue_all(&campaign, noon()).await.counts.queued, 1);
    }
}

#[tokio::test]
async fn a_long_list_is_queued_in_the_order_of_the_keys_of_its_phones() {
    for office in both().await {
        let mut list = HEAD.to_owned();
        for number in 0..3000 {
            list += &format!("0812{number:08},Ani,317304170890{:04}\n", number + 1);
        }
        let campaign = office.list("long", &list, 7).await;
        let vaccines = Config::parse("").unwrap().vaccine;
        let today = date(2021, 8, 16);
        let mut keys = Vec::new();
        let mut portion = None;
        loop {
            let next = office.bed.store.audience(&campaign, portion.as_ref(), &vaccines, today, 1);
            let next = next.await.unwrap();
            keys.extend(next.people.iter().map(|of| bed::vault().subscriber_key(&of.phone)));
            if next.last {
                break;
            }
            portion = Some(next);
        }
        assert_eq!(keys.len(), 3000);
        assert!(keys.is_sorted(), "a page of the plans is changed by one part, not by each");
        assert_eq!(office.queue_all(&campaign, noon()).await.counts.queued, 3000);
    }
}
