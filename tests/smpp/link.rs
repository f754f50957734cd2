//! Links over real loopback sockets. The clock of the back-off tests is tokio's, paused where a wait
//! would be long; nobody sleeps.

use std::time::{Duration, Instant};

use setara::smpp::link::{
    Closed, Down, Inbound, Knock, Link, LinkLoad, LinkSettings, LinkStatus, Mode, NotSent, Outcome,
    Peer, Roots, Tls, knock,
};
use setara::smpp::pdu::{Address, BindKind, CommandStatus, Message};
use setara::smpp::session::Settings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// An SMSC that lets everybody in, one connection at a time.
struct Smsc {
    listener: TcpListener,
    address: String,
    settings: Settings,
    submitted: mpsc::Sender<Inbound>,
    inbox: mpsc::Receiver<Inbound>,
}

impl Smsc {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (submitted, inbox) = mpsc::channel(1000);
        Self { listener, address, settings: Settings::default(), submitted, inbox }
    }

    async fn connection(&self) -> TcpStream {
        let (stream, _) = self.listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }

    async fn knock(&self) -> Knock<TcpStream> {
        knock(self.connection().await, self.settings).await.unwrap()
    }

    async fn admit(&self) -> Peer {
        self.knock().await.admit("smsc".into(), "peer", 1, self.submitted.clone()).unwrap()
    }

    /// A link to here that comes back at once.
    fn settings(&self) -> LinkSettings {
        let mut settings = LinkSettings::new("test", &self.address, "setara", "secret");
        settings.backoff.first = Duration::from_millis(10);
        settings
    }
}

fn message(text: &'static str) -> Message {
    Message::new(Address::short_code("119"), Address::international("6281200000001"), text)
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(5)
}

async fn until(link: &Link, wanted: impl FnMut(&LinkStatus) -> bool) -> LinkStatus {
    let mut status = link.status();
    let wanted = tokio::time::timeout(Duration::from_secs(5), status.wait_for(wanted));
    *wanted.await.expect("in time").expect("the link lives")
}

async fn bound(smsc: &Smsc, settings: LinkSettings) -> (Link, Peer, mpsc::Receiver<Inbound>) {
    let (sender, inbound) = mpsc::channel(1000);
    let link = Link::spawn(settings, sender).unwrap();
    let peer = smsc.admit().await;
    until(&link, |status| *status == LinkStatus::Bound).await;
    (link, peer, inbound)
}

#[tokio::test]
async fn messages_go_both_ways_and_the_link_unbinds() {
    let mut smsc = Smsc::open().await;
    let (link, peer, mut inbound) = bound(&smsc, smsc.settings()).await;
    assert_eq!(peer.kind(), BindKind::Transceiver);

    let up = link.hand_over(message("menu"), soon()).await;
    let submitted = smsc.inbox.recv().await.unwrap();
    assert_eq!(submitted.message.text_octets(), "menu");
    submitted.responder.accept_as("id-1".into());
    assert_eq!(up.await, Outcome::Accepted { message_id: "id-1".into() });

    let up = link.hand_over(message("menu"), soon()).await;
    smsc.inbox.recv().await.unwrap().responder.reject(CommandStatus::RTHROTTLED);
    assert_eq!(up.await, Outcome::Rejected(CommandStatus::RTHROTTLED));

    let down = peer.hand_over(message("*119#"), soon()).await;
    let delivered = inbound.recv().await.unwrap();
    assert_eq!((&*delivered.link, delivered.bind), ("test", 1));
    delivered.responder.accept();
    assert_eq!(down.await, Outcome::Accepted { message_id: "".into() });

    // A message that is dropped unanswered comes back later.
    let down = peer.hand_over(message("*119#"), soon()).await;
    drop(inbound.recv().await.unwrap());
    assert_eq!(down.await, Outcome::Rejected(CommandStatus::RX_T_APPN));

    link.shutdown(soon()).await;
    assert_eq!(peer.closed().await, Closed::PeerUnbound);
    let late = link.submit(message("late"), soon()).await;
    assert_eq!(late, Outcome::NotSent(NotSent::Unbinding));
}

