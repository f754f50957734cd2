//! A user with a phone: what a test does with its thumbs, and what the page draws.

use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;

use super::Cloud;
use super::account::File;
use super::content::{Choice, Content};
use super::event::{FileKind, Said};
use super::user::{Author, Bubble, Profile};
use crate::number::Number;

/// How long a script waits for a message before it fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// One user's chat with the service. Several of one number read the same phone, each at its own pace.
#[derive(Debug)]
pub struct Chat {
    cloud: Cloud,
    number: Number,
    user: String,
    news: watch::Receiver<()>,
    patience: Duration,
    /// The last message that was read.
    read_to: u64,
}

/// Why a step of a script did not work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChatError {
    /// No message came.
    #[error("no message came within {0:?}")]
    NothingCame(Duration),
    /// The last message of the service has no such button or row.
    #[error("nothing to tap is called {0:?}; there is {1:?}")]
    NoSuchChoice(String, Vec<String>),
    /// The cloud is gone.
    #[error("the cloud has stopped")]
    Stopped,
}

impl Chat {
    pub(super) fn new(cloud: Cloud, number: Number) -> Self {
        let user = number.to_string();
        let news = cloud.bell(&user);
        Self { cloud, number, user, news, patience: PATIENCE, read_to: 0 }
    }

    /// Sets how long a step waits for its message.
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The user's number, whether or not the service is told it.
    pub fn number(&self) -> Number {
        self.number
    }

    /// The user's business-scoped id.
    pub fn user_id(&self) -> String {
        self.cloud.user_id(&self.user)
    }

    /// What the user is made to be.
    pub fn profile(&self) -> Profile {
        self.cloud.profile(&self.user)
    }

    /// Makes the user something else.
    pub fn set_profile(&self, profile: Profile) {
        self.cloud.set_profile(&self.user, profile);
    }

    /// Says anything; gives the message's id.
    pub fn say(&self, said: &Said) -> String {
        self.cloud.say(&self.user, said)
    }

    /// Writes a text; gives the message's id.
    pub fn write(&self, text: &str) -> String {
        self.say(&Said::Text(text.to_owned()))
    }

    /// Taps the button with this title on the last message that has choices.
    pub fn tap(&self, title: &str) -> Result<String, ChatError> {
        let (message, choice) = self.find(title)?;
        Ok(self.say(&Said::Tap(choice, message)))
    }

    /// Chooses the row with this title in the last message that has choices.
    pub fn choose(&self, title: &str) -> Result<String, ChatError> {
        let (message, choice) = self.find(title)?;
        Ok(self.say(&Said::Row(choice, message)))
    }

    /// Taps or chooses, whichever the last message with choices offers under this title or id.
    pub fn pick(&self, title: &str) -> Result<String, ChatError> {
        let (message, choice) = self.find(title)?;
        let bubbles = self.messages();
        let list = bubbles
            .iter()
            .any(|bubble| bubble.id == message && matches!(bubble.content, Content::List { .. }));
        Ok(self.say(&if list { Said::Row(choice, message) } else { Said::Tap(choice, message) }))
    }

    /// Taps or chooses on a message that may be an old one, by its id.
    pub fn pick_on(&self, message: &str, id: &str) -> Result<String, ChatError> {
        let bubbles = self.messages();
        let bubble = bubbles.iter().find(|bubble| bubble.id == message);
        let choices = bubble.map(|bubble| bubble.content.choices()).unwrap_or_default();
        let Some(choice) = choices.iter().find(|choice| choice.id == id) else {
            let titles = choices.iter().map(|choice| choice.title.clone()).collect();
            return Err(ChatError::NoSuchChoice(id.to_owned(), titles));
        };
        let (choice, message) = ((*choice).clone(), message.to_owned());
        let list = bubble.is_some_and(|it| matches!(it.content, Content::List { .. }));
        Ok(self.say(&if list { Said::Row(choice, message) } else { Said::Tap(choice, message) }))
    }

    /// Sends a file of this kind.
    pub fn send_file(&self, kind: FileKind, name: &str, octets: Bytes, caption: &str) -> String {
        let file = self.cloud.keep_sent(kind.mime(), name, octets, caption);
        self.say(&Said::File(kind, file))
    }

    /// The oldest message of the service that was not read yet; waits for one if there is none.
    pub async fn wait_for_message(&mut self) -> Result<Bubble, ChatError> {
        let deadline = tokio::time::Instant::now() + self.patience;
        loop {
            self.news.mark_unchanged();
            if let Some(bubble) = self.unread().into_iter().next() {
                self.read_to = bubble.serial;
                return Ok(bubble);
            }
            match tokio::time::timeout_at(deadline, self.news.changed()).await {
                Ok(Err(_)) => return Err(ChatError::Stopped),
                Ok(Ok(())) => {}
                Err(_) => return Err(ChatError::NothingCame(self.patience)),
            }
        }
    }

    /// Takes everything that came as read.
    pub fn skip(&mut self) {
        self.read_to = self.messages().last().map_or(self.read_to, |bubble| bubble.serial);
    }

    /// Everything on the phone, oldest first.
    pub fn messages(&self) -> Vec<Bubble> {
        self.cloud.bubbles(&self.user, 0)
    }

    /// Whether the service is shown as writing.
    pub fn is_typing(&self) -> bool {
        self.cloud.typing(&self.user)
    }

    /// What is in the document or picture of a message.
    pub fn document(&self, bubble: &Bubble) -> Option<File> {
        match &bubble.content {
            Content::Document { media, .. } | Content::Image { media, .. } => {
                self.cloud.file(media)
            }
            _ => None,
        }
    }

    fn unread(&self) -> Vec<Bubble> {
        let mut bubbles = self.cloud.bubbles(&self.user, self.read_to);
        bubbles.retain(|bubble| bubble.author == Author::Service);
        bubbles
    }

    /// By title or id, in the last message of the service that has choices.
    fn find(&self, wanted: &str) -> Result<(String, Choice), ChatError> {
        let bubbles = self.messages();
        let last = bubbles.iter().rev().find(|bubble| !bubble.content.choices().is_empty());
        let choices = last.map(|bubble| bubble.content.choices()).unwrap_or_default();
        let found = choices.iter().find(|it| it.title == wanted || it.id == wanted);
        match (last, found) {
            (Some(bubble), Some(choice)) => Ok((bubble.id.clone(), (*choice).clone())),
            _ => {
                let titles = choices.iter().map(|choice| choice.title.clone()).collect();
                Err(ChatError::NoSuchChoice(wanted.to_owned(), titles))
            }
        }
    }
}
