//! Invented phones of conversation files: one whose case is asked, one that was near another case.

/// A case that is asked for its consent, and was tested the day before.
pub const ASKED: (&str, &str) = ("lab-sample-asked", "081290000111");

/// A case that has said yes, was tested the day before, and has uploaded.
pub const USED: (&str, &str) = ("lab-sample-used", "081290000113");

/// The phone that it was near, two days ago, and what that phone sent out.
pub const NEAR: (&str, &str) = ("token-of-the-sample", "081290000035");
