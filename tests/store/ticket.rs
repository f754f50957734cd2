//! Tickets, corrections of the record, and the log of who did what.

use setara::{
    service::{
        audit::{Act, Broken, Deed, Doer, StaffName},
        number::Number,
        record::{Change, Correction, DeskChange, Need, Person},
        sample,
        ticket::{Body, Category, NewTicket, Severity, TicketState, TicketStep},
    },
    store::{CommitError, StaffWrite, Table},
    vault::NikIndex,
};

use crate::bed::{Bed, Say, at, execute, msisdn, name, with_sample};

const SITI: &str = "+6281290000001";
const NEW: &str = "+6281290000077";

fn desk(change: DeskChange) -> Change {
    Change::Desk(change)
}

fn new(random: u64, person: Option<NikIndex>, due: Option<i64>) -> NewTicket {
    NewTicket {
        number: Number::from_random(random),
        person,
        category: Category::Kipi,
        severity: Some(Severity::Severe),
        onset: None,
        body: Body { text: "Sesak napas".into(), ..Body::default() },
        due: due.map(at),
        not_before: None,
    }
}

fn open(ticket: &NewTicket) -> Change {
    desk(DeskChange::Open(Box::new(ticket.clone())))
}

fn rina(minutes: i64, changes: Vec<DeskChange>) -> StaffWrite {
    let staff = StaffName::parse("rina").unwrap();
    StaffWrite { staff, at: at(minutes), changes, notices: vec![] }
}

async fn person(bed: &Bed, digits: &str) -> Person {
    let need = Need { person: Some(bed.person(digits)), ..Need::default() };
    bed.facts(&[need]).await.remove(0).person.unwrap()
}

#[tokio::test]
async fn a_ticket_is_opened_read_by_its_phone_and_moved_by_staff() {
    for bed in with_sample().await {
        let siti = bed.person(sample::READY.nik);
        let (first, second) = (new(1, Some(siti), Some(60)), new(2, None, None));
        bed.commit(&[bed.turn(SITI).change(open(&first))]).await.unwrap();
        bed.commit(&[bed.turn(NEW).at(1).change(open(&second))]).await.unwrap();
        // A number that is drawn twice is a conflict, and nothing of the turn is there.
        let twice = bed.turn(NEW).at(2).change(open(&new(1, None, None)));
        assert!(matches!(bed.commit(&[twice]).await, Err(CommitError::Conflict)));

        let need = |phone: &str| Need { tickets: Some(bed.phone(phone)), ..Need::default() };
        let facts = bed.facts(&[need(SITI), need(NEW), Need::default()]).await;
        let [own] = &facts[0].tickets[..] else { panic!("one ticket") };
        assert_eq!(own.made, first);
        assert_eq!((own.by, own.opened, own.version), (bed.phone(SITI), at(0), 1));
        assert_eq!(facts[1].tickets[0].made, second);
        assert!(facts[2].tickets.is_empty());

        // The one that is due comes first, and is late after its time.
        let list = bed.store.tickets(None, None, 10).await.unwrap();
        assert_eq!(
            list.iter().map(|line| &line.number).collect::<Vec<_>>(),
            [&first.number, &second.number]
        );
        for (minutes, late) in [(59, 0), (61, 1)] {
            let figures = bed.store.ticket_figures(at(minutes)).await.unwrap();
            assert_eq!((figures[0].pending, figures[0].overdue), (2, late));
        }

        let step = TicketStep {
            number: first.number.clone(),
            was: 1,
            state: TicketState::Answered,
            staff: Some(StaffName::parse("rina").unwrap()),
            answer: Some("Sudah kami hubungi.".into()),
            merged_into: None,
        };
        let write = rina(5, vec![DeskChange::Step(step)]);
        bed.store.begin().await.unwrap().commit_staff(&write).await.unwrap();
        // Whoever read the version before comes too late.
        let late = bed.store.begin().await.unwrap().commit_staff(&write).await;
        assert!(matches!(late, Err(CommitError::Conflict)));
        let ticket = bed.store.ticket(&first.number).await.unwrap().unwrap();
        assert_eq!(ticket.state, TicketState::Answered);
        assert_eq!(ticket.answer.as_deref(), Some("Sudah kami hubungi."));
        assert_eq!(ticket.staff.as_deref(), Some("rina"));
        let events = bed.store.ticket_events(&first.number).await.unwrap();
        let events: Vec<_> = events.iter().map(|of| (of.state, of.staff.as_deref())).collect();
        assert_eq!(events, [(TicketState::Open, None), (TicketState::Answered, Some("rina"))]);
        assert_eq!(bed.store.tickets(None, None, 10).await.unwrap().len(), 1);
        assert_eq!(bed.store.count(Table::TicketEvent).await.unwrap(), 3);
        let number = bed.store.number_of(bed.phone(SITI)).await.unwrap();
        assert_eq!(number, Some(msisdn(SITI)));

        // A number that was silent too long is somebody else's by now.
        bed.commit(&[bed.turn(SITI).at(9).change(Change::ForgetEverybody)]).await.unwrap();
        assert!(bed.facts(&[need(SITI)]).await[0].tickets.is_empty());
        assert!(bed.store.ticket(&first.number).await.unwrap().is_some());
    }
}

