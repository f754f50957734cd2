//! Setara: one citizen service on every phone.
#![doc = include_str!("ARCHITECTURE.md")]

pub mod app;
pub mod certificate;
pub mod channel;
pub mod cli;
pub mod clock;
pub mod config;
pub mod conversation;
pub mod diagnostic;
pub mod engine;
pub mod front;
pub mod http;
pub mod identity;
pub mod keyfile;
pub mod limits;
pub mod menu;
pub mod menus;
pub mod outbox;
pub mod satudata;
pub mod service;
pub mod smpp;
pub mod store;
pub mod telemetry;
pub mod text;
pub mod vault;
