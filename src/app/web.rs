//! The listener of the web side: as many connections as the configuration allows, each of which has to
//! say what it wants within [`TO_ASK`]. Whoever only holds connections open keeps nobody else out.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulConnection, GracefulShutdown},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tower_service::Service;

/// How long the head of a request may take, also of the next one on a connection that is kept.
const TO_ASK: Duration = Duration::from_secs(30);

/// How long requests under way may take when the gateway stops.
const TO_END: Duration = Duration::from_secs(10);

/// After an error of the system, such as too many open files.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stopped`, and then what is under way. A connection beyond `most` waits to be accepted.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    most: usize,
    stopped: impl Future<Output = ()>,
) {
    let (places, graceful) = (Arc::new(Semaphore::new(most)), GracefulShutdown::new());
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(TO_ASK);
    let mut stopped = std::pin::pin!(stopped);
    loop {
        let accepted = async {
            // Never closed.
            let place = Arc::clone(&places).acquire_owned().await.ok();
            (listener.accept().await, place)
        };
        let (accepted, place) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut stopped => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let connection = graceful.watch(connection(&http, &router, stream, peer));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(TO_END, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still under way when the web side ended");
    }
}

fn connection(
    http: &http1::Builder,
    router: &Router,
    stream: TcpStream,
    peer: SocketAddr,
) -> impl GracefulConnection<Error = hyper::Error> + use<> {
    // A reply is one small write: nothing is gained by waiting for more of it.
    let _ = stream.set_nodelay(true);
    let router = router.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().call(request)
    });
    http.serve_connection(TokioIo::new(stream), service)
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        sync::oneshot,
        time::Instant,
    };

    use super::*;

    /// Time passes only where everybody waits.
    #[tokio::test(start_paused = true)]
    async fn who_holds_a_connection_and_asks_nothing_loses_it() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let router = Router::new().route("/", get(async || "here"));
        let serving = tokio::spawn(serve(listener, router, 1, async { _ = stopped.await }));

        let began = Instant::now();
        let mut idle = TcpStream::connect(address).await.unwrap();
        idle.write_all(b"GET / HTTP/1.1\r\nHost:").await.unwrap();
        let mut asking = TcpStream::connect(address).await.unwrap();
        asking.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut said = String::new();
        asking.read_to_string(&mut said).await.unwrap();
        assert!(said.ends_with("here"), "{said}");
        assert!(began.elapsed() >= TO_ASK, "the place was not free before");
        said.clear();
        idle.read_to_string(&mut said).await.unwrap();
        assert!(!said.contains("200 OK"), "{said}");
        stop.send(()).unwrap();
        serving.await.unwrap();
    }
}
