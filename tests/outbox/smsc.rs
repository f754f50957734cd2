//! An SMSC of the tests: takes binds on a real port, remembers every `submit_sm`, and answers as it
//! is told to.

use std::{
    collections::BTreeMap,
    fs::File,
    io::Write,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use bytes::Bytes;
use setara::smpp::{
    link::{Inbound, Outcome, Peer, knock},
    pdu::{Address, BindKind, CommandStatus, Message, Tag},
    session::Settings,
};
use tokio::{
    net::TcpListener,
    sync::{mpsc, watch},
    task::JoinHandle,
};

/// How it answers.
#[derive(Clone)]
pub struct Manner {
    /// How long an answer takes.
    pub delay: Duration,
    /// What it says to a message, by its number from 0; `None` takes it.
    pub refuses: fn(usize) -> Option<CommandStatus>,
    /// The end of a phone's number whose own queue is full: nothing is taken for it.
    pub full: Option<&'static str>,
    /// Which receipt follows, if any, and when.
    pub receipt: Option<fn(&str) -> String>,
    pub receipt_first: bool,
    pub receipt_twice: bool,
    /// How the receipt spells the id of the response in its `receipted_message_id`, if it has one.
    pub parameter: Option<fn(&str) -> String>,
    /// How the number of a message is written in the response.
    pub id: fn(usize) -> String,
    /// Whether it breaks the link instead of answering a message, by its number.
    pub breaks: fn(usize) -> bool,
    /// From this number on it answers nothing.
    pub silent_from: usize,
    /// Where it writes down whom it has taken a message for, before it answers.
    pub keeps: Option<Arc<File>>,
}

impl Manner {
    fn says(&self, number: usize, to: &str) -> Option<CommandStatus> {
        let full = self.full.filter(|end| to.ends_with(end)).map(|_| CommandStatus::RMSGQFUL);
        full.or_else(|| (self.refuses)(number))
    }
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            delay: Duration::ZERO,
            refuses: |_| None,
            full: None,
            receipt: None,
            receipt_first: false,
            receipt_twice: false,
            parameter: None,
            id: |number| format!("m{number}"),
            breaks: |_| false,
            silent_from: usize::MAX,
            keeps: None,
        }
    }
}

/// A `submit_sm` that came.
#[derive(Clone)]
pub struct Submit {
    pub at: Instant,
    pub to: String,
    pub message: Message,
    /// Whether it was taken, or would have been when the link broke.
    pub taken: bool,
}

#[derive(Default)]
struct Heard {
    submits: Vec<Submit>,
    answered: usize,
}

pub struct Smsc {
    pub port: u16,
    /// Of links that come when it opens its port.
    pub manner: Manner,
    heard: Arc<Mutex<Heard>>,
    peers: Arc<Mutex<Vec<Peer>>>,
    count: watch::Sender<usize>,
    task: Option<JoinHandle<()>>,
}

impl Smsc {
    pub async fn start(manner: Manner) -> Self {
        Self::start_at(0, manner).await
    }

    /// The same at a port.
    pub async fn start_at(port: u16, manner: Manner) -> Self {
        let mut smsc = Self {
            port,
            manner,
            heard: Arc::default(),
            peers: Arc::default(),
            count: watch::Sender::new(0),
            task: None,
        };
        smsc.open().await;
        smsc
    }

