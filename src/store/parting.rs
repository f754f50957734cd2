//! What was a phone's because of somebody who is gone: places in lines, what was agreed to, and what an app
//! said of the phone. Whoever has the number next sees none of it, and ends nothing of it.

use sqlx::{QueryBuilder, Row as _};

use super::{
    StoreError,
    engine::{Tx, on_engine, push_keys},
    outbox,
};
use crate::{
    clock::Timestamp,
    outbox::NoticeId,
    service::right::Parting,
    vault::{NikIndex, SubscriberKey},
};

/// What these phones agreed to holds no longer, though nobody took it back.
pub(super) async fn close_consents(
    tx: &mut Tx,
    phones: &[SubscriberKey],
    why: Parting,
    at: Timestamp,
) -> Result<(), StoreError> {
    on_engine!(tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new("update consent set withdrawn_at = ");
        sql.push_bind(at.millis()).push(", parted = ").push_bind(why.as_str());
        sql.push(" where withdrawn_at is null and subscriber in (");
        push_keys(&mut sql, phones, |phone| phone.as_bytes().to_vec());
        sql.push(")").build().execute(&mut **tx).await?;
    });
    Ok(())
}

/// These phones wait for nobody any more, anywhere; or for that person.
pub(super) async fn leave_lines(
    tx: &mut Tx,
    phones: &[SubscriberKey],
    person: Option<NikIndex>,
) -> Result<(), StoreError> {
    on_engine!(tx, |Db, tx| {
        // The rows of the lines first: one that is just being offered a seat is waited for, and the seat goes with
        // it.
        let mut sql = QueryBuilder::<Db>::new("delete from wait_list where subscriber in (");
        push_keys(&mut sql, phones, |phone| phone.as_bytes().to_vec());
        sql.push(")");
        if let Some(person) = person {
            sql.push(" and nik_index = ").push_bind(person.as_bytes().to_vec());
        }
        sql.push(" returning facility, offer_start, offer_seat, nik_index");
        let left = sql.build().fetch_all(&mut **tx).await?;
        for line in left {
            sqlx::query::<Db>(
                "delete from seat where state = 'offered' and facility = $1 and start = $2 \
                 and seat = $3 and nik_index = $4",
            )
            .bind(line.try_get::<String, _>(0)?)
            .bind(line.try_get::<Option<i64>, _>(1)?)
            .bind(line.try_get::<Option<i64>, _>(2)?)
            .bind(line.try_get::<Vec<u8>, _>(3)?)
            .execute(&mut **tx)
            .await?;
        }
    });
    Ok(())
}

/// Phones that may no longer see somebody. They wait for them no longer, and what they registered for them is
/// not theirs to end. A phone that knows nobody any more is somebody else's, or will be. Rare: some statements
/// for each.
pub(super) async fn part(
    tx: &mut Tx,
    parted: &[(SubscriberKey, NikIndex, Timestamp)],
) -> Result<(), StoreError> {
    for (phone, person, at) in parted {
        leave_lines(tx, &[*phone], Some(*person)).await?;
        let alone = on_engine!(&mut *tx, |Db, tx| {
            let (phone, person) = (phone.as_bytes().to_vec(), person.as_bytes().to_vec());
            sqlx::query::<Db>(
                "update registration set hidden_at = $1 \
                 where hidden_at is null and subscriber = $2 and nik_index = $3",
            )
            .bind(at.millis())
            .bind(phone.clone())
            .bind(person)
            .execute(&mut **tx)
            .await?;
            let others: i64 = sqlx::query_scalar::<Db, _>(
                "select (select count(*) from acquaintance where subscriber = $1) \
                 + (select count(*) from registration where subscriber = $1 \
                 and standing = 'waiting' and hidden_at is null)",
            )
            .bind(phone)
            .fetch_one(&mut **tx)
            .await?;
            others == 0
        });
        if alone {
            close_consents(tx, &[*phone], Parting::Left, *at).await?;
            forget_contacts(tx, *phone, *at).await?;
        }
    }
    Ok(())
}

/// An app bound its tokens to whoever had the phone. A case that was asked is asked no longer, and a yes is
/// none.
async fn forget_contacts(
    tx: &mut Tx,
    phone: SubscriberKey,
    at: Timestamp,
) -> Result<(), StoreError> {
    let told = on_engine!(&mut *tx, |Db, tx| {
        let phone = phone.as_bytes().to_vec();
        for sql in [
            "update exposure_case set state = 'withdrawn', answered_at = $2 \
             where subscriber = $1 and state = 'given'",
            "update exposure_case set until = $2 where subscriber = $1 and until > $2",
            "update exposure_case set keep_until = $2 where subscriber = $1 and keep_until > $2",
        ] {
            sqlx::query::<Db>(sql).bind(phone.clone()).bind(at.millis()).execute(&mut **tx).await?;
        }
        sqlx::query::<Db>("delete from exposure_token where subscriber = $1")
            .bind(phone.clone())
            .execute(&mut **tx)
            .await?;
        let told: Vec<Option<i64>> = sqlx::query_scalar::<Db, _>(
            "delete from exposure where subscriber = $1 returning notice",
        )
        .bind(phone)
        .fetch_all(&mut **tx)
        .await?;
        told.into_iter().flatten().map(NoticeId::from_i64).collect::<Vec<_>>()
    });
    outbox::cancel(tx, &told, at).await?;
    on_engine!(tx, |Db, tx| {
        for notice in told {
            // One that is just being sent is swept later.
            sqlx::query::<Db>("delete from notice where id = $1 and state <> 'waiting'")
                .bind(notice.as_i64())
                .execute(&mut **tx)
                .await?;
        }
    });
    Ok(())
}
