//! Gateways as processes of their own: how they are started, waited for and stopped.
//!
//! Nothing is waited for without an end: whoever measures is told what did not come.

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use simulator::operator::Operator;
use simulator::whatsapp::Cloud;
use tokio::process::{Child, Command};

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// How long a gateway may take until it is there, with a million people in its record.
const START: Duration = Duration::from_secs(120);

/// How long it may take to stop: it gives what runs ten seconds, and its database some more.
const STOP: Duration = Duration::from_secs(60);

/// What is done, if it is done in time.
pub async fn within<T>(
    most: Duration,
    what: &str,
    done: impl Future<Output = Result<T, Failed>>,
) -> Result<T, Failed> {
    let late = |_| format!("{what}: not within {} s", most.as_secs());
    tokio::time::timeout(most, done).await.map_err(late)?
}

/// A gateway as a process of its own; `said` is where its log goes.
pub fn start_node(file: &Path, said: impl Into<Stdio>) -> Result<Child, Failed> {
    let node = Command::new(std::env::current_exe()?)
        .args([Path::new("gateway"), file])
        // What one leaves behind that is killed goes with the folder.
        .envs(file.parent().map(|folder| ("TMPDIR", folder)))
        .stdin(Stdio::null())
        .stderr(said)
        .kill_on_drop(true)
        .spawn()?;
    Ok(node)
}

/// Runs a command of the gateway as a process of its own; gives what it printed.
pub async fn setara(file: &Path, arguments: &[&str]) -> Result<String, Failed> {
    let done = Command::new(std::env::current_exe()?)
        .args(["setara", "--config"])
        .arg(file)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .output()
        .await?;
    if !done.status.success() {
        return Err(format!("setara {} failed", arguments.join(" ")).into());
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// Waits until so many links are bound; the last gateway may end instead, and has then said why.
pub async fn bound(network: &Operator, links: usize, last: &mut Child) -> Result<(), Failed> {
    within(START, &format!("{links} links are bound"), async {
        tokio::select! {
            bound = network.bound(links) => Ok(bound?),
            ended = last.wait() => Err(format!("the gateway ended with {}", ended?).into()),
        }
    })
    .await
}

/// A port that is free now.
pub async fn free_port() -> Result<SocketAddr, Failed> {
    Ok(tokio::net::TcpListener::bind("127.0.0.1:0").await?.local_addr()?)
}

/// Waits until the gateway knows the cloud at its webhook; it may end instead, and has then said why.
pub async fn ready(cloud: &Cloud, listen: SocketAddr, child: &mut Child) -> Result<(), Failed> {
    let url = format!("http://{listen}/whatsapp");
    let until = Instant::now() + START;
    while let Err(error) = cloud.subscribe(&url).await {
        if Instant::now() > until {
            return Err(format!("the gateway takes no events: {error}").into());
        }
        if let Some(ended) = child.try_wait()? {
            return Err(format!("the gateway ended with {ended}").into());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// Tells a gateway to stop, and waits until it has.
pub async fn stop(mut child: Child) -> Result<(), Failed> {
    if let Some(pid) = child.id() {
        let terminated = Command::new("kill").arg(pid.to_string()).status().await?;
        if !terminated.success() {
            return Err("the gateway could not be told to stop".into());
        }
    }
    let ended = async { Ok(child.wait().await?) };
    let status = within(STOP, "the gateway stops", ended).await?;
    if status.success() { Ok(()) } else { Err(format!("the gateway ended with {status}").into()) }
}