/// While nodes of two versions work side by side.
#[tokio::test]
async fn a_ticket_of_a_newer_program_is_passed_over_and_counted() {
    for bed in with_sample().await {
        let check =
            |random| NewTicket { category: Category::Registration, ..new(random, None, Some(9)) };
        for (random, ticket) in [(1, new(1, None, None)), (2, check(2)), (3, check(3))] {
            let turn = bed.turn(SITI).at(random).change(open(&ticket));
            bed.commit(&[turn]).await.unwrap();
        }
        let numbers = [1, 2, 3].map(Number::from_random);
        let [complaint, unread, read] = numbers.each_ref().map(Number::as_str);
        execute(
            &bed.url,
            &format!("update ticket set category = 'newer' where number = '{complaint}'"),
        )
        .await;
        // What staff have to look at may say why in words that this program does not know.
        execute(
            &bed.url,
            &format!(
                "update ticket set body = (select body from ticket as other where \
             other.number = '{complaint}') where number = '{unread}'"
            ),
        )
        .await;

        let need = Need { tickets: Some(bed.phone(SITI)), ..Need::default() };
        let own = bed.facts(&[need]).await.remove(0).tickets;
        assert_eq!(own.iter().map(|of| of.made.number.as_str()).collect::<Vec<_>>(), [read]);
        let listed = bed.store.tickets(None, None, 10).await.unwrap();
        let mut listed: Vec<_> = listed.iter().map(|of| of.number.as_str()).collect();
        listed.sort_unstable();
        let mut known = [unread, read];
        known.sort_unstable();
        assert_eq!(listed, known, "its line needs no body");
        let (checks, last) = bed.store.checks(None, 10).await.unwrap();
        assert_eq!(checks.iter().map(|of| of.made.number.as_str()).collect::<Vec<_>>(), [read]);
        assert_eq!(
            last.map(|(_, number)| number).as_ref().map(Number::as_str),
            known.last().copied()
        );
        let figures = bed.store.ticket_figures(at(1)).await.unwrap();
        let newer: Vec<u64> =
            figures.iter().filter(|of| of.category.is_none()).map(|of| of.pending).collect();
        assert_eq!(newer, [1]);
        assert!(bed.store.ticket(&numbers[0]).await.is_err(), "it is not taken for another");
    }
}

