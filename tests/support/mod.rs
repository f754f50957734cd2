//! What several test binaries share.

#[allow(dead_code, reason = "not every test binary binds chats")]
pub mod chat;
#[allow(dead_code, reason = "not every test binary starts gateways in its process")]
pub mod log;
#[allow(dead_code, reason = "not every test binary sees certificates")]
pub mod page;
pub mod postgres;
