//! The outside record: a gateway beside a Satu Data over HTTP that is well, slow, failing or away, on both
//! databases and over real sockets.

#[path = "../support/mod.rs"]
mod support;

mod bed;
mod conversations;
