//! What stands before several gateways: every connection goes to the next of them.
//!
//! It reads nothing of what passes. A caller that opens a connection for each request, as aggregators do
//! here, so comes to another gateway with every step of a session.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A port that shares its connections out. It closes, and they break, when this is dropped.
#[derive(Debug)]
pub struct Balancer {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Balancer {
    /// Opens a free port before these.
    pub async fn start(gateways: Vec<SocketAddr>) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let accepting = tokio::spawn(async move {
            // Connections end with the set, and so with this task.
            let mut passing = tokio::task::JoinSet::new();
            let mut turn = 0;
            while let Ok((caller, _)) = listener.accept().await {
                while passing.try_join_next().is_some() {}
                turn += 1;
                let (before, behind) = gateways.split_at(turn % gateways.len().max(1));
                passing.spawn(pass(caller, behind.iter().chain(before).copied().collect()));
            }
        });
        Ok(Self { address, accepting })
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Carries octets both ways between a caller and the first of these that takes the connection.
async fn pass(mut caller: TcpStream, gateways: Vec<SocketAddr>) {
    for gateway in gateways {
        if let Ok(mut stream) = TcpStream::connect(gateway).await {
            // Either side may break off: the other one sees it.
            let _ = tokio::io::copy_bidirectional(&mut caller, &mut stream).await;
            return;
        }
    }
}
