//! One HTTP exchange with the gateway, proved as the account wants it.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use sha2::Sha256;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use super::provider::Request;

/// What proves to the gateway who calls.
#[derive(Clone, PartialEq, Eq)]
pub enum Proof {
    /// A signature with this key.
    Hmac(String),
    /// The same with this nonce, whatever was signed with it before.
    Replay {
        /// The key.
        key: String,
        /// The nonce.
        nonce: String,
    },
    /// This secret in `x-setara-secret`.
    Header(String),
    /// Nothing.
    Nothing,
}

/// A secret is not for logs.
impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Hmac(_) => "Hmac",
            Self::Replay { .. } => "Replay",
            Self::Header(_) => "Header",
            Self::Nothing => "Nothing",
        })
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The media type.
    pub content_type: String,
    /// The body.
    pub body: String,
}

/// Why nothing came back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// Nobody listens there.
    #[error("nobody answers")]
    Unreachable,
    /// The gateway took longer than the aggregator waits.
    #[error("no response in time")]
    Late,
    /// The response is no HTTP, or too long.
    #[error("the response cannot be read")]
    Odd,
}

/// Octets of the longest response.
const LONGEST: usize = 64 * 1024;

/// Sends a request and waits for the response.
pub async fn exchange(
    gateway: SocketAddr,
    proof: &Proof,
    request: &Request,
    patience: Duration,
) -> Result<Response, PostError> {
    let exchanged = tokio::time::timeout(patience, async {
        let stream = TcpStream::connect(gateway).await.map_err(|_| PostError::Unreachable)?;
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|_| PostError::Odd)?;
        let driving = tokio::spawn(connection);
        let request = request_of(gateway, proof, request);
        let response = sender.send_request(request).await.map_err(|_| PostError::Odd)?;
        let status = response.status().as_u16();
        let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok());
        let content_type = kind.unwrap_or_default().to_owned();
        let body = Limited::new(response.into_body(), LONGEST).collect().await;
        let body = body.map_err(|_| PostError::Odd)?.to_bytes();
        let body = String::from_utf8(body.into()).map_err(|_| PostError::Odd)?;
        driving.abort();
        Ok(Response { status, content_type, body })
    });
    exchanged.await.unwrap_or(Err(PostError::Late))
}

/// Sends a request and is gone before the response: its last octet and the end of the connection leave
/// together, however busy the machine is.
///
/// # Errors
/// [`PostError::Unreachable`].
pub async fn send_and_go(
    gateway: SocketAddr,
    proof: &Proof,
    request: &Request,
) -> Result<(), PostError> {
    let mut stream = TcpStream::connect(gateway).await.map_err(|_| PostError::Unreachable)?;
    // A segment that is not full waits for more, or for the end of the connection; see tcp(7).
    #[cfg(target_os = "linux")]
    socket2::SockRef::from(&stream).set_tcp_cork(true).map_err(|_| PostError::Unreachable)?;
    write(&mut stream, gateway, proof, request).await
}

/// Sends a request, and gives the connection on which its answer will come.
///
/// # Errors
/// [`PostError::Unreachable`].
pub async fn send(
    gateway: SocketAddr,
    proof: &Proof,
    request: &Request,
) -> Result<TcpStream, PostError> {
    let mut stream = TcpStream::connect(gateway).await.map_err(|_| PostError::Unreachable)?;
    write(&mut stream, gateway, proof, request).await?;
    Ok(stream)
}

async fn write(
    stream: &mut TcpStream,
    gateway: SocketAddr,
    proof: &Proof,
    request: &Request,
) -> Result<(), PostError> {
    let signed = request_of(gateway, proof, request);
    let mut head = format!("{} {} HTTP/1.1\r\n", signed.method(), signed.uri());
    for (name, value) in signed.headers() {
        head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap_or_default()));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n{}", request.body.len(), request.body));
    stream.write_all(head.as_bytes()).await.map_err(|_| PostError::Unreachable)
}

#[expect(clippy::disallowed_methods, reason = "a signature says when it was made")]
fn request_of(
    gateway: SocketAddr,
    proof: &Proof,
    request: &Request,
) -> hyper::Request<Full<Bytes>> {
    let Request { method, target, content_type, body } = request;
    let mut built = hyper::Request::builder()
        .method(*method)
        .uri(target)
        .header("host", gateway.to_string())
        .header("user-agent", "setara-simulator");
    if !content_type.is_empty() {
        built = built.header("content-type", *content_type);
    }
    match proof {
        Proof::Nothing => {}
        Proof::Header(secret) => built = built.header("x-setara-secret", secret),
        Proof::Hmac(key) | Proof::Replay { key, .. } => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let time = now.as_secs();
            let nonce = match proof {
                Proof::Replay { nonce, .. } => nonce.clone(),
                _ => format!("{:032x}", rand::random::<u128>()),
            };
            let said = format!("{time}\n{nonce}\n{method}\n{target}\n{body}");
            let mut mac: Hmac<Sha256> =
                KeyInit::new_from_slice(key.as_bytes()).expect("a key of any length");
            mac.update(said.as_bytes());
            let octets = mac.finalize().into_bytes();
            let signature: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
            built = built
                .header("x-setara-timestamp", time)
                .header("x-setara-nonce", nonce)
                .header("x-setara-signature", signature);
        }
    }
    let body = Full::new(Bytes::from(body.clone()));
    built.body(body).expect("targets are made of what a URL may have")
}
