//! Every conversation file of `tests/stories`, many times: against the engine on SQLite and on
//! PostgreSQL, over real SMPP sockets on each dialect, over real HTTP at each aggregator, by SMS, and on
//! a chat.
//!
//! What is told first by SMS stands in `tests/texts`: it runs against the engine, and by SMS and on a chat
//! over the wire, with the calls in it on the same phone.
//!
//! `UPDATE_STORIES=1` writes what the engine really shows into the files, to be read before it is
//! committed.

#[path = "support/mod.rs"]
mod support;

#[path = "stories/chats.rs"]
mod chats;
#[path = "stories/country.rs"]
mod country;
#[path = "stories/engine.rs"]
mod engine;
#[path = "stories/road.rs"]
mod road;
#[path = "stories/texts.rs"]
mod texts;

use std::path::Path;

use setara::{
    cli::menu::{rehearsal::Seen, test::differences},
    menu::story::{Story, StoryError, rewrite},
};

use self::road::Road;

fn on_sqlite(path: &Path, text: String) -> datatest_stable::Result<()> {
    let (story, seen) = block_on(async {
        let country = country::Country::on_sqlite().await;
        let story = country.story(&text)?;
        let seen = engine::run(&country, &story).await;
        Ok::<_, StoryError>((story, seen))
    })?;
    if std::env::var_os("UPDATE_STORIES").is_some() {
        std::fs::write(path, rewrite(&text, &seen))?;
        return Ok(());
    }
    compare(&story, &seen)
}

fn on_postgres(_: &Path, text: String) -> datatest_stable::Result<()> {
    let (story, seen) = block_on(async {
        let country = country::Country::on_postgres().await;
        let story = country.story(&text)?;
        let seen = engine::run(&country, &story).await;
        Ok::<_, StoryError>((story, seen))
    })?;
    compare(&story, &seen)
}

/// A test for each path: the dialects that the simulated network speaks, and the aggregators that
/// speak USSD over HTTP.
macro_rules! on_paths {
    ($($road:ident { $($test:ident = $path:literal,)* })*) => {
        $($(fn $test(_: &Path, text: String) -> datatest_stable::Result<()> {
            over_sockets(Road::$road($path), &text)
        })*)*
    };
}

on_paths! {
    network {
        on_plain = "plain",
        on_its = "its",
        on_sixdee = "sixdee",
        on_mica = "mica",
        on_p2 = "p2",
        on_huawei = "huawei",
    }
    aggregator {
        on_africastalking = "africastalking",
        on_infobip = "infobip",
        on_hubtel = "hubtel",
        on_nalo = "nalo",
        on_korba = "korba",
        on_aat = "aat",
        on_safaricom = "safaricom",
    }
}

/// The same by SMS.
fn on_sms(_: &Path, text: String) -> datatest_stable::Result<()> {
    let (story, seen) = block_on(async {
        let country = country::Country::on_sqlite().await;
        let mut story = country.story(&text)?;
        let seen = texts::run(&country, &mut story).await;
        Ok::<_, StoryError>((story, seen))
    })?;
    compare(&story, &seen)
}

/// The same on a chat.
fn on_whatsapp(_: &Path, text: String) -> datatest_stable::Result<()> {
    let (story, seen) = block_on(async {
        let country = country::Country::on_sqlite().await;
        let mut story = country.story(&text)?;
        let seen = chats::run(&country, &mut story).await;
        Ok::<_, StoryError>((story, seen))
    })?;
    compare(&story, &seen)
}

fn over_sockets(road: impl Future<Output = Road>, text: &str) -> datatest_stable::Result<()> {
    let story = Story::parse(text)?;
    let seen = block_on(async {
        let country = country::Country::on_sqlite().await;
        road::run(&country, road.await, &story).await
    });
    compare(&story, &seen)
}

fn compare(story: &Story, seen: &Seen) -> datatest_stable::Result<()> {
    differences(story, seen).map_or(Ok(()), |wrong| Err(wrong.into()))
}

fn block_on<T>(story: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let seen = runtime.block_on(story);
    runtime.shutdown_background();
    seen
}

datatest_stable::harness! {
    { test = on_sqlite, root = "tests/stories", pattern = r"\.story$" },
    { test = on_postgres, root = "tests/stories", pattern = r"\.story$" },
    { test = on_plain, root = "tests/stories", pattern = r"\.story$" },
    { test = on_its, root = "tests/stories", pattern = r"\.story$" },
    { test = on_sixdee, root = "tests/stories", pattern = r"\.story$" },
    { test = on_mica, root = "tests/stories", pattern = r"\.story$" },
    { test = on_p2, root = "tests/stories", pattern = r"\.story$" },
    { test = on_huawei, root = "tests/stories", pattern = r"\.story$" },
    { test = on_africastalking, root = "tests/stories", pattern = r"\.story$" },
    { test = on_infobip, root = "tests/stories", pattern = r"\.story$" },
    { test = on_hubtel, root = "tests/stories", pattern = r"\.story$" },
    { test = on_nalo, root = "tests/stories", pattern = r"\.story$" },
    { test = on_korba, root = "tests/stories", pattern = r"\.story$" },
    { test = on_aat, root = "tests/stories", pattern = r"\.story$" },
    { test = on_safaricom, root = "tests/stories", pattern = r"\.story$" },
    { test = on_sms, root = "tests/stories", pattern = r"\.story$" },
    { test = on_whatsapp, root = "tests/stories", pattern = r"\.story$" },
    { test = on_sqlite, root = "tests/texts", pattern = r"\.story$" },
    { test = on_postgres, root = "tests/texts", pattern = r"\.story$" },
    { test = on_sms, root = "tests/texts", pattern = r"\.story$" },
    { test = on_whatsapp, root = "tests/texts", pattern = r"\.story$" },
}
