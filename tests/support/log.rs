//! What gateways say during the tests, kept for `tests/output.rs` to search when all is over.
//!
//! `SETARA_TEST_LOGS` names the folder. Without it nothing is kept, because nobody would look.

use std::{
    fs::{File, OpenOptions},
    io::Write,
    net::SocketAddr,
    path::PathBuf,
    sync::{Mutex, Once},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tracing_subscriber::{EnvFilter, fmt::format::FmtSpan};

/// What the gateways of this process log. Everything of ours, and of the libraries what is of use
/// to somebody who looks for a fault: SQL, HTTP. Spans too, because traces leave the house.
const FILTER: &str = "debug,setara=trace,simulator=trace";

/// Keeps what gateways inside of this process log.
pub fn keep() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if let Some(file) = file(&format!("tests-{}", std::process::id())) {
            tracing_subscriber::fmt()
                .with_env_filter(EnvFilter::new(FILTER))
                .with_span_events(FmtSpan::CLOSE)
                .with_ansi(false)
                .with_writer(Mutex::new(file))
                .init();
        }
    });
}

/// Keeps some text that a gateway gave away, under a name.
pub fn add(name: &str, text: &str) {
    if let Some(mut file) = file(name) {
        file.write_all(text.as_bytes()).expect("a log that can be written");
    }
}

/// Keeps what a gateway counts.
pub async fn metrics(http: SocketAddr) {
    if folder().is_none() {
        return;
    }
    let mut stream = TcpStream::connect(http).await.expect("the web side");
    let request = "GET /metrics HTTP/1.1\r\nHost: setara\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    add(&format!("metrics-{}", std::process::id()), &answer);
}

fn folder() -> Option<PathBuf> {
    std::env::var_os("SETARA_TEST_LOGS").map(PathBuf::from)
}

fn file(name: &str) -> Option<File> {
    let path = folder()?.join(name).with_extension("log");
    let file = OpenOptions::new().create(true).append(true).open(path);
    Some(file.expect("SETARA_TEST_LOGS is a folder"))
}
