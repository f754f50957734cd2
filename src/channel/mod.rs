//! Channels: what providers say, as one vocabulary.

pub mod ussd;
