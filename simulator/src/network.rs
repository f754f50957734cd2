//! A network that a phone can be on: an operator over SMPP, or an aggregator over HTTP.

use std::net::SocketAddr;

use tokio::sync::{broadcast, watch};

use crate::aggregator::Aggregator;
use crate::number::Number;
use crate::operator::face::{Air, Face, NotNow};
use crate::operator::sms::Text;
use crate::operator::{Act, LinkView, Operator, PhoneEvent, Stopped};

/// A running network. Clones are the same network.
#[derive(Debug, Clone)]
pub enum Network {
    /// The gateway binds to it.
    Operator(Operator),
    /// It calls the gateway.
    Aggregator(Aggregator),
}

impl From<&Operator> for Network {
    fn from(operator: &Operator) -> Self {
        Self::Operator(operator.clone())
    }
}

impl From<&Aggregator> for Network {
    fn from(aggregator: &Aggregator) -> Self {
        Self::Aggregator(aggregator.clone())
    }
}

impl From<&Network> for Network {
    fn from(network: &Network) -> Self {
        network.clone()
    }
}

impl Network {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Operator(operator) => operator.name(),
            Self::Aggregator(aggregator) => &aggregator.settings().name,
        }
    }

    /// How it speaks: a dialect of SMPP, or an aggregator's HTTP.
    pub fn speaks(&self) -> &'static str {
        match self {
            Self::Operator(operator) => operator.dialect().name,
            Self::Aggregator(aggregator) => aggregator.settings().provider.name(),
        }
    }

    /// Where the gateway finds it, or where it finds the gateway.
    pub fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Operator(operator) => Some(operator.address()),
            Self::Aggregator(aggregator) => aggregator.gateway(),
        }
    }

    /// Lets a phone act. Returns when the network has taken it, not when the service has replied.
    pub async fn act(&self, number: Number, act: Act) -> Result<Result<(), NotNow>, Stopped> {
        match self {
            Self::Operator(operator) => operator.act(number, act).await,
            Self::Aggregator(aggregator) => aggregator.act(number, act),
        }
    }

    /// What the phone shows now, and its news from here on.
    pub async fn watch(
        &self,
        number: Number,
    ) -> Result<(Face, broadcast::Receiver<PhoneEvent>), Stopped> {
        match self {
            Self::Operator(operator) => operator.watch(number).await,
            Self::Aggregator(aggregator) => aggregator.watch(number),
        }
    }

    /// The texts of a phone after that with this serial, oldest first. An aggregator carries none.
    pub async fn inbox(&self, number: Number, after: u64) -> Result<Vec<Text>, Stopped> {
        match self {
            Self::Operator(operator) => operator.inbox(number, after).await,
            Self::Aggregator(_) => Ok(Vec::new()),
        }
    }

    /// What goes over the air from here on. A slow reader misses lines.
    pub fn air(&self) -> broadcast::Receiver<Air> {
        match self {
            Self::Operator(operator) => operator.air(),
            Self::Aggregator(aggregator) => aggregator.air(),
        }
    }

    /// Its connections to the gateway, and every change of them.
    pub fn links(&self) -> watch::Receiver<Vec<LinkView>> {
        match self {
            Self::Operator(operator) => operator.links(),
            Self::Aggregator(aggregator) => aggregator.links(),
        }
    }

    /// Closes it.
    pub async fn stop(&self) {
        match self {
            Self::Operator(operator) => operator.stop().await,
            Self::Aggregator(aggregator) => aggregator.stop().await,
        }
    }
}