#[tokio::test]
async fn a_link_says_what_it_carries() {
    let mut smsc = Smsc::open().await;
    let mut settings = smsc.settings();
    (settings.session.window, settings.session.inbound) = (2, 1);
    let (link, peer, mut inbound) = bound(&smsc, settings).await;
    let idle = LinkLoad { window: 2, binds: 1, ..LinkLoad::default() };
    assert_eq!(link.load(), idle);

    let mut ours = Vec::new();
    for _ in 0..5 {
        ours.push(link.hand_over(message("menu"), soon()).await);
    }
    // The link writes down what it carries before it waits for more.
    let mut submitted = vec![smsc.inbox.recv().await.unwrap(), smsc.inbox.recv().await.unwrap()];
    settled(&link, LinkLoad { in_flight: 2, queued: 3, ..idle }).await;
    for _ in 0..3 {
        submitted.remove(0).responder.accept();
        submitted.push(smsc.inbox.recv().await.unwrap());
    }
    submitted.into_iter().for_each(|message| message.responder.accept());
    for message in ours {
        assert!(matches!(message.await, Outcome::Accepted { .. }));
    }
    settled(&link, idle).await;

    let theirs = peer.hand_over(message("*119#"), soon()).await;
    let delivered = inbound.recv().await.unwrap();
    settled(&link, LinkLoad { unanswered: 1, ..idle }).await;
    let more = peer.hand_over(message("*119#"), soon()).await;
    assert_eq!(more.await, Outcome::Rejected(CommandStatus::RX_T_APPN));
    let idle = LinkLoad { turned_away: 1, ..idle };
    settled(&link, LinkLoad { unanswered: 1, ..idle }).await;
    delivered.responder.accept();
    theirs.await;

    // What was carried by a lost connection is carried no longer.
    let lost = link.hand_over(message("lost"), soon()).await;
    let _unanswered = smsc.inbox.recv().await.unwrap();
    peer.cut();
    assert_eq!(lost.await, Outcome::LinkLost);
    smsc.knock().await.refuse(CommandStatus::RBINDFAIL).await;
    settled(&link, LinkLoad { lost: 1, refused: 1, ..idle }).await;
}

/// Waits until a link carries this.
async fn settled(link: &Link, load: LinkLoad) {
    let settled = async {
        while link.load() != load {
            tokio::task::yield_now().await;
        }
    };
    let settled = tokio::time::timeout(Duration::from_secs(5), settled).await;
    assert!(settled.is_ok(), "{:?} and not {load:?}", link.load());
}

#[tokio::test]
async fn a_shutdown_waits_for_what_is_pending() {
    let mut smsc = Smsc::open().await;
    let mut settings = smsc.settings();
    settings.session.window = 1;
    let (link, peer, _inbound) = bound(&smsc, settings).await;
    let first = link.hand_over(message("1"), soon()).await;
    let second = link.hand_over(message("2"), soon()).await;
    let shutdown = tokio::spawn({
        let link = link.clone();
        async move { link.shutdown(soon()).await }
    });
    for _ in 0..2 {
        smsc.inbox.recv().await.unwrap().responder.accept_as("id".into());
    }
    assert!(matches!(first.await, Outcome::Accepted { .. }));
    assert!(matches!(second.await, Outcome::Accepted { .. }));
    shutdown.await.unwrap();
    assert_eq!(peer.closed().await, Closed::PeerUnbound);
}

#[tokio::test]
async fn a_link_without_handles_unbinds() {
    let smsc = Smsc::open().await;
    for mode in [Mode::Transceiver, Mode::Pair] {
        let (sender, _inbound) = mpsc::channel(10);
        let link = Link::spawn(LinkSettings { mode, ..smsc.settings() }, sender).unwrap();
        let first = smsc.admit().await;
        let second = if mode == Mode::Pair { Some(smsc.admit().await) } else { None };
        until(&link, |status| *status == LinkStatus::Bound).await;
        drop(link);
        for peer in [Some(first), second].into_iter().flatten() {
            assert_eq!(peer.closed().await, Closed::PeerUnbound, "{mode:?}");
        }
    }
}

