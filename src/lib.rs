//! Setara: one citizen service on every phone.

pub mod channel;
pub mod clock;
pub mod identity;
pub mod smpp;
pub mod text;
