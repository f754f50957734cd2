//! WhatsApp: builds what takes chats in.

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, task::JoinHandle};

use super::stop::{self, Stop};
use crate::{
    config::Config,
    front::{
        Front,
        chat::{Clerks, Keeper, Manners},
    },
    http::Webhook,
    outbox::route::WHATSAPP,
};

/// How long an answer on a chat is waited for (Cloud API: free text within 24 hours).
const OPEN_FOR: Duration = Duration::from_secs(86_400);

/// Starts what a configured number needs, and gives back its webhook.
pub fn start(
    config: &Config,
    front: &Arc<Front>,
    stopped: &watch::Receiver<Stop>,
) -> (Option<Webhook>, Vec<JoinHandle<()>>) {
    let Some(number) = &config.whatsapp else { return (None, Vec::new()) };
    let manners = Manners {
        bound_for: Duration::from_secs(86_400 * u64::from(number.bound_days)),
        open_for: OPEN_FOR,
        source: WHATSAPP.to_owned(),
    };
    let (clerks, all) = Clerks::new(front, &manners, &config.codes);
    let (chats, keeper) = Keeper::new(Arc::clone(front), clerks);
    let mut stopped = stopped.clone();
    let keeping = keeper.run(async move { stop::told(&mut stopped).await });
    let mut tasks = vec![tokio::spawn(keeping)];
    // What a clerk leaves behind is bounded by how many turns may run.
    let clerk =
        |clerk: crate::front::chat::Clerk| tokio::spawn(clerk.run(|rest| drop(tokio::spawn(rest))));
    tasks.extend(all.into_iter().map(clerk));
    (Some(Webhook { number: Arc::new(number.clone()), chats }), tasks)
}