#[tokio::test]
async fn a_lost_link_comes_back_and_says_what_is_unknown() {
    let mut smsc = Smsc::open().await;
    let (link, peer, mut inbound) = bound(&smsc, smsc.settings()).await;
    let unanswered = link.hand_over(message("1"), soon()).await;
    let submitted = smsc.inbox.recv().await.unwrap();
    peer.cut();
    assert_eq!(unanswered.await, Outcome::LinkLost);
    assert_eq!(peer.closed().await, Closed::Lost);
    // An answer for a connection that is gone disturbs nobody.
    submitted.responder.accept();

    let peer = smsc.admit().await;
    until(&link, |status| *status == LinkStatus::Bound).await;
    let down = peer.hand_over(message("*119#"), soon()).await;
    let delivered = inbound.recv().await.unwrap();
    assert_eq!(delivered.bind, 2);
    delivered.responder.accept();
    assert!(matches!(down.await, Outcome::Accepted { .. }));
}

#[tokio::test]
async fn nothing_waits_for_a_link_that_is_down() {
    let smsc = Smsc::open().await;
    let mut settings = smsc.settings();
    settings.backoff.first = Duration::from_secs(60);
    let address = smsc.address.clone();
    drop(smsc);
    let (sender, _inbound) = mpsc::channel(10);
    let link = Link::spawn(LinkSettings { address, ..settings }, sender).unwrap();
    let status = until(&link, |status| matches!(status, LinkStatus::Down { .. })).await;
    let LinkStatus::Down { why, .. } = status else { unreachable!() };
    assert_eq!(why, Down::Unreachable(std::io::ErrorKind::ConnectionRefused));
    let outcome = link.submit(message("1"), soon()).await;
    assert_eq!(outcome, Outcome::NotSent(NotSent::NotBound));
    link.shutdown(soon()).await;
}

#[tokio::test]
async fn a_refused_bind_is_shown_with_its_status_and_waits_longer() {
    let smsc = Smsc::open().await;
    let (sender, _inbound) = mpsc::channel(10);
    let mut settings = smsc.settings();
    settings.backoff.refused = Duration::from_secs(600);
    let link = Link::spawn(settings, sender).unwrap();
    let knock = smsc.knock().await;
    assert_eq!(
        (&knock.bind().system_id[..], &knock.bind().password[..]),
        (&b"setara"[..], &b"secret"[..])
    );
    knock.refuse(CommandStatus::RINVPASWD).await;
    let status = until(&link, |status| matches!(status, LinkStatus::Refused { .. })).await;
    let LinkStatus::Refused { status, retry_at } = status else { unreachable!() };
    assert_eq!(status, CommandStatus::RINVPASWD);
    assert!(retry_at > Instant::now() + Duration::from_secs(250));
    link.shutdown(soon()).await;
}

#[tokio::test]
async fn the_window_is_never_exceeded_and_answers_may_come_in_any_order() {
    let mut smsc = Smsc::open().await;
    let mut settings = smsc.settings();
    settings.session.window = 4;
    let (link, _peer, _inbound) = bound(&smsc, settings).await;
    let mut waiting = Vec::new();
    for _ in 0..12 {
        waiting.push(link.hand_over(message("1"), soon()).await);
    }
    for round in 0..3 {
        let mut window = Vec::new();
        for _ in 0..4 {
            window.push(smsc.inbox.recv().await.unwrap());
        }
        tokio::task::yield_now().await;
        assert!(smsc.inbox.try_recv().is_err(), "more than the window in round {round}");
        for (place, submitted) in window.into_iter().enumerate().rev() {
            submitted.responder.accept_as(format!("{round}-{place}").into());
        }
    }
    for (place, outcome) in waiting.into_iter().enumerate() {
        let message_id = format!("{}-{}", place / 4, place % 4).into();
        assert_eq!(outcome.await, Outcome::Accepted { message_id });
    }
}

