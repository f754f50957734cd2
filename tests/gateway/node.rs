//! One running `setara serve`.

use std::{
    net::SocketAddr,
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use setara::{
    clock::{self, Zone},
    service::sample::People,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    process::{Child, Command},
    sync::watch,
};

use crate::support::log;

/// How long anything may take before a test fails. Generous: machines that test are busy.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A node and what it has logged so far.
pub struct Node {
    child: Child,
    /// Under which what it says is kept.
    name: String,
    log: watch::Receiver<String>,
    http: SocketAddr,
}

impl Node {
    /// Starts a node and waits until it says that it has started.
    pub async fn start(config: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_setara"))
            .args(["serve", "--config"])
            .arg(config)
            .env_remove("RUST_LOG")
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the gateway");
        let stderr = BufReader::new(child.stderr.take().expect("piped above"));
        let (write, log) = watch::channel(String::new());
        tokio::spawn(async move {
            let mut lines = stderr.lines();
            while let Ok(Some(line)) = lines.next_line().await {
                write.send_modify(|log| {
                    log.push_str(&line);
                    log.push('\n');
                });
            }
        });
        let name = format!("gateway-{}", child.id().expect("it was started"));
        let mut node = Self { child, name, log, http: ([127, 0, 0, 1], 0).into() };
        let line = node.logged("gateway started").await;
        // As people read it, or as machines do.
        let told = line.split_once("http=").or_else(|| line.split_once("\"http\":\""));
        let http = told.and_then(|(_, rest)| rest.split([' ', '"']).next());
        node.http = http.expect("where the web side listens").parse().expect("an address");
        node
    }

    /// Waits for a line with these words in it, and gives it back.
    pub async fn logged(&self, words: &str) -> String {
        let found = |log: &str| log.lines().find(|line| line.contains(words)).map(str::to_owned);
        let mut log = self.log.clone();
        let waited = tokio::time::timeout(PATIENCE, log.wait_for(|log| found(log).is_some())).await;
        match waited {
            Ok(Ok(log)) => found(&log).expect("waited for it"),
            _ => panic!("never logged: {words}\n{}", self.last_lines()),
        }
    }

    /// A page of the web side: its status line and its body.
    pub async fn get(&self, path: &str) -> (String, String) {
        self.get_as(path, None).await
    }

    /// The same for whoever has a token.
    pub async fn get_as(&self, path: &str, token: Option<&str>) -> (String, String) {
        self.ask("GET", path, token, "").await
    }

    /// Has something done.
    pub async fn post(&self, path: &str, token: Option<&str>) -> (String, String) {
        self.ask("POST", path, token, "").await
    }

    /// Has something done with what a body says.
    pub async fn post_body(&self, path: &str, token: &str, body: &str) -> (String, String) {
        self.ask("POST", path, Some(token), body).await
    }

    /// Any request: method, path, token, body.
    pub async fn ask(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: &str,
    ) -> (String, String) {
        let token = token.map(|token| format!("Authorization: Bearer {token}\r\n"));
        self.request(method, path, &token.unwrap_or_default(), body).await
    }

    /// A form that somebody sends off.
    #[allow(dead_code, reason = "not every test binary has forms")]
    pub async fn form(&self, path: &str, body: &str) -> (String, String) {
        let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
        self.request("POST", path, kind, body).await
    }

    /// Any request with headers of its own, each with its line end.
    pub async fn request(
        &self,
        method: &str,
        path: &str,
        header: &str,
        body: &str,
    ) -> (String, String) {
        let mut stream = TcpStream::connect(self.http).await.expect("the web side");
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: setara\r\n{header}Content-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        if path == "/metrics" {
            log::add(&self.name, &answer);
        }
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        (head.lines().next().unwrap_or_default().to_owned(), body.to_owned())
    }

    /// Its process.
    #[allow(dead_code, reason = "not every test binary measures")]
    pub fn id(&self) -> u32 {
        self.child.id().expect("it is running")
    }

    /// Where its web side listens.
    #[allow(dead_code, reason = "not every test binary has others call")]
    pub fn http(&self) -> SocketAddr {
        self.http
    }

    /// Alive: it answers, whatever else is wrong.
    pub async fn is_well(&self) {
        assert_eq!(self.get("/healthz").await, ("HTTP/1.1 200 OK".into(), "ok\n".into()));
    }

    /// Ends it as a power cut does.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("it was running");
        discreet(&self.whole_log().await);
    }

    /// Tells it to stop.
    pub fn terminate(&self) {
        self.signal("-TERM");
    }

    /// Tells it to read its menus again.
    pub fn hang_up(&self) {
        self.signal("-HUP");
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().expect("it is running").to_string();
        let told = std::process::Command::new("kill").args([signal, &id]).status();
        assert!(told.expect("the kill command").success());
    }

    /// Waits for its end, and gives back how it ended and what it logged.
    pub async fn ended(mut self) -> (ExitStatus, String) {
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        let status = ended.expect("it ends in time").expect("it was running");
        let log = self.whole_log().await;
        discreet(&log);
        (status, log)
    }

    /// Stops it in good order.
    pub async fn stop(self) -> String {
        log::metrics(self.http).await;
        self.terminate();
        let (status, log) = self.ended().await;
        assert!(status.success(), "{status}");
        assert!(log.contains("gateway stopped"));
        log
    }

    async fn whole_log(&self) -> String {
        let mut log = self.log.clone();
        // The writer is gone when everything was read.
        while log.changed().await.is_ok() {}
        let log = log.borrow().clone();
        log::add(&self.name, &log);
        assert!(!log.contains("panicked at"), "{log}");
        log
    }

    fn last_lines(&self) -> String {
        let log = self.log.borrow();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

/// Nothing in a text tells who anybody of the sample is.
pub fn discreet(text: &str) {
    let small = text.to_lowercase();
    for entry in People::new(1, clock::now().date(Zone::Wib)).take(40) {
        let number = entry.phone.as_ref().map(|phone| phone.as_str().trim_start_matches("+62"));
        let name = entry.name.as_str().to_lowercase();
        for secret in [entry.nik.as_str(), &name].into_iter().chain(number) {
            let line = small.lines().find(|line| line.contains(secret));
            assert!(line.is_none(), "{secret} is told: {line:?}");
        }
    }
}
