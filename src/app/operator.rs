//! The desk of one operator: what its links bring is sorted, and each kind is served by its own
//! counter. What is still in the queue at the end is dropped unanswered, and the network delivers it
//! again.

use std::sync::Arc;

use futures_util::future::Either;
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

use crate::{
    app::{
        StartError,
        outbox::Outbox,
        push,
        sms::Post,
        stop::{self, Stop},
        ussd::Counter,
    },
    channel::sms::receipt::Numbering,
    config::{Config, LinkConfig, Operator},
    front::{Front, push::Order},
    smpp::link::{self, Link},
};

/// An account whose links are coming up.
pub struct Account<'c> {
    /// The operator's name in the configuration.
    pub name: &'c str,
    /// What it carries, and how.
    pub config: &'c Operator,
    /// Its links.
    pub links: Vec<Link>,
    /// What they bring.
    pub messages: mpsc::Receiver<link::Inbound>,
}

/// Starts the links of every operator.
///
/// # Errors
/// [`StartError::Link`] for one that can never work.
pub fn connect(config: &Config) -> Result<Vec<Account<'_>>, StartError> {
    let accounts = config.operator.iter().map(|(name, operator)| {
        // A place for everything that the links let in.
        let places: usize = operator.link.iter().map(LinkConfig::most_inbound).sum();
        let (inbound, messages) = mpsc::channel(places.max(1));
        let links = operator.link.iter().zip(1..).map(|(link, number)| {
            let name = format!("{name}/{number}");
            Link::spawn(link.settings(&name)?, inbound.clone())
                .map_err(|source| StartError::Link { name, source })
        });
        let links = links.collect::<Result<_, StartError>>()?;
        Ok(Account { name, config: operator, links, messages })
    });
    accounts.collect()
}

/// What an operator's account carries.
pub struct Desk {
    /// The operator's name in the configuration.
    pub operator: Arc<str>,
    /// Its USSD.
    pub ussd: Option<Arc<Counter>>,
    /// Its SMS.
    pub sms: Option<Arc<Post>>,
    /// How the ids of its receipts are written.
    pub numbering: Numbering,
    /// Takes what the network says of notices.
    pub outbox: Outbox,
    /// Counts what nobody here understands.
    pub front: Arc<Front>,
}

/// Serves an operator until `stop` says so, and then finishes the turns that are running. `most` of
/// them run at once; further messages wait on the link.
pub async fn serve(
    desk: Desk,
    mut inbound: mpsc::Receiver<link::Inbound>,
    mut pushes: mpsc::Receiver<Order>,
    mut stop: watch::Receiver<Stop>,
    most: usize,
) {
    let mut turns = JoinSet::new();
    loop {
        desk.front.metrics.running(i64::try_from(turns.len()).unwrap_or(i64::MAX));
        tokio::select! {
            () = stop::told(&mut stop) => break,
            Some(_) = turns.join_next(), if !turns.is_empty() => {}
            message = inbound.recv(), if turns.len() < most => {
                let Some(message) = message else { break };
                if let Some(turn) = desk.take(message) {
                    turns.spawn(turn);
                }
            }
            Some(order) = pushes.recv(), if turns.len() < most => {
                if let Some(counter) = &desk.ussd {
                    turns.spawn(push::serve(Arc::clone(counter), order));
                }
            }
        }
    }
    while turns.join_next().await.is_some() {}
}

impl Desk {
    /// Takes a message in, in the order of the link; what is left to do is given back.
    fn take(&self, message: link::Inbound) -> Option<impl Future<Output = ()> + use<>> {
        for oddity in &message.oddities {
            tracing::debug!(operator = %self.operator, link = %message.link, %oddity, "odd PDU");
        }
        // USSD names its operation (SMPP 3.4 §5.3.2.44); everything else is a text or a receipt.
        let is_ussd = message.message.tlvs.ussd_service_op().is_some();
        match (&self.ussd, &self.sms) {
            (_, Some(_)) if message.message.is_receipt() => {
                let (outbox, operator) = (self.outbox.clone(), Arc::clone(&self.operator));
                let numbering = self.numbering;
                Some(Either::Left(async move { outbox.hear(&operator, numbering, message).await }))
            }
            // Neither a text of somebody nor the end of a message of ours.
            _ if !is_ussd && message.message.is_intermediate() => {
                self.front.metrics.strange("an intermediate notification");
                message.responder.accept();
                None
            }
            (Some(counter), sms) if is_ussd || sms.is_none() => {
                counter.take(message).map(|turn| Either::Right(Either::Left(turn)))
            }
            (_, Some(post)) if !is_ussd => {
                post.take(message).map(|turn| Either::Right(Either::Right(turn)))
            }
            _ => {
                // To refuse it would bring it back for ever.
                self.front.metrics.strange("not of a kind that this account carries");
                message.responder.accept();
                None
            }
        }
    }
}