#[tokio::test]
async fn no_answer_in_time_is_unknown_and_never_sent_is_said_so() {
    let mut smsc = Smsc::open().await;
    let mut settings = smsc.settings();
    settings.session.window = 1;
    settings.session.queue = 1;
    let (link, _peer, _inbound) = bound(&smsc, settings).await;
    let deadline = Instant::now() + Duration::from_millis(50);
    let (first, second) =
        tokio::join!(link.submit(message("1"), deadline), link.submit(message("2"), deadline));
    assert_eq!((first, second), (Outcome::TimedOut, Outcome::NotSent(NotSent::Expired)));
    let submitted = smsc.inbox.recv().await.unwrap();
    submitted.responder.accept();
    // The late answer disturbs nobody.
    let third = link.hand_over(message("3"), soon()).await;
    smsc.inbox.recv().await.unwrap().responder.accept();
    assert!(matches!(third.await, Outcome::Accepted { .. }));
}

#[tokio::test]
async fn a_pair_sends_on_one_bind_and_receives_on_the_other() {
    let mut smsc = Smsc::open().await;
    let (sender, mut inbound) = mpsc::channel(10);
    let settings = LinkSettings { mode: Mode::Pair, ..smsc.settings() };
    let link = Link::spawn(settings, sender).unwrap();
    let mut peers = [smsc.admit().await, smsc.admit().await];
    peers.sort_by_key(|peer| peer.kind() == BindKind::Receiver);
    let [transmitter, receiver] = peers;
    assert_eq!((transmitter.kind(), receiver.kind()), (BindKind::Transmitter, BindKind::Receiver));
    until(&link, |status| *status == LinkStatus::Bound).await;

    let wrong = transmitter.deliver(message("*119#"), soon()).await;
    assert_eq!(wrong, Outcome::NotSent(NotSent::WrongBind(BindKind::Transmitter)));
    let down = receiver.hand_over(message("*119#"), soon()).await;
    inbound.recv().await.unwrap().responder.accept();
    assert!(matches!(down.await, Outcome::Accepted { .. }));
    let up = link.hand_over(message("menu"), soon()).await;
    smsc.inbox.recv().await.unwrap().responder.accept();
    assert!(matches!(up.await, Outcome::Accepted { .. }));

    // Half a pair is not bound, and comes back by itself.
    receiver.cut();
    until(&link, |status| *status != LinkStatus::Bound).await;
    let receiver = smsc.admit().await;
    until(&link, |status| *status == LinkStatus::Bound).await;
    link.shutdown(soon()).await;
    assert_eq!(receiver.closed().await, Closed::PeerUnbound);
    assert_eq!(transmitter.closed().await, Closed::PeerUnbound);
}

#[tokio::test]
async fn tls_with_a_given_authority() {
    let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let acceptor = acceptor(&issued);
    let smsc = Smsc::open().await;
    let (_, port) = smsc.address.rsplit_once(':').unwrap();
    let tls = |pem: String| LinkSettings {
        address: format!("localhost:{port}"),
        tls: Some(Tls { server_name: None, roots: Roots::Pem(pem) }),
        ..smsc.settings()
    };

    let (sender, _inbound) = mpsc::channel(10);
    let link = Link::spawn(tls(issued.cert.pem()), sender.clone()).unwrap();
    let stream = acceptor.accept(smsc.connection().await).await.unwrap();
    let knock = knock(stream, smsc.settings).await.unwrap();
    let (submitted, mut inbox) = mpsc::channel(10);
    let peer = knock.admit("smsc".into(), "peer", 1, submitted).unwrap();
    let up = link.hand_over(message("1"), soon());
    until(&link, |status| *status == LinkStatus::Bound).await;
    let up = up.await;
    inbox.recv().await.unwrap().responder.accept();
    assert!(matches!(up.await, Outcome::Accepted { .. }));
    link.shutdown(soon()).await;
    assert_eq!(peer.closed().await, Closed::PeerUnbound);

    // Another authority: no TLS, no bind, no password on the wire.
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let link = Link::spawn(tls(other.cert.pem()), sender).unwrap();
    assert!(acceptor.accept(smsc.connection().await).await.is_err());
    until(&link, |status| matches!(status, LinkStatus::Down { .. })).await;
}

