//! Campaigns that run: their audiences are queued a piece at a time, and what they are and how fast
//! is told to whoever sends. What is cancelled is tidied up. Steps are taken from the database every
//! second, whoever did them: this node, another one, or the command.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use tokio::sync::watch;

use crate::{
    app::{
        outbox::{self, Outbox},
        stop::{self, Stop},
    },
    clock::{self, Zone},
    front::campaign::Campaigns,
    service::{campaign::Phase, retention::PAST},
    store::{Campaign, Queued, StoreError},
};

/// How often campaigns are looked at.
const EVERY: Duration = Duration::from_secs(1);
/// Notices of a cancelled campaign that are ended in one transaction.
const ROWS: u32 = 2_000;

/// Works for campaigns until told to stop.
pub async fn run(campaigns: Campaigns, outbox: Outbox, mut stop: watch::Receiver<Stop>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut told = false;
    loop {
        tokio::select! {
            () = stop::told(&mut stop) => return,
            _ = ticks.tick() => {}
        }
        // A piece is stored whole or not at all, so it may be left in the middle.
        let work = work(&campaigns, &outbox, &mut told);
        tokio::select! {
            () = stop::told(&mut stop) => return,
            done = work => if let Err(error) = done {
                tracing::error!(%error, "campaigns could not be looked after");
            }
        }
    }
}

/// One round: a piece of every campaign in turn, until there is nothing left to queue.
/// `told`: whether it was said that there are too many.
async fn work(campaigns: &Campaigns, outbox: &Outbox, told: &mut bool) -> Result<(), StoreError> {
    let mut failed = BTreeSet::new();
    loop {
        let busy = campaigns.store().busy_campaigns().await?;
        let runs = |of: &&Campaign| of.state == Phase::Running;
        let running = |of: &Campaign| outbox::Campaign {
            id: of.id,
            class: of.made.class,
            per_second: Some(of.made.per_second).filter(|&pace| pace > 0),
        };
        let running: Vec<_> = busy.iter().filter(runs).map(running).collect();
        let (running, sending) = (running.len(), outbox.run(&running));
        let too_many = running > sending;
        if too_many && !*told {
            tracing::warn!(
                running,
                sending,
                "the latest campaigns wait until others have sent all"
            );
        }
        *told = too_many;
        let mut more = false;
        for campaign in &busy {
            if failed.contains(&campaign.id) {
                continue;
            }
            let began = Instant::now();
            match piece(campaigns, campaign).await {
                Ok(of_it) => more |= of_it,
                // The others go on; this one is tried again in the next round.
                Err(error) => {
                    let name = &campaign.made.name;
                    tracing::error!(campaign = name, %error, "a campaign could not go on");
                    failed.insert(campaign.id);
                }
            }
            // As long as a piece took, somebody else has the database for himself.
            tokio::time::sleep((began.elapsed() / 4).min(EVERY)).await;
        }
        if !more {
            let old = clock::now().minus(PAST).date(Zone::Wib);
            campaigns.store().purge_broadcasts(old, ROWS).await?;
            return Ok(());
        }
    }
}

/// A piece of work for a campaign; whether there is more.
async fn piece(campaigns: &Campaigns, campaign: &Campaign) -> Result<bool, StoreError> {
    let name = &campaign.made.name;
    if campaign.state == Phase::Cancelled {
        let ended = campaigns.store().tidy_cancelled(campaign.id, ROWS, clock::now()).await?;
        return Ok(ended > 0);
    }
    if campaign.expanded {
        return Ok(false);
    }
    match campaigns.queue(campaign, clock::now()).await? {
        Queued::Notices(notices) => {
            tracing::debug!(campaign = name, notices, "people were queued");
            Ok(true)
        }
        Queued::Overtaken => Ok(true),
    }
}
