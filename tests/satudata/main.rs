//! The outside record: a gateway beside a Satu Data over HTTP that is well, slow, failing or away, on both
//! databases and over real sockets.

#[path = "../support/mod.rs"]
mod support;

#[path = "../gateway/node.rs"]
#[allow(dead_code)]
mod node;

mod bed;
mod contract;
mod conversations;
mod events;
mod killed;
mod officer;
mod stories;
mod tls;