fn acceptor(issued: &rcgen::CertifiedKey<rcgen::KeyPair>) -> tokio_rustls::TlsAcceptor {
    use tokio_rustls::rustls::{ServerConfig, crypto, pki_types::PrivateKeyDer};
    let key = PrivateKeyDer::try_from(issued.signing_key.serialize_der()).unwrap();
    let provider = std::sync::Arc::new(crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![issued.cert.der().clone()], key)
        .unwrap();
    tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(config))
}

#[tokio::test]
async fn foreign_octets_on_the_port_get_the_standards_answer_and_a_close() {
    let smsc = Smsc::open().await;
    for octets in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0x16, 3, 1, 0, 200, 1], &[0; 16], &[0xFF; 100]]
    {
        let mut client = TcpStream::connect(&smsc.address).await.unwrap();
        client.write_all(octets).await.unwrap();
        let ended = tokio::spawn(knock(smsc.connection().await, smsc.settings));
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.unwrap();
        // generic_nack, ESME_RINVCMDLEN, no number.
        assert_eq!(answer, [0, 0, 0, 16, 0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0]);
        drop(client);
        assert!(matches!(ended.await.unwrap().err(), Some(Closed::Unframable { .. })));
    }
}

#[tokio::test]
async fn a_link_survives_an_smsc_that_talks_nonsense() {
    let smsc = Smsc::open().await;
    let (sender, _inbound) = mpsc::channel(10);
    let link = Link::spawn(smsc.settings(), sender).unwrap();
    for nonsense in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], &[0, 0, 0, 3], b""] {
        let mut stream = smsc.connection().await;
        stream.write_all(nonsense).await.unwrap();
        drop(stream);
    }
    let peer = smsc.admit().await;
    until(&link, |status| *status == LinkStatus::Bound).await;
    link.shutdown(soon()).await;
    assert_eq!(peer.closed().await, Closed::PeerUnbound);
}

#[tokio::test]
async fn callers_wait_for_room_and_no_longer_than_their_deadline() {
    let smsc = Smsc::open().await;
    let mut settings = smsc.settings();
    settings.session.window = 1;
    settings.session.queue = 2;
    let (link, _peer, _inbound) = bound(&smsc, settings).await;
    let mut waiting = Vec::new();
    let deadline = Instant::now() + Duration::from_millis(300);
    // Window, queue and channel hold fewer than this together.
    for _ in 0..300 {
        let link = link.clone();
        waiting.push(tokio::spawn(async move { link.submit(message("1"), deadline).await }));
    }
    let mut unknown = 0;
    for outcome in waiting {
        match outcome.await.unwrap() {
            Outcome::TimedOut => unknown += 1,
            Outcome::NotSent(NotSent::Expired | NotSent::QueueFull) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(unknown, 1, "only the window was on the wire");
    assert!(Instant::now() < deadline + Duration::from_secs(2));
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_an_smsc_that_never_answers_the_bind() {
    let smsc = Smsc::open().await;
    let (sender, _inbound) = mpsc::channel(10);
    let link = Link::spawn(smsc.settings(), sender).unwrap();
    let _silent = smsc.knock().await;
    let shutdown = link.shutdown(soon() + Duration::from_secs(60));
    tokio::time::timeout(Duration::from_secs(5), shutdown).await.expect("at once");
}
