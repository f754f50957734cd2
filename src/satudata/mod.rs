//! Satu Data over HTTP, as far as it is pure: what we ask ([`ask`]), what its answers and its events mean
//! ([`answer`], [`event`]), what proves who asks ([`proof`]), and when nobody is to ask at all
//! ([`breaker`]). It knows no socket, no clock and no database: requests and answers are octets here, and
//! `now` is an argument.
//!
//! The interface is not published anywhere. What we expect of it is written down as OpenAPI 3.1 in
//! `openapi.json` ([`OPENAPI`]), and a test holds this client and the simulated Satu Data against it.
//!
//! - A NIK never stands in a path: people are looked up by `POST /v1/persons/lookup`.
//! - A registration has a name of ours, the header `Idempotency-Key` (after
//!   draft-ietf-httpapi-idempotency-key-header): sent again, it gets the answer it got.
//! - What is pushed to us, or pulled by us, is a whole person with a version, so that it can come twice and
//!   in any order.

pub mod answer;
pub mod ask;
pub mod breaker;
pub mod event;
pub mod proof;

/// What we expect of Satu Data.
pub const OPENAPI: &str = include_str!("openapi.json");
