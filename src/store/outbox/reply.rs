//! Answers to texts that have not been sent yet.

use std::collections::HashSet;

use sqlx::{QueryBuilder, Row};

use super::super::{
    Store, StoreError,
    engine::{octets, on_engine, push_keys},
};
use crate::{
    clock::Zone,
    outbox::{Class, Lane},
    vault::SubscriberKey,
};

/// Answers that wait. Found by their phones: with the bare name of the route SQLite would go through the route's
/// whole queue.
const ANSWERS: &str =
    "select subscriber from notice where state = 'waiting' and campaign = 0 and route || '' = ";

impl Store {
    /// For which of these phones an answer to what they wrote waits to be sent over this operator.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn replies_wait(
        &self,
        route: &str,
        subscribers: &[SubscriberKey],
    ) -> Result<HashSet<SubscriberKey>, StoreError> {
        let mut waiting = HashSet::new();
        if subscribers.is_empty() {
            return Ok(waiting);
        }
        let lanes = [Zone::Wib, Zone::Wita, Zone::Wit];
        let lanes = lanes.map(|zone| Lane { class: Class::Reply, zone }.as_i64());
        on_engine!(self.reader(), |Db, pool| {
            let mut sql = QueryBuilder::<Db>::new(ANSWERS);
            sql.push_bind(route.to_owned()).push(" and lane in (");
            let mut list = sql.separated(", ");
            lanes.iter().for_each(|lane| _ = list.push_bind(*lane));
            sql.push(") and subscriber in (");
            push_keys(&mut sql, subscribers, |key| key.as_bytes().to_vec());
            for row in sql.push(")").build().fetch_all(pool).await? {
                waiting.insert(SubscriberKey::from_bytes(octets(row.try_get(0)?, "notice")?));
            }
        });
        Ok(waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::ANSWERS;
    use crate::store::engine::steps_of;

    /// For every text that may be one of before: not all answers of a network that is slow just now.
    #[tokio::test]
    async fn what_waits_for_a_phone_is_found_by_the_phone() {
        let sql = format!("{ANSWERS} $1 and lane in ($2, $3, $4) and subscriber in ($5, $6)");
        for step in steps_of(&sql).await {
            assert!(step.contains("notice_reply (subscriber=?)"), "{step}");
        }
    }
}
