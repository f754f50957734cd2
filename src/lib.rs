//! Setara: one citizen service on every phone.

pub mod channel;
pub mod clock;
pub mod conversation;
pub mod diagnostic;
pub mod engine;
pub mod identity;
pub mod menu;
pub mod service;
pub mod smpp;
pub mod store;
pub mod text;
pub mod vault;
