//! The one word that takes a gateway down.

use tokio::sync::watch;

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Go on.
    NotYet,
    /// Take nothing new.
    Now,
}

/// Waits until told to stop; also when nobody is left to tell.
pub async fn told(stop: &mut watch::Receiver<Stop>) {
    let _ = stop.wait_for(|stop| *stop == Stop::Now).await;
}
