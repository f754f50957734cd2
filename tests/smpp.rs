//! The SMPP rooms through their public doors: codec, session, link.

#[path = "smpp/codec.rs"]
mod codec;
#[path = "smpp/link.rs"]
mod link;
#[path = "smpp/oddities.rs"]
mod oddities;
#[path = "smpp/oracles.rs"]
mod oracles;
#[path = "smpp/pair.rs"]
mod pair;
