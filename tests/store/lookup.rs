//! Failed look-ups: counted in the turn's transaction, read for a phone and a NIK, forgotten.

use std::time::Duration;

use setara::{
    service::record::{Change, Look, Need, Tries},
    store::Table,
};

use crate::bed::{Bed, Say, at, both, nik};

const SITI: &str = "+6281234567890";
const BUDI: &str = "+6281234567891";
const ONE: &str = "3173014502900001";
const TWIN: &str = "3173014502900002";
const OTHER: &str = "3273011708850001";

fn failed(bed: &Bed, digits: &str) -> Change {
    Change::LookUpFailed {
        person: bed.person(digits),
        stem: bed.vault.stem_index(&nik(digits)),
        window: Duration::from_secs(3600),
    }
}

async fn tries(bed: &Bed, asked: &[(&str, &str, i64)]) -> Vec<Tries> {
    let need = |(phone, digits, minutes): &(&str, &str, i64)| {
        let look = Look { by: bed.phone(phone), person: bed.person(digits), at: at(*minutes) };
        Need { tries: Some(look), ..Need::default() }
    };
    let needs: Vec<Need> = asked.iter().map(need).chain([Need::default()]).collect();
    let mut facts = bed.facts(&needs).await;
    assert_eq!(facts.pop().unwrap().tries, Tries::default());
    facts.into_iter().map(|facts| facts.tries).collect()
}

/// NIKs in a fixed order, with their failures.
fn own(tries: &Tries, bed: &Bed) -> Vec<(&'static str, u32)> {
    let on = |digits| tries.own.iter().find(|failed| failed.person == bed.person(digits));
    let known = [ONE, TWIN, OTHER].into_iter();
    known.filter_map(|digits| Some((digits, on(digits)?.failures))).collect()
}

#[tokio::test]
async fn failures_are_counted_for_each_phone_and_nik() {
    for bed in both().await {
        let first = bed.turn(SITI).change(failed(&bed, ONE)).change(failed(&bed, ONE));
        let beside = bed.turn(BUDI).change(failed(&bed, ONE));
        bed.commit(&[first, beside]).await.unwrap();
        let second = bed.turn(SITI).at(10).change(failed(&bed, ONE)).change(failed(&bed, TWIN));
        bed.commit(&[second]).await.unwrap();

        let rows =
            [(SITI, ONE, 20), (BUDI, TWIN, 20), (BUDI, OTHER, 20), ("+6281200000000", ONE, 20)];
        let seen = tries(&bed, &rows).await;
        assert_eq!(own(&seen[0], &bed), [(ONE, 3), (TWIN, 1)]);
        assert_eq!(seen[0].others, [at(60)]);
        let stems: Vec<_> = seen[0].own.iter().map(|failed| failed.stem).collect();
        assert_eq!(stems[0], stems[1]);
        assert_ne!(stems[0], bed.vault.stem_index(&nik(OTHER)));
        assert_eq!((own(&seen[1], &bed), &seen[1].others[..]), (vec![(ONE, 1)], &[at(70)][..]));
        assert_eq!((own(&seen[2], &bed), &seen[2].others[..]), (vec![(ONE, 1)], &[][..]));
        assert_eq!((own(&seen[3], &bed), seen[3].others.len()), (vec![], 2));
    }
}

#[tokio::test]
async fn a_window_begins_with_the_first_failure_and_ends() {
    for bed in both().await {
        for minutes in [0, 30, 59] {
            let turn = bed.turn(SITI).at(minutes).change(failed(&bed, ONE));
            bed.commit(&[turn]).await.unwrap();
        }
        let rows = [(SITI, ONE, 59), (BUDI, ONE, 59), (SITI, ONE, 60), (BUDI, ONE, 60)];
        let seen = tries(&bed, &rows).await;
        assert_eq!((own(&seen[0], &bed), seen[0].own[0].until), (vec![(ONE, 3)], at(60)));
        assert_eq!(seen[1].others, [at(60)]);
        assert_eq!(seen[2..], [Tries::default(), Tries::default()]);
        // Not yet swept, it begins anew.
        bed.commit(&[bed.turn(SITI).at(60).change(failed(&bed, ONE))]).await.unwrap();
        let seen = tries(&bed, &[(SITI, ONE, 61)]).await;
        assert_eq!((own(&seen[0], &bed), seen[0].own[0].until), (vec![(ONE, 1)], at(120)));
        assert_eq!(bed.store.purge(at(120), 10).await.unwrap(), 0);
        assert_eq!(bed.store.purge(at(121), 10).await.unwrap(), 1);
        assert_eq!(bed.store.count(Table::Lookup).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn an_acquaintance_is_told_with_the_tries() {
    for bed in both().await {
        let turn = bed.turn(SITI).change(Change::Know(bed.person(ONE)));
        bed.commit(&[turn]).await.unwrap();
        let seen = tries(&bed, &[(SITI, ONE, 1), (SITI, TWIN, 1), (BUDI, ONE, 1)]).await;
        let acquainted: Vec<_> = seen.iter().map(|tries| tries.acquainted).collect();
        assert_eq!(acquainted, [true, false, false]);
    }
}
