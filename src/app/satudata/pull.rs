//! Events that the outside record does not push: fetched page after page, from the cursor that is kept.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use super::{Desk, NoAnswer};
use crate::{
    app::stop::{self, Stop},
    clock,
    satudata::answer::Failed,
    store::CommitError,
};

/// Pulls every so often until told to stop.
pub(super) async fn run(desk: Arc<Desk>, every: Duration, mut stop: watch::Receiver<Stop>) {
    loop {
        tokio::select! {
            () = stop::told(&mut stop) => return,
            // A page that was taken in and whose cursor was not kept comes again, and changes nothing.
            more = page(&desk) => if more { continue },
        }
        tokio::select! {
            () = stop::told(&mut stop) => return,
            () = tokio::time::sleep(every) => {}
        }
    }
}

/// One page; whether there is more.
async fn page(desk: &Desk) -> bool {
    let events = &desk.events;
    let stored = async {
        let cursor = events.cursor().await?;
        let page = match desk.client.events(cursor.as_deref()).await {
            Ok(page) => page,
            Err(NoAnswer::Failed(failed @ (Failed::Refused(_) | Failed::Unreadable))) => {
                tracing::error!(%failed, "events of the record are not read any further");
                return Ok(false);
            }
            // It is away, or wants to be left alone: that is counted, and is over some time.
            Err(_) => return Ok(false),
        };
        events.take(&page).await?;
        let Some(next) = page.cursor.filter(|next| Some(next) != cursor.as_ref()) else {
            return Ok(false);
        };
        events.move_cursor(&next, clock::now()).await?;
        Ok::<bool, CommitError>(page.full)
    };
    stored.await.unwrap_or_else(|error| {
        tracing::error!(%error, "events of the record could not be stored");
        false
    })
}
