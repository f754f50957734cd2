//! What takes chats in: the keeper, the clerks, and who forgets a chat whose account changed hands.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

use super::{
    super::stop::{self, Stop},
    cloud::Cloud,
    typing,
};
use crate::{
    config::{Config, Whatsapp},
    front::{
        Front,
        chat::{Clerk, Clerks, Keeper, Manners, Typing},
    },
    http::Webhook,
    identity::ChatId,
    outbox::route::WHATSAPP,
};

/// How long an answer on a chat is waited for (Cloud API: free text within 24 hours).
const OPEN_FOR: Duration = Duration::from_secs(86_400);

/// What takes chats in, and its tasks.
pub(crate) struct Taking {
    pub webhook: Webhook,
    pub tasks: Vec<JoinHandle<()>>,
}

/// Starts what a number needs. `cloud` is told who waits long; `secret` signs its events; `changed` are chats that somebody else may have
/// taken over.
pub(crate) fn start(
    config: &Config,
    number: &Whatsapp,
    cloud: Cloud,
    secret: String,
    changed: mpsc::Receiver<ChatId>,
    front: &Arc<Front>,
    stopped: &watch::Receiver<Stop>,
) -> Taking {
    let (shows, slow) = Typing::new(number.typing(), &front.metrics);
    let manners = Manners {
        bound_for: Duration::from_secs(86_400 * u64::from(number.bound_days)),
        open_for: OPEN_FOR,
        source: WHATSAPP.to_owned(),
        typing: shows,
        running: config.turns.running,
    };
    let (clerks, all) = Clerks::new(front, &manners, &config.codes);
    let (chats, keeper) =
        Keeper::new(Arc::clone(front), config.routes(), clerks, config.turns.waiting);
    let mut stop = stopped.clone();
    let keeping = keeper.run(async move { stop::told(&mut stop).await });
    let mut tasks = vec![
        tokio::spawn(keeping),
        tokio::spawn(forget(Arc::clone(front), changed, stopped.clone())),
        tokio::spawn(typing::show(cloud, slow, Arc::clone(&front.metrics), stopped.clone())),
    ];
    // What a clerk leaves behind is bounded by how many turns may run.
    let serving = |clerk: Clerk| tokio::spawn(clerk.run(|rest| drop(tokio::spawn(rest))));
    tasks.extend(all.into_iter().map(serving));
    let number = number.clone();
    Taking { webhook: Webhook { number: Arc::new(number), secret: secret.into(), chats }, tasks }
}

/// The provider says that an account may be somebody else's now: its owner proves again who it is.
async fn forget(
    front: Arc<Front>,
    mut changed: mpsc::Receiver<ChatId>,
    mut stop: watch::Receiver<Stop>,
) {
    let engine = &front.engine;
    loop {
        let chat = tokio::select! {
            () = stop::told(&mut stop) => return,
            chat = changed.recv() => match chat {
                Some(chat) => chat,
                None => return,
            },
        };
        let names: Vec<_> = chat.names().iter().map(|name| engine.vault().chat_key(name)).collect();
        if let Err(error) = engine.store().unbind_chat(&names).await {
            tracing::error!(%error, "a chat whose account changed hands is still bound");
        }
    }
}
