//! The outside record: a gateway beside a Satu Data over HTTP that is well, slow, failing or away, on both
//! databases and over real sockets.

#[path = "../support/mod.rs"]
mod support;

#[path = "../gateway/node.rs"]
#[allow(dead_code)]
mod node;

#[path = "../stories/chats.rs"]
#[allow(dead_code)]
mod chats;
#[path = "../stories/country.rs"]
#[allow(dead_code)]
mod country;
#[path = "../stories/road.rs"]
mod road;
#[path = "../stories/texts.rs"]
mod texts;

mod appointments;
mod bed;
mod channels;
mod checks;
mod contract;
mod conversations;
mod cut;
mod events;
mod killed;
mod officer;
mod outage;
mod stories;
mod tls;

use setara::cli::menu::rehearsal::Seen;
