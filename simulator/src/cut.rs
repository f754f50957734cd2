//! An answer over HTTP that never comes to its end: the connection breaks, and the caller knows nothing.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use hyper::body::Frame;

/// The beginning of one.
pub(crate) fn cut() -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CONTENT_LENGTH, "300")];
    (headers, Body::new(Broken)).into_response()
}

/// A body with nothing in it but an error.
struct Broken;

impl hyper::body::Body for Broken {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionReset.into())))
    }
}