#[tokio::test]
async fn a_correction_is_seen_at_once_and_only_on_what_was_there() {
    for bed in with_sample().await {
        let siti = person(&bed, sample::READY.nik).await;
        let changes = Correction::phone(&siti, Some(msisdn(NEW))).changes(&bed.vault, None);
        let mut turn = bed.turn(NEW);
        turn.changes.extend(changes.into_iter().map(desk));
        bed.commit(&[bed.turn(SITI).change(Change::Know(siti.index))]).await.unwrap();
        bed.commit(&[turn.clone().at(1)]).await.unwrap();
        let now = person(&bed, sample::READY.nik).await;
        assert_eq!((now.phone, now.name.clone()), (Some(msisdn(NEW)), siti.name.clone()));
        assert!(bed.people(SITI).await.people.is_empty());
        assert_eq!(bed.people(NEW).await.people[0].person, siti.index);

        // The record is not what it was: the same turn again is a conflict, and leaves nothing.
        let rows = bed.store.count(Table::Audit).await.unwrap();
        assert!(matches!(bed.commit(&[turn.at(2)]).await, Err(CommitError::Conflict)));
        assert_eq!(bed.store.count(Table::Audit).await.unwrap(), rows);

        let need = Need { renamed: Some(siti.index), ..Need::default() };
        assert_eq!(bed.facts(std::slice::from_ref(&need)).await[0].renamed, None);
        let siti = person(&bed, sample::READY.nik).await;
        let changes = Correction::name(&siti, name("Siti Aminnah")).changes(&bed.vault, None);
        let write = rina(7, changes);
        bed.store.begin().await.unwrap().commit_staff(&write).await.unwrap();
        assert_eq!(person(&bed, sample::READY.nik).await.name.as_str(), "Siti Aminnah");
        assert_eq!(bed.facts(&[need]).await[0].renamed, Some(at(7)));

        // Name and birth date in one transaction, and back.
        let siti = person(&bed, sample::READY.nik).await;
        let born = siti.birth.tomorrow().unwrap();
        let both = [Correction::name(&siti, name("Siti A")), Correction::birth(&siti, born)];
        let both = both.map(|of| of.changes(&bed.vault, None)).concat();
        let write = rina(8, both);
        bed.store.begin().await.unwrap().commit_staff(&write).await.unwrap();
        let now = person(&bed, sample::READY.nik).await;
        assert_eq!((now.birth, now.name.as_str(), &now.phone), (born, "Siti A", &siti.phone));
        let again = bed.store.begin().await.unwrap().commit_staff(&write).await;
        assert!(matches!(again, Err(CommitError::Conflict)));
        let back = [Correction::name(&now, siti.name), Correction::birth(&now, siti.birth)];
        let write = rina(9, back.map(|of| of.changes(&bed.vault, None)).concat());
        bed.store.begin().await.unwrap().commit_staff(&write).await.unwrap();
        assert_eq!(person(&bed, sample::READY.nik).await.birth, siti.birth);

        let log = bed.store.log_of(&siti.index, 10).await.unwrap();
        let (latest, log) = log.split_at(4);
        let mut deeds: Vec<_> = latest.iter().map(|row| row.act.deed).collect();
        deeds.sort_unstable();
        assert_eq!(
            deeds,
            [Deed::NameChanged, Deed::NameChanged, Deed::BirthChanged, Deed::BirthChanged]
        );
        let born = |day: jiff::civil::Date| Some(day.to_string());
        let corrected = latest.iter().rfind(|row| row.act.deed == Deed::BirthChanged).unwrap();
        assert_eq!((&corrected.act.old, &corrected.act.new), (&born(siti.birth), &born(now.birth)));
        let log: Vec<_> = log.iter().map(|row| (row.act.deed, &row.act.old, &row.doer)).collect();
        let staff = Doer::Staff(StaffName::parse("rina").unwrap());
        let phone = Doer::Phone { key: bed.phone(NEW), channel: Some("ussd".into()) };
        assert_eq!(
            log,
            [
                (Deed::NameChanged, &Some("Siti Aminah".to_owned()), &staff),
                (Deed::PhoneChanged, &Some(SITI.to_owned()), &phone),
            ]
        );
    }
}

#[tokio::test]
async fn the_log_shows_what_was_changed_in_it() {
    for bed in with_sample().await {
        let siti = bed.person(sample::READY.nik);
        for minutes in 0..5 {
            let act = Act::new(Deed::TicketSeen).about(Some(siti)).from_to("a", "b");
            let write = rina(minutes, vec![DeskChange::Audit(act)]);
            bed.store.begin().await.unwrap().commit_staff(&write).await.unwrap();
        }
        let shard = u16::from(siti.as_bytes()[0]);
        let whole = bed.store.verify_audit().await.unwrap();
        assert_eq!((whole.rows, whole.broken.len()), (5, 0));
        assert_eq!(whole.ends[&shard].seq, 5);
        let seen = async |sql: &str| {
            execute(&bed.url, sql).await;
            bed.store.verify_audit().await.unwrap().broken.get(&shard).copied()
        };
        let changed = seen("update audit set staff = 'budi' where seq = 3").await;
        assert_eq!(changed, Some(Broken::Changed(3)));
        assert_eq!(seen("update audit set staff = 'rina' where seq = 3").await, None);
        let moved = seen("update audit set at = at + 1 where seq = 5").await;
        assert_eq!(moved, Some(Broken::Changed(5)));
        assert_eq!(seen("update audit set at = at - 1 where seq = 5").await, None);
        let cut = seen("delete from audit where seq = 5").await;
        assert_eq!(cut, Some(Broken::End { found: 4, kept: 5 }));
        assert_eq!(seen("delete from audit where seq = 2").await, Some(Broken::Gap(3)));
        // Without its end no chain is whole.
        let endless = seen("delete from audit_head").await;
        assert_eq!(endless, Some(Broken::Gap(3)));
    }
}

#[tokio::test]
async fn writers_side_by_side_leave_whole_chains() {
    for bed in with_sample().await {
        let bed = std::sync::Arc::new(bed);
        let people = [sample::READY, sample::NEIGHBOUR, sample::LATER, sample::FATHER];
        let writers = (0..4i64).map(|writer| {
            let bed = std::sync::Arc::clone(&bed);
            tokio::spawn(async move {
                for turn in 0..10 {
                    let acts = people.iter().map(|of| {
                        let act = Act::new(Deed::TicketSeen).about(Some(bed.person(of.nik)));
                        DeskChange::Audit(act)
                    });
                    let write = rina(writer * 100 + turn, acts.collect());
                    bed.store.begin().await.unwrap().commit_staff(&write).await.unwrap();
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        let verified = bed.store.verify_audit().await.unwrap();
        assert_eq!((verified.rows, verified.broken.len()), (160, 0));
    }
}
