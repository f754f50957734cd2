//! The real `setara` command, as a child process with a configuration file: killed, stopped, fed
//! with nonsense, and asked how it is. Its peers are the simulator's networks, raw sockets, and an
//! SMSC that we did not write.
//!
//! Every node here logs at the most talkative level, and whatever it wrote is searched for NIKs,
//! names and numbers when it ends.

#[path = "../support/mod.rs"]
mod support;

mod node;
mod npm;
mod push;
mod site;
mod walk;

mod backup;
mod certificate;
mod check;
mod commands;
mod dashboard;
mod exposure;
mod foreign;
mod guide;
mod hall;
mod networks;
mod officer;
mod pypi;
mod race;
mod readme;
mod reload;
mod restart;
mod right;
mod rotation;
mod seats;
mod sms;
mod sweep;
mod ticket;
#[cfg(feature = "otlp")]
mod traces;
mod verify;
mod web;
