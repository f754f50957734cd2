//! A phone that follows a script: what a test does with its thumbs.
//!
//! Every call waits until the phone shows something new, and fails with a clear error when nothing
//! comes. The web page drives the same networks with the same acts.

use std::time::Duration;

use tokio::sync::broadcast;

use crate::network::Network;
use crate::number::Number;
use crate::operator::centre::Signal;
use crate::operator::face::{Ending, Face, NotNow};
use crate::operator::sms::Text;
use crate::operator::speech::{Refusal, ReplyKind};
use crate::operator::{Act, PhoneEvent, Stopped};

/// How long a phone waits for a screen before its script fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the phone shows after a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screen {
    /// The text, with its line breaks.
    pub text: String,
    /// Whether the session waits for an answer.
    pub open: bool,
}

/// A scripted phone on one network.
#[derive(Debug)]
pub struct Phone {
    number: Number,
    network: Network,
    news: broadcast::Receiver<PhoneEvent>,
    patience: Duration,
    /// The last text that was read.
    read_to: u64,
}

/// Why a step did not lead to a screen of the service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// The phone cannot do this in its state.
    #[error(transparent)]
    NotNow(#[from] NotNow),
    /// The network ended the session; its own words, if any, are in `words`.
    #[error("the session ended: {ending:?} {words}")]
    Ended {
        /// Who ended it.
        ending: Ending,
        /// What the network showed.
        words: String,
    },
    /// Nothing came.
    #[error("nothing came within {0:?}")]
    NothingCame(Duration),
    /// The phone's script read too slowly and missed news.
    #[error("the script missed {0} pieces of news")]
    Missed(u64),
    /// The network is gone.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl Phone {
    /// A phone with this number on this network.
    pub async fn new(network: impl Into<Network>, number: Number) -> Result<Self, PhoneError> {
        let network = network.into();
        let (_, news) = network.watch(number).await?;
        Ok(Self { number, network, news, patience: PATIENCE, read_to: 0 })
    }

    /// Sets how long a step waits for its screen.
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The phone's number.
    pub fn number(&self) -> Number {
        self.number
    }

    /// Dials a string and waits for the first screen. An open session is replaced. A string that
    /// the network does not know gives the network's own words as a closed screen.
    pub async fn dial(&mut self, text: &str) -> Result<Screen, PhoneError> {
        self.say(Act::Dial(text.to_owned())).await
    }

    /// Answers the screen that waits, and waits for the next.
    pub async fn answer(&mut self, text: &str) -> Result<Screen, PhoneError> {
        self.say(Act::Answer(text.to_owned())).await
    }

    /// Waits for something that the service pushes: a question, or a notice to be read.
    pub async fn pushed(&mut self) -> Result<Screen, PhoneError> {
        loop {
            if let PhoneEvent::Face(face @ (Face::Ask { .. } | Face::Notice { .. })) =
                self.next_news().await?
            {
                return shown(face);
            }
        }
    }

    /// Closes a notice that was pushed; the gateway is told that it was read.
    pub async fn read(&mut self) -> Result<(), PhoneError> {
        self.act(Act::Read).await
    }

    /// Ends the session; the gateway is told.
    pub async fn hang_up(&mut self) -> Result<(), PhoneError> {
        self.act(Act::HangUp).await
    }

    /// Loses the network and finds it again: the session is gone and nobody is told.
    pub async fn drop_signal(&mut self) -> Result<(), PhoneError> {
        self.act(Act::Signal(Signal::Off)).await?;
        self.act(Act::Signal(Signal::On)).await
    }

    /// The network breaks the session off; the gateway is told.
    pub async fn network_abort(&mut self) -> Result<(), PhoneError> {
        self.act(Act::NetworkAbort).await
    }

    /// The network sends the phone's last message once more. Returns what the gateway said to it,
    /// also when the session is over and the network did not take it.
    pub async fn repeat_last(&mut self) -> Result<Screen, PhoneError> {
        Ok(self.repeat_last_checked().await?.0)
    }

    /// As [`Phone::repeat_last`], with the network's verdict on what came.
    pub async fn repeat_last_checked(
        &mut self,
    ) -> Result<(Screen, Result<(), Refusal>), PhoneError> {
        self.forget_old_news();
        self.act(Act::RepeatLast).await?;
        loop {
            if let PhoneEvent::Came(reply, taken) = self.next_news().await? {
                let open = reply.kind == ReplyKind::Ask;
                return Ok((Screen { text: reply.text, open }, taken));
            }
        }
    }

    /// Waits for the session to end without a step of the person, and says how.
    pub async fn wait_for_end(&mut self) -> Result<(Ending, String), PhoneError> {
        loop {
            if let PhoneEvent::Face(Face::Ended { by, text }) = self.next_news().await? {
                return Ok((by, text));
            }
        }
    }

    /// Sends a text to a short code.
    pub async fn text(&mut self, to: &str, text: &str) -> Result<(), PhoneError> {
        self.act(Act::Text { to: to.to_owned(), text: text.to_owned() }).await
    }

    /// The oldest text in the inbox that was not read yet; waits for one if there is none.
    pub async fn next_text(&mut self) -> Result<Text, PhoneError> {
        let deadline = tokio::time::Instant::now() + self.patience;
        loop {
            let mut news = self.news.resubscribe();
            let inbox = self.network.inbox(self.number, self.read_to).await?;
            if let Some(text) = inbox.into_iter().next() {
                self.read_to = text.serial;
                return Ok(text);
            }
            match tokio::time::timeout_at(deadline, news.recv()).await {
                Ok(Err(broadcast::error::RecvError::Closed)) => return Err(Stopped.into()),
                Ok(_) => {}
                Err(_) => return Err(PhoneError::NothingCame(self.patience)),
            }
        }
    }

    /// Takes every text in the inbox as read.
    pub async fn skip_texts(&mut self) -> Result<(), PhoneError> {
        let inbox = self.network.inbox(self.number, self.read_to).await?;
        self.read_to = inbox.last().map_or(self.read_to, |text| text.serial);
        Ok(())
    }

    /// Every text in the inbox, oldest first.
    pub async fn inbox(&self) -> Result<Vec<Text>, PhoneError> {
        Ok(self.network.inbox(self.number, 0).await?)
    }

    async fn act(&mut self, act: Act) -> Result<(), PhoneError> {
        Ok(self.network.act(self.number, act).await??)
    }

    /// Dial or answer: the phone first shows that it runs, then a screen.
    async fn say(&mut self, act: Act) -> Result<Screen, PhoneError> {
        self.forget_old_news();
        self.act(act).await?;
        let mut running = false;
        loop {
            match self.next_news().await? {
                PhoneEvent::Face(Face::Running) => running = true,
                PhoneEvent::Face(face) if running => return shown(face),
                // Left over from what was before this step.
                PhoneEvent::Face(_) | PhoneEvent::Came(..) | PhoneEvent::Text(_) => {}
            }
        }
    }

    async fn next_news(&mut self) -> Result<PhoneEvent, PhoneError> {
        match tokio::time::timeout(self.patience, self.news.recv()).await {
            Ok(Ok(news)) => Ok(news),
            Ok(Err(broadcast::error::RecvError::Lagged(missed))) => Err(PhoneError::Missed(missed)),
            Ok(Err(broadcast::error::RecvError::Closed)) => Err(PhoneError::Stopped(Stopped)),
            Err(_) => Err(PhoneError::NothingCame(self.patience)),
        }
    }

    fn forget_old_news(&mut self) {
        self.news = self.news.resubscribe();
    }
}

fn shown(face: Face) -> Result<Screen, PhoneError> {
    match face {
        Face::Ask { text } => Ok(Screen { text, open: true }),
        Face::Notice { text } => Ok(Screen { text, open: false }),
        Face::Ended { by: Ending::Service | Ending::UnknownCode, text } => {
            Ok(Screen { text, open: false })
        }
        Face::Ended { by, text } => Err(PhoneError::Ended { ending: by, words: text }),
        Face::NoSignal => Err(NotNow::NoSignal.into()),
        Face::Idle | Face::Running => Err(NotNow::NoSession.into()),
    }
}
