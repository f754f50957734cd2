//! What waits for chats where no node has a number on WhatsApp any more: it goes by SMS, or it ends. Also
//! what a turn still writes for one: the database knows which chats speak for a phone, and not whether
//! anybody serves them.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use tokio::sync::watch;

use super::Running;
use crate::{
    app::stop::{self, Stop},
    clock::{self, Zone},
    outbox::{
        Class, Fate, Lane,
        route::{Routes, WHATSAPP},
        work::{Claimed, Portion, Settlement, Verdict},
    },
    store::{Store, StoreError},
    telemetry::Metrics,
};

/// How often they are looked for.
const EVERY: Duration = Duration::from_secs(1);
/// How long what is found is ours: it is settled at once.
const LEASE: Duration = Duration::from_secs(10);
/// Notices of a queue that are moved in one go.
const MOST: u32 = 256;

/// Moves them until told to stop, for phones of these networks.
pub async fn run(
    store: Store,
    routes: Routes,
    running: Arc<ArcSwap<Vec<Running>>>,
    metrics: Arc<Metrics>,
    mut stop: watch::Receiver<Stop>,
) {
    loop {
        let now_running = running.load_full();
        // What is claimed and not settled is claimed again by whoever comes next.
        let moved = tokio::select! {
            () = stop::told(&mut stop) => return,
            moved = move_some(&store, &routes, &now_running, &metrics) => moved,
        };
        if let Err(error) = &moved {
            tracing::error!(%error, "what waits for chats could not be moved");
            metrics.outbox().database_failed();
        }
        if matches!(moved, Ok(1..)) {
            continue;
        }
        tokio::select! {
            () = stop::told(&mut stop) => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Moves what is due, and says how much that was.
async fn move_some(
    store: &Store,
    routes: &Routes,
    running: &[Running],
    metrics: &Metrics,
) -> Result<usize, StoreError> {
    let none = Class::ALL.into_iter().map(|class| (0, class));
    let campaigns = running.iter().map(|of| (of.campaign.id, of.campaign.class));
    let portion = |(campaign, class)| {
        [Zone::Wib, Zone::Wita, Zone::Wit].map(|zone| Portion {
            route: WHATSAPP.into(),
            campaign,
            lane: Lane { class, zone },
            most: MOST,
        })
    };
    let portions: Vec<Portion> = none.chain(campaigns).flat_map(portion).collect();
    let at = clock::now();
    // While nodes are restarted one by one, some may have the number already, or still.
    if store.is_served(WHATSAPP, at).await? {
        return Ok(0);
    }
    let claimed = store.claim(&portions, at, at.plus(LEASE)).await?;
    let found = claimed.len();
    if found > 0 {
        let settlements: Vec<Settlement> =
            claimed.into_iter().map(|notice| settled(routes, notice)).collect();
        metrics.outbox().moved(&store.settle(&settlements, at).await?);
    }
    Ok(found)
}

/// How one is settled. Whether its reader wants it, and whether it is of use, is asked where it goes.
fn settled(routes: &Routes, notice: Claimed) -> Settlement {
    let phone = notice.letter.as_ref().and_then(|letter| letter.to.phone());
    let verdict = match phone.map(|phone| routes.of(phone)) {
        Some("") | None => Verdict::Ended(Fate::Undeliverable),
        Some(network) => Verdict::Reroute { route: network.into() },
    };
    let Claimed { id, attempts, day, .. } = notice;
    Settlement { id, attempts, day, verdict }
}
