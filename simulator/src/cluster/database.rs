//! PostgreSQL, a primary and its synchronous standby, both gone with this process.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::Failed;

/// How a primary ends.
pub enum Ending {
    /// The kernel closes its connections.
    Killed,
    /// Without a word, as after a power cut: its connections stay open.
    Held,
}

/// The two servers. The script that holds them ends them when its standard input is closed.
pub struct Servers {
    url: String,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    script: Child,
}

impl Servers {
    /// Starts a primary and lets a standby follow it.
    pub async fn start() -> Result<Self, Failed> {
        let mut script = Command::new("sh")
            .args(["-c", include_str!("postgres")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(orders), Some(answers)) = (script.stdin.take(), script.stdout.take()) else {
            return Err("the shell has no pipes".into());
        };
        let mut answers = BufReader::new(answers).lines();
        let ports = answers.next_line().await?.unwrap_or_default();
        let Some((primary, standby)) = ports.split_once(' ') else {
            return Err("PostgreSQL did not start; see above".into());
        };
        let url = format!("postgres://setara@127.0.0.1:{primary},127.0.0.1:{standby}/postgres");
        Ok(Self { url, orders, answers, script })
    }

    /// Both, as a gateway is told of them.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Ends the primary.
    pub async fn end(&mut self, how: Ending) -> Result<(), Failed> {
        let order = match how {
            Ending::Killed => "kill",
            Ending::Held => "hold",
        };
        self.order(order).await.map(drop)
    }

    /// Makes the standby the primary.
    pub async fn promote(&mut self) -> Result<(), Failed> {
        self.order("promote").await.map(drop)
    }

    /// What the primary says to a query: one line a row, its columns parted by `|`.
    pub async fn ask(&mut self, sql: &str) -> Result<Vec<String>, Failed> {
        self.order(&format!("sql {sql}")).await
    }

    /// Ends both.
    pub async fn stop(mut self) -> Result<(), Failed> {
        drop(self.orders);
        self.script.wait().await?;
        Ok(())
    }

    async fn order(&mut self, order: &str) -> Result<Vec<String>, Failed> {
        self.orders.write_all(format!("{order}\n").as_bytes()).await?;
        let mut lines = Vec::new();
        while let Some(line) = self.answers.next_line().await? {
            if line == "." {
                return Ok(lines);
            }
            lines.push(line);
        }
        Err("PostgreSQL ended".into())
    }
}
