//! The SMPP rooms through their public doors: codec, session, link.

#[path = "smpp/link.rs"]
mod link;
#[path = "smpp/pair.rs"]
mod pair;
