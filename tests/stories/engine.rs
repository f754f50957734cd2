//! Plays a story against the engine: no wire, but a real database and every turn stored.

use setara::{cli::menu::rehearsal, menu::story::Story};

use crate::{Seen, country::Country};

pub async fn run(country: &Country, story: &Story) -> Seen {
    rehearsal::replay(country, "plain", story).await.expect("a story that can be played")
}
