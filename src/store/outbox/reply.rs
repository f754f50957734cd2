//! Answers to texts that have not been sent yet.

use super::super::{Store, StoreError, engine::on_engine};
use crate::{
    clock::Zone,
    outbox::{Class, Lane},
    vault::SubscriberKey,
};

impl Store {
    /// Whether an answer to what a phone wrote waits to be sent over this operator.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn reply_waits(
        &self,
        route: &str,
        subscriber: &SubscriberKey,
    ) -> Result<bool, StoreError> {
        let lanes = [Zone::Wib, Zone::Wita, Zone::Wit];
        let [wib, wita, wit] = lanes.map(|zone| Lane { class: Class::Reply, zone }.as_i64());
        let waits: Option<i64> = on_engine!(self.reader(), |Db, pool| {
            sqlx::query_scalar::<Db, _>(
                "select id from notice where state = 'waiting' and route = $1 and campaign = 0 \
                 and lane in ($2, $3, $4) and subscriber = $5 limit 1",
            )
            .bind(route.to_owned())
            .bind(wib)
            .bind(wita)
            .bind(wit)
            .bind(subscriber.as_bytes().to_vec())
            .fetch_optional(pool)
            .await?
        });
        Ok(waits.is_some())
    }
}
