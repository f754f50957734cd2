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
            let mut sql = QueryBuilder::<Db>::new(
                "select subscriber from notice where state = 'waiting' and campaign = 0 \
                 and route = ",
            );
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
