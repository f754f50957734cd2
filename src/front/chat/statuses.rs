//! What the provider says of our messages later.

use std::collections::BTreeSet;

use crate::{
    channel::whatsapp::{
        parse::{Became, Status},
        stored_name,
    },
    clock::Timestamp,
    outbox::{
        Fate, chat,
        route::{Routes, WHATSAPP},
        work::Receipt,
    },
    store::{Store, StoreError},
    telemetry::Metrics,
};

/// Writes down what statuses say: a notice was delivered, or will not be, or has to go by SMS. Gives
/// back those that go by SMS, or were read, and whose messages are not known, or not yet: the status can be here
/// before the answer to the request is written. Whoever calls asks again for a while.
///
/// # Errors
/// [`StoreError::Unavailable`]; what was written before stays, and can be written again.
pub(super) async fn settle(
    store: &Store,
    routes: &Routes,
    metrics: &Metrics,
    statuses: &[Status],
    now: Timestamp,
) -> Result<Vec<Status>, StoreError> {
    let mut receipts = Vec::new();
    let mut back = Vec::new();
    let mut opened = Vec::new();
    for status in statuses {
        let fate = match status.what {
            // Taken: that is known.
            Became::Sent => continue,
            // `delivered` may be missing.
            Became::Delivered => Fate::Delivered,
            Became::Read => {
                opened.push((stored_name(&status.id), status));
                Fate::Delivered
            }
            Became::Failed { code } if chat::goes_by_sms(code) => {
                back.push((stored_name(&status.id), status));
                continue;
            }
            Became::Failed { code } => {
                tracing::warn!(code, "a message to a chat failed");
                match chat::meaning(0, Some(code)) {
                    chat::Meaning::OptedOut => Fate::OptedOut,
                    _ => Fate::Undeliverable,
                }
            }
        };
        let message_id = stored_name(&status.id);
        receipts.push(Receipt { account: WHATSAPP.into(), message_id, fate });
    }
    if !receipts.is_empty() {
        metrics.outbox().moved(&store.receipts(&receipts, now).await?);
    }
    let names: Vec<&str> = opened.iter().map(|(name, _)| name.as_str()).collect();
    let mut unread = BTreeSet::new();
    if !names.is_empty() {
        unread = store.opened(WHATSAPP, &names, now).await?;
    }
    let unread = |(name, _): &&(String, &Status)| unread.contains(name);
    let mut unknown_yet: Vec<Status> =
        opened.iter().filter(unread).map(|(_, status)| (*status).clone()).collect();
    if back.is_empty() {
        return Ok(unknown_yet);
    }
    let names: Vec<&str> = back.iter().map(|(name, _)| name.as_str()).collect();
    let bounced = store.bounce(WHATSAPP, &names, |phone| routes.of(phone), now).await?;
    for _ in &bounced.moved {
        metrics.outbox().tried_again(WHATSAPP, "by_sms");
    }
    metrics.outbox().moved(&bounced.moved);
    let unknown = |(name, _): &&(String, &Status)| bounced.unknown.contains(name);
    unknown_yet.extend(back.iter().filter(unknown).map(|(_, status)| (*status).clone()));
    Ok(unknown_yet)
}
