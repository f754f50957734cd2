//! Makes what notices enclose, when they are sent: looked up then, set on a thread of its own, a few at a
//! time, and not at all while the provider has one that says the same.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::{
    cloud::{Answer, Cloud, PNG},
    media,
};
use crate::{
    certificate::{Keyring, Paper, pdf, picture},
    channel::whatsapp::render::{self, Address},
    clock,
    config::Config,
    engine::Engine,
    outbox::{EnclosedCertificate, EnclosedTicket, Enclosure},
    service::{
        certificate::enclosed::{self, Handed},
        number::Number,
        record::Facts,
    },
    store::StoreError,
    telemetry::{Metrics, outbox::Document},
    vault::NikIndex,
};

/// Pages that are set at once: each keeps a processor busy that turns need too.
const AT_ONCE: usize = 2;

const PDF: &str = "application/pdf";

/// What makes them. Cloning is cheap.
#[derive(Clone)]
pub struct Papers {
    engine: Engine,
    metrics: Arc<Metrics>,
    options: Arc<pdf::Options>,
    setting: Arc<Semaphore>,
}

impl Papers {
    /// Makes pages as they are configured.
    pub fn new(config: &Config, engine: &Engine, metrics: &Arc<Metrics>) -> Self {
        Self {
            engine: engine.clone(),
            metrics: Arc::clone(metrics),
            options: Arc::new(config.certificate.page(config.menu.zone.into())),
            setting: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Sends what a notice encloses, with its text below; or the text alone where nothing can be made of it,
    /// or what is to be said if it is not there any more.
    pub async fn send(
        &self,
        cloud: &Cloud,
        to: &Address,
        enclosure: &Enclosure,
        text: &str,
        now: Instant,
    ) -> Answer {
        let of = match enclosure {
            Enclosure::Certificate(of) => of,
            Enclosure::Ticket(of) => return self.ticket(cloud, to, of, text, now).await,
        };
        let words = async |words: &str, which| {
            self.metrics.outbox().document(which);
            cloud.send(&render::message(to, words, None)).await
        };
        let shelf = self.engine.shelf();
        let desk = &shelf.first().desk;
        let handed = match self.facts(of).await {
            Ok(facts) => desk.handed(of.dose, &facts),
            Err(error) => {
                tracing::error!(%error, "the record of a certificate cannot be read");
                return Answer::Unsent;
            }
        };
        let (paper, signed) = match handed {
            Handed::Paper { paper, signed } => (*paper, signed),
            Handed::NoPage => return words(text, Document::Unmade).await,
            Handed::Gone => return words(&of.gone, Document::Gone).await,
        };
        let keyring = desk.keyring.now();
        let sheet = self.sheet(of, &paper, &keyring, below(&of.caption, text, signed));
        let made = self.page(paper, keyring);
        match cloud.document(to, &sheet, made, now).await {
            Some(answer) => answer,
            None => words(text, Document::Unmade).await,
        }
    }

    /// The number of an e-ticket as a picture, its text below. It says nothing else, so it is nobody's who
    /// finds it.
    async fn ticket(
        &self,
        cloud: &Cloud,
        to: &Address,
        of: &EnclosedTicket,
        text: &str,
        now: Instant,
    ) -> Answer {
        let words = async |words: &str, which| {
            self.metrics.outbox().document(which);
            cloud.send(&render::message(to, words, None)).await
        };
        let Ok(number) = Number::parse(&of.number) else {
            return words(text, Document::Unmade).await;
        };
        let stands = match self.engine.store().appointment(&number).await {
            Ok(line) => line.is_some_and(|line| line.state.is_good()),
            Err(error) => {
                tracing::error!(%error, "the appointment of a ticket cannot be read");
                return Answer::Unsent;
            }
        };
        if !stands {
            return words(&of.gone, Document::Gone).await;
        }
        let sheet = media::Paper {
            likeness: Sha256::digest(format!("ticket {}", number.as_str())).into(),
            good_for: Duration::MAX,
            name: "tiket-vaksin.png".to_owned(),
            mime: PNG.to_owned(),
            caption: text.to_owned(),
        };
        let made = async {
            let octets = picture::qr(number.as_str())?;
            self.metrics.outbox().document(Document::Made);
            Some(Bytes::from(octets))
        };
        match cloud.document(to, &sheet, made, now).await {
            Some(answer) => answer,
            None => words(text, Document::Unmade).await,
        }
    }

    async fn facts(&self, of: &EnclosedCertificate) -> Result<Facts, StoreError> {
        let need = enclosed::need(NikIndex::from_bytes(of.person));
        let mut batch = self.engine.store().begin().await?;
        let facts = batch.facts(&[need]).await?;
        batch.rollback().await?;
        Ok(facts.into_iter().next().unwrap_or_default())
    }

    fn sheet(
        &self,
        of: &EnclosedCertificate,
        paper: &Paper,
        keyring: &Keyring,
        caption: String,
    ) -> media::Paper {
        media::Paper {
            likeness: pdf::likeness(paper, keyring, &self.options),
            // One that was made before is good for at least half as long as a new one.
            good_for: self.options.issuer.good_for / 2,
            // No name: it stands in lists of files and of messages.
            name: format!("sertifikat-vaksin-dosis-{}.pdf", of.dose),
            mime: PDF.to_owned(),
            caption,
        }
    }

    /// The page, if it can be set.
    async fn page(&self, paper: Paper, keyring: Arc<Keyring>) -> Option<Bytes> {
        let turn = Arc::clone(&self.setting).acquire_owned().await.ok()?;
        let options = Arc::clone(&self.options);
        let set = tokio::task::spawn_blocking(move || {
            let set = pdf::render(&paper, &keyring, clock::now(), &options);
            drop(turn);
            set
        });
        match set.await {
            Ok(Ok(octets)) => {
                self.metrics.outbox().document(Document::Made);
                Some(octets.into())
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "a certificate is sent as a text: its page cannot be set");
                None
            }
            Err(error) => {
                tracing::error!(%error, "a certificate is sent as a text: setting its page broke down");
                None
            }
        }
    }
}

/// The words beside a document, and the text that can be forwarded, if the record still says what it says.
fn below(caption: &str, text: &str, signed: Option<String>) -> String {
    match signed {
        Some(signed) if text.contains(&signed) => format!("{caption}\n\n{text}"),
        _ => caption.to_owned(),
    }
}