    /// Listens, at the port that it had before.
    pub async fn open(&mut self) {
        let listener = loop {
            match TcpListener::bind(("127.0.0.1", self.port)).await {
                Ok(listener) => break listener,
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        };
        self.port = listener.local_addr().unwrap().port();
        let (manner, heard) = (self.manner.clone(), Arc::clone(&self.heard));
        let (peers, count) = (Arc::clone(&self.peers), self.count.clone());
        self.task = Some(tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                let (manner, heard) = (manner.clone(), Arc::clone(&heard));
                let (peers, count) = (Arc::clone(&peers), count.clone());
                tokio::spawn(async move {
                    let settings = Settings { inbound: 4096, window: 256, ..Settings::default() };
                    let Ok(knocked) = knock(stream, settings).await else { return };
                    let (inbound, messages) = mpsc::channel(4096);
                    assert_eq!(knocked.bind().kind, BindKind::Transceiver);
                    let peer = knocked.admit("smsc".into(), "gateway", 1, inbound).unwrap();
                    peers.lock().unwrap().push(peer.clone());
                    serve(manner, heard, peer, count, messages).await;
                });
            }
        }));
    }

    /// Goes without a word, as a killed process does.
    pub fn kill(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
        self.cut();
    }

    /// Breaks the links; new ones are welcome.
    pub fn cut(&self) {
        for peer in self.peers.lock().unwrap().drain(..) {
            peer.cut();
        }
    }

    /// Waits until that many `submit_sm`s came.
    pub async fn came(&self, many: usize) {
        let mut count = self.count.subscribe();
        let came = count.wait_for(|count| *count >= many);
        tokio::time::timeout(Duration::from_secs(60), came).await.expect("in time").unwrap();
    }

    pub fn submits(&self) -> Vec<Submit> {
        self.heard.lock().unwrap().submits.clone()
    }

    /// Waits until somebody is bound.
    pub async fn bound(&self) {
        while self.peers.lock().unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Messages that were taken, by phone.
    pub fn taken(&self) -> BTreeMap<String, usize> {
        let mut taken = BTreeMap::new();
        for submit in self.submits().into_iter().filter(|submit| submit.taken) {
            *taken.entry(submit.to).or_default() += 1;
        }
        taken
    }

    /// Messages whose answer has not left.
    pub fn unanswered(&self) -> usize {
        let heard = self.heard.lock().unwrap();
        heard.submits.len() - heard.answered
    }

    /// Somebody writes to the short code.
    pub async fn writes(&self, phone: &str, words: &str) {
        let peer = self.peers.lock().unwrap().last().cloned().expect("a bind");
        let (from, to) = (Address::international(phone.to_owned()), Address::short_code("1199"));
        deliver(&peer, Message::new(from, to, words.to_owned())).await;
    }

    /// Somebody dials; it is not waited until that is confirmed.
    pub fn dials(&self, phone: &str, string: &str) {
        let peer = self.peers.lock().unwrap().last().cloned().expect("a bind");
        let (from, to) = (Address::international(phone.to_owned()), Address::short_code("119"));
        let mut message = Message::new(from, to, string.to_owned());
        message.tlvs.set_u8(Tag::USSD_SERVICE_OP, 1);
        tokio::spawn(async move { deliver(&peer, message).await });
    }

    /// Sends a receipt by itself.
    pub async fn deliver(&self, text: String) {
        let peer = self.peers.lock().unwrap().last().cloned().expect("a bind");
        deliver(&peer, receipt(text)).await;
    }
}

/// Delivers until it is taken, as networks do.
async fn deliver(peer: &Peer, message: Message) {
    for _ in 0..100 {
        let deadline = Instant::now() + Duration::from_secs(5);
        let outcome = peer.deliver(message.clone(), deadline).await;
        if matches!(outcome, Outcome::Accepted { .. }) {
            return;
        }
        println!("a receipt was not taken: {outcome:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn serve(
    manner: Manner,
    heard: Arc<Mutex<Heard>>,
    peer: Peer,
    count: watch::Sender<usize>,
    mut messages: mpsc::Receiver<Inbound>,
) {
    while let Some(inbound) = messages.recv().await {
        let message = *inbound.message;
        let to = String::from_utf8_lossy(&message.destination.octets).into_owned();
        let (number, says) = {
            let mut heard = heard.lock().unwrap();
            let number = heard.submits.len();
            let says = manner.says(number, &to);
            let taken = says.is_none();
            if let Some(mut file) = manner.keeps.as_deref() {
                file.write_all(format!("{to}\n").as_bytes()).expect("room for a line");
            }
            heard.submits.push(Submit { at: Instant::now(), to, message: message.clone(), taken });
            (number, says)
        };
        count.send_modify(|count| *count += 1);
        let (manner, heard, peer) = (manner.clone(), Arc::clone(&heard), peer.clone());
        let responder = inbound.responder;
        if (manner.breaks)(number) {
            peer.cut();
        }
        if (manner.breaks)(number) || number >= manner.silent_from {
            // Dropped before the end, the responder would refuse.
            tokio::spawn(async move {
                let _held = responder;
                peer.closed().await;
            });
            continue;
        }
        let answer = async move {
            if !manner.delay.is_zero() {
                tokio::time::sleep(manner.delay).await;
            }
            if let Some(status) = says {
                responder.reject(status);
                heard.lock().unwrap().answered += 1;
                return;
            }
            let id = (manner.id)(number);
            let text = manner.receipt.filter(|_| message.registered_delivery == 1);
            let text = text.map(|receipt| receipt(&id));
            let mut responder = Some(responder);
            let mut accept = || {
                if let Some(responder) = responder.take() {
                    responder.accept_as(Bytes::from((manner.id)(number)));
                    heard.lock().unwrap().answered += 1;
                }
            };
            if !manner.receipt_first {
                accept();
            }
            if let Some(text) = text {
                let mut receipt = receipt(text);
                if let Some(parameter) = manner.parameter {
                    let named = parameter(&id).into_bytes();
                    receipt.tlvs.set(Tag::RECEIPTED_MESSAGE_ID, named);
                }
                for _ in 0..if manner.receipt_twice { 2 } else { 1 } {
                    deliver(&peer, receipt.clone()).await;
                }
            }
            accept();
        };
        if manner.delay.is_zero() && manner.receipt.is_none() {
            answer.await;
        } else {
            tokio::spawn(answer);
        }
    }
}

fn receipt(text: String) -> Message {
    let (from, to) = (Address::international("628123"), Address::short_code("1199"));
    Message { esm_class: 4, ..Message::new(from, to, text) }
}
