//! What ages by the gateway's own sweeps, counted for a plan and swept by their own calls; and where every
//! table that names a person or a phone ends.

use std::time::Duration;

use super::{Bounds, Store, StoreError, engine::on_engine, outbox::WAITED_FOR};
use crate::{
    clock::{Timestamp, Zone},
    outbox::NoticeId,
    service::retention::{Ages, Due, PAST},
};

/// Classes that a sweep deletes. What is told is counted here and ended by `front::ends`, because the word of
/// it is stored with its end.
const CLASSES: [Aging; 9] = [
    aging("contacts", "exposure", "keep_until", "keep_until < $1"),
    aging("notices", "notice", "settled_at", "id < $1 and state <> 'waiting' and state <> 'sent'"),
    aging("receipts", "parked_receipt", "at", "at < $1"),
    aging("holds", "seat", "until", "state <> 'booked' and until <= $1"),
    aging("seats", "seat", "start", "start < $1"),
    aging("queue_places", "queue_place", "null", "day < $1"),
    aging("plans", "broadcast", "null", "day < $1"),
    aging(
        "lines",
        "wait_list",
        "coalesce(joined_at, since)",
        "coalesce(joined_at, since) < $1 and offer_until is null",
    ),
    aging("parts", "text_part", "at", WAITED_FOR),
];

/// Rows of one table that a sweep goes through.
struct Aging {
    class: &'static str,
    table: &'static str,
    oldest: &'static str,
    due: &'static str,
}

const fn aging(
    class: &'static str,
    table: &'static str,
    oldest: &'static str,
    due: &'static str,
) -> Aging {
    Aging { class, table, oldest, due }
}

/// The class under which a table that names somebody ends.
pub const AGES: &[(&str, &str)] = &[
    ("acquaintance", "phones"),
    ("appointment", "appointments"),
    ("audit", "changes"),
    ("broadcast", "plans"),
    ("certificate_check", "checks"),
    ("chat", "chats"),
    ("code", "codes"),
    ("code_asked", "codes_asked"),
    ("code_line", "codes_sent"),
    ("consent", "consents"),
    ("conversation", "conversations"),
    ("exposure", "contacts"),
    ("exposure_case", "cases"),
    ("exposure_token", "tokens"),
    ("fetched", "unknown"),
    ("lookup", "lookups"),
    ("notice", "notices"),
    ("queue_place", "queue_places"),
    ("registration", "waiting"),
    ("seat", "seats"),
    ("session", "sessions"),
    ("text_part", "parts"),
    ("ticket", "tickets"),
    ("wait_list", "lines"),
];

/// Tables that name somebody and are of no age, and why.
pub const AGELESS: &[(&str, &str)] = &[
    ("person", "the ministry's record"),
    ("dose", "medical records are kept for 25 years (Permenkes 24/2022 art. 39)"),
    ("certificate", "what was issued can be checked, and revoked"),
    ("certificate_ban", "what the ministry took back is not issued anew"),
    ("staged_person", "ends with the import that is under way"),
    ("staged_dose", "ends with the import that is under way"),
    ("inquiry", "ends with the answer, or when nobody waits for it any more (record.give_up)"),
    ("opt_out", "whoever wants no broadcasts is not asked again"),
    ("person_key", "the rows of the log that it opens have an age"),
    ("erasure", "a database out of an older backup is told to erase again"),
];

/// Rows that were swept, by class.
pub type Worn = Vec<(&'static str, u64)>;

impl Store {
    /// What is due in each class that the gateway's own sweeps delete, and why. Nothing is deleted.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn aged(&self, ages: &Ages, now: Timestamp) -> Result<Vec<Due>, StoreError> {
        let past = now.minus(PAST);
        let mut plan = Vec::with_capacity(CLASSES.len());
        for Aging { class, table, oldest, due } in CLASSES {
            let sql = format!("select count(*), min({oldest}) from {table} where {due}");
            let before = match class {
                "notices" => NoticeId::draw(now.minus(days(ages.notice_days)), 0).as_i64(),
                "receipts" => now.minus(ages.receipts_for).millis(),
                "lines" => now.minus(days(ages.line_days)).millis(),
                "parts" => now.minus(ages.parts_for).millis(),
                "seats" => past.millis(),
                _ => now.millis(),
            };
            let day = matches!(class, "queue_places" | "plans");
            let (rows, oldest): (i64, Option<i64>) = on_engine!(self.reader(), |Db, pool| {
                let query = sqlx::query_as::<Db, _>(sqlx::AssertSqlSafe(sql));
                let query = match day {
                    true => query.bind(past.date(Zone::Wib).to_string()),
                    false => query.bind(before),
                };
                query.fetch_one(pool).await?
            });
            let (days, because) = ages.of(class);
            plan.push(Due {
                class,
                days,
                because: because.to_owned(),
                rows: rows.unsigned_abs(),
                oldest: oldest.map(Timestamp::from_millis),
            });
        }
        Ok(plan)
    }

    /// One piece of each sweep that tells nobody, at most `limit` rows of a kind, and what went.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn wear(&self, ages: &Ages, now: Timestamp, limit: u32) -> Result<Worn, StoreError> {
        let past = now.minus(PAST);
        let bounds = Bounds {
            receipts_from: now.minus(ages.receipts_for),
            kept_from: now.minus(days(ages.notice_days)),
            limit,
        };
        Ok(vec![
            ("contacts", self.purge_exposures(now, limit).await?),
            ("notices", self.sweep_outbox(now, bounds).await?.deleted),
            ("seats", self.purge_seats(now, past, limit).await?),
            ("queue_places", self.purge_queues(past.date(Zone::Wib), limit).await?),
            ("plans", self.purge_broadcasts(past.date(Zone::Wib), limit).await?),
        ])
    }
}

fn days(of: u32) -> Duration {
    Duration::from_secs(86_400 * u64::from(of))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::store::{ERASED, KEPT};

    #[test]
    fn whatever_names_a_person_has_an_age_or_a_reason() {
        let decided: BTreeSet<&str> = AGES.iter().chain(AGELESS).map(|(table, _)| *table).collect();
        assert_eq!(decided.len(), AGES.len() + AGELESS.len(), "one of them stands there twice");
        for (table, _) in ERASED.iter().chain(KEPT) {
            assert!(decided.contains(table), "{table}");
        }
    }
}
