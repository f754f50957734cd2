//! SMSCs that do not speak SMPP, or half of it, or do not want us: the log says so plainly, the node
//! stays up, and nobody else's phones notice.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    node::Node,
    site::{Site, network},
    walk::Walk,
};

/// A server of raw octets.
struct Raw(TcpListener);

impl Raw {
    async fn listen() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    fn address(&self) -> String {
        self.0.local_addr().unwrap().to_string()
    }

    /// Waits for a gateway and its bind.
    async fn bind(&self) -> (TcpStream, Pdu) {
        let (mut stream, _) = self.0.accept().await.unwrap();
        let bind = Pdu::read(&mut stream).await.expect("a bind");
        assert_eq!(bind.command, BIND_TRANSCEIVER);
        (stream, bind)
    }

    /// Lets the gateway in.
    async fn admit(&self) -> TcpStream {
        let (mut stream, bind) = self.bind().await;
        stream.write_all(&bind.response(0, b"raw\0")).await.unwrap();
        stream
    }
}

/// A PDU, as far as a header tells.
struct Pdu {
    command: u32,
    status: u32,
    sequence: u32,
}

const GENERIC_NACK: u32 = 0x8000_0000;
const DELIVER_SM: u32 = 5;
const BIND_TRANSCEIVER: u32 = 9;
const ENQUIRE_LINK: u32 = 0x15;

impl Pdu {
    /// `None` at the end of the stream.
    async fn read(stream: &mut TcpStream) -> Option<Self> {
        let length = stream.read_u32().await.ok()?;
        let command = stream.read_u32().await.ok()?;
        let status = stream.read_u32().await.ok()?;
        let sequence = stream.read_u32().await.ok()?;
        let mut body = vec![0; length as usize - 16];
        stream.read_exact(&mut body).await.ok()?;
        Some(Self { command, status, sequence })
    }

    fn response(&self, status: u32, body: &[u8]) -> Vec<u8> {
        pdu(self.command | GENERIC_NACK, status, self.sequence, body)
    }
}

fn pdu(command: u32, status: u32, sequence: u32, body: &[u8]) -> Vec<u8> {
    let length = 16 + u32::try_from(body.len()).unwrap();
    let header = [length, command, status, sequence].map(u32::to_be_bytes);
    [header.as_flattened(), body].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_peers_harm_nobody() {
    let [web, half, refuses] = [Raw::listen().await, Raw::listen().await, Raw::listen().await];
    let good = network("plain").await;
    let site = Site::on_sqlite()
        .await
        .operator("web", "plain", &web.address(), "")
        .operator("half", "plain", &half.address(), "")
        .operator("refuses", "its", &refuses.address(), "")
        .operator("good", "plain", &good.address().to_string(), "");
    let node = Node::start(&site.config()).await;

    let (mut stream, _) = web.bind().await;
    stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    let line = node.logged("SMPP link down link=\"web/1\"").await;
    assert!(line.contains("WARN") && line.contains("cannot be framed"), "{line}");

    let mut stream = half.admit().await;
    stream.write_all(&pdu(DELIVER_SM, 0, 1, &[0; 100])[..60]).await.unwrap();
    drop(stream);
    let line = node.logged("SMPP link down link=\"half/1\"").await;
    assert!(line.contains("WARN"), "{line}");

    let (mut stream, bind) = refuses.bind().await;
    stream.write_all(&bind.response(0x0e, b"")).await.unwrap();
    let line = node.logged("SMPP bind refused link=\"refuses/1\"").await;
    assert!(line.contains("ERROR") && line.contains("ESME_RINVPASWD"), "{line}");

    node.is_well().await;
    good.bound(1).await.unwrap();
    let mut walk = Walk::of("register");
    let mut phone = walk.phone(&good).await;
    walk.through(&mut phone).await;
    // They are tried again meanwhile.
    half.admit().await;
    web.bind().await;
    node.stop().await;
}

/// What stands inside a frame can be anything: it is answered, and the link lives on.
#[tokio::test(flavor = "multi_thread")]
async fn odd_pdus_do_not_end_a_link() {
    let smsc = Raw::listen().await;
    let site = Site::on_sqlite().await.operator("telco", "plain", &smsc.address(), "");
    let node = Node::start(&site.config()).await;
    let mut stream = smsc.admit().await;
    let random: Vec<u8> = (0..200u32).map(|n| (n * n * 7 + 13) as u8).collect();
    let mut sequence = 0;
    let mut send = async |command: u32, body: &[u8]| {
        sequence += 1;
        stream.write_all(&pdu(command, 0, sequence, body)).await.unwrap();
        let answer = Pdu::read(&mut stream).await.expect("the link lives");
        assert_eq!(answer.sequence, sequence);
        answer
    };
    // No such command. SMPP 3.4 §4.3
    let answer = send(0x7777, &random).await;
    assert_eq!((answer.command, answer.status), (GENERIC_NACK, 3));
    // A message cut short, one of nothing but garbage, one from nobody, one without USSD.
    let message = b"\0\x01\x01628129000\0\x03\x00119\0\0\0\0\0\0\0\0\0\0\x05*119#";
    for body in [&message[..20], &random, &[0; 17], message] {
        let answer = send(DELIVER_SM, body).await;
        assert!([DELIVER_SM | GENERIC_NACK, GENERIC_NACK].contains(&answer.command));
    }
    // Responses to nothing.
    stream.write_all(&pdu(0x8000_0004, 0, 4711, b"")).await.unwrap();
    stream.write_all(&pdu(GENERIC_NACK, 3, 0, b"")).await.unwrap();
    stream.write_all(&pdu(ENQUIRE_LINK, 0, 99, b"")).await.unwrap();
    let answer = Pdu::read(&mut stream).await.expect("the link lives");
    assert_eq!((answer.command, answer.sequence), (ENQUIRE_LINK | GENERIC_NACK, 99));
    node.is_well().await;
    let (_, metrics) = node.get("/metrics").await;
    assert!(metrics.contains("setara_link_up{link=\"telco/1\"} 1\n"), "{metrics}");
    // Unbound or not, it stops.
    node.terminate();
    drop(stream);
    assert!(node.ended().await.0.success());
}
