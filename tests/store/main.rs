//! The store on both databases: every test here runs on SQLite and on PostgreSQL.

#[path = "../support/mod.rs"]
mod support;

mod appointment;
mod bed;
mod certificate;
mod chat;
mod conflict;
mod exposure;
mod import;
mod inquiry;
mod lookup;
mod node;
mod officer;
mod parting;
mod people;
mod primary;
mod queue;
mod right;
mod schema;
mod secrets;
mod session;
mod story;
mod sweep;
mod ticket;
mod tls;
mod together;
mod turn;
mod waiting;
