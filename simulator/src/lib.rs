//! The country in a box: operators with an SMSC and a USSD centre, aggregators that
//! speak USSD over HTTP, WhatsApp with its users, a national record, an app's back end, phones with a script, and a web
//! page with phones for people.
//!
//! It talks to the gateway only over real sockets, and encodes and decodes USSD with its own code,
//! so that a misunderstanding on either side shows. From the gateway's crate this library uses the SMPP
//! wire alone (`setara::smpp`), which is tested against peers that we did not write.

pub mod aggregator;
pub mod alphabet;
pub mod balancer;
pub mod bench;
mod cut;
pub mod network;
pub mod number;
pub mod operator;
pub mod outage;
pub mod page;
pub mod phone;
pub mod play;
pub mod race;
pub mod responder;
pub mod satudata;
pub mod sijejak;
pub mod sink;
pub mod whatsapp;
mod wire;
