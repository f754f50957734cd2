//! Notices on their way to the networks: the rows on both databases, the worker against SMSCs on
//! real sockets, what chats bring, and what is left when something is killed.

#[path = "../support/mod.rs"]
mod support;

#[path = "../gateway/node.rs"]
#[allow(dead_code)]
mod node;

mod bed;
mod broadcasts;
mod chats;
mod cut;
mod documents;
mod drain;
mod exposure;
mod kills;
mod late;
mod near;
mod offers;
mod operator;
mod reminders;
mod rows;
mod smsc;
mod unseen;
mod webhook;
mod worker;
