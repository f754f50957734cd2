//! Setara.
