//! What several test binaries share.

#[allow(dead_code, reason = "not every test binary starts gateways in its process")]
pub mod log;
pub mod postgres;
