//! Where pushes are ordered: screens for people who have not asked for them. The desk of the operator
//! that reaches the phone carries an order out, one after the other with what it has to do anyway.

use std::{collections::HashMap, sync::Arc};

use tokio::sync::{
    mpsc::{self, error::TrySendError},
    oneshot,
};

use crate::identity::Msisdn;

/// A screen for somebody who has not asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// Whose phone.
    pub to: Msisdn,
    /// The operator that reaches it, by its name in the configuration.
    pub operator: String,
    /// Whose screen.
    pub service: String,
    /// Which screen; the menu has to say that it may be pushed.
    pub screen: String,
    /// Tells this push from every other, if whoever orders it may order it twice.
    pub once: Option<String>,
}

/// What came of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// The network took it.
    Accepted,
    /// The network did not take it: the subscriber is absent, or in a session of which we know
    /// nothing. With the network's own status; `None`: it never left.
    Refused(Option<u32>),
    /// The subscriber is in the middle of something with us; nothing was sent.
    Busy,
    /// The network did not say; nothing is sent again.
    Unknown,
    /// It was taken before, under the same name; nothing was sent.
    Repeated,
}

impl Pushed {
    /// The word for it, in metrics and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused(_) => "refused",
            Self::Busy => "busy",
            Self::Unknown => "unknown",
            Self::Repeated => "repeated",
        }
    }
}

/// Why nothing was pushed, and nothing stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// The configuration has no such operator.
    #[error("there is no such operator")]
    NoSuchOperator,
    /// There is no such service.
    #[error("there is no such service")]
    NoSuchService,
    /// The menu has no such screen, or does not let it be pushed.
    #[error("the menu does not let this screen be pushed")]
    NoSuchScreen,
    /// No link of the operator is bound.
    #[error("no link to the operator is bound")]
    NoLink,
    /// Too many at once: later.
    #[error("too many pushes at once")]
    TooMany,
    /// It could not be stored.
    #[error("the push could not be stored")]
    Unavailable,
}

/// A push on its way to the desk of its operator.
pub struct Order {
    /// What to push.
    pub push: Push,
    told: oneshot::Sender<Result<Pushed, PushError>>,
}

impl Order {
    /// Says what came of it.
    pub fn carried_out(self, came: Result<Pushed, PushError>) {
        // Whoever ordered it may have gone.
        let _ = self.told.send(came);
    }
}

/// Where pushes are ordered. Cheap to clone.
#[derive(Clone, Default)]
pub struct Pushes(Arc<HashMap<String, mpsc::Sender<Order>>>);

impl Pushes {
    /// The desks of the operators, by name.
    pub fn new(desks: HashMap<String, mpsc::Sender<Order>>) -> Self {
        Self(Arc::new(desks))
    }

    /// Pushes a screen, and says what came of it. Once ordered it is carried out, whether or not
    /// anybody still waits for the answer.
    ///
    /// # Errors
    /// See [`PushError`].
    pub async fn push(&self, push: Push) -> Result<Pushed, PushError> {
        let desk = self.0.get(&push.operator).ok_or(PushError::NoSuchOperator)?;
        let (told, came) = oneshot::channel();
        desk.try_send(Order { push, told }).map_err(|error| match error {
            TrySendError::Full(_) => PushError::TooMany,
            // The gateway stops.
            TrySendError::Closed(_) => PushError::Unavailable,
        })?;
        came.await.unwrap_or(Err(PushError::Unavailable))
    }
}
