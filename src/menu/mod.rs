//! Authored screens, and what to show next.
//!
//! A menu is written in TOML (`load`), proved to be whole (`check`) and then driven one answer at a
//! time (`step`). Nothing here knows a service, a channel, a database or a clock: the service is a
//! [`Catalogue`](catalogue::Catalogue) of signatures, a channel is a [`Frame`](view::Frame).
//!
//! **Architecture Invariant:** a [`Menu`](model::Menu) exists only by [`check`](check::check), so
//! no screen can be broken, cut or unreachable when it is shown.

pub mod catalogue;
pub mod check;
pub mod graph;
pub mod keyword;
pub mod language;
pub mod load;
pub mod model;
pub mod notice;
pub mod refusal;
pub mod state;
pub mod step;
pub mod story;
pub mod template;
pub mod version;
pub mod view;
