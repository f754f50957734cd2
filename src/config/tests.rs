//! The default, what stands in its comments, and mistakes.

use super::*;

#[test]
fn the_default_is_whole() {
    let config = Config::parse("").unwrap();
    assert!(config.operator.is_empty());
    assert_eq!(config.dialect["plain"].end, 0x11);
    assert_eq!(config.profiles().len(), 2, "one room of a dialect, and the chat's");
}

#[test]
fn a_dialect_or_provider_that_means_nothing_is_refused() {
    let parse = |lines: &str| Config::parse(lines).map(drop).map_err(|error| error.to_string());
    for (lines, told) in [
        ("dialect.plain.end_bit = 'lowest'", "dialect.plain: `end_bit` needs a field"),
        ("dialect.plain.answer = 1", "dialect.plain: `begin` and `answer` are the same"),
        ("dialect.plain.abort = [18]", "dialect.plain: an `abort` is also"),
        ("dialect.plain.shown = 18", "dialect.plain: `shown` is also"),
        ("dialect.plain.end = 2", "dialect.plain: `ask` and `end` are the same"),
        ("dialect.plain.input = 0", "dialect.plain: `input` must be at least 1"),
        ("dialect.plain.code_in = []", "dialect.plain: `code_in` is empty"),
        ("provider.nalo.open_seconds = 0", "provider.nalo: `open_seconds` must be"),
        ("provider.nalo.deadline_ms = 0", "provider.nalo: `deadline_ms` must be more"),
        ("provider.nalo.first = 0", "provider.nalo: `first` and `next` must be"),
        ("limits.http_connections = 0", "limits.http_connections must be at least 1"),
    ] {
        let refused = parse(lines).expect_err(lines);
        assert!(refused.starts_with(told), "{lines}: {refused}");
    }
}

#[test]
fn the_operator_in_the_comments_is_one() {
    let commented = DEFAULT
        .lines()
        .skip_while(|line| !line.starts_with("# [operator"))
        .take_while(|line| line.starts_with('#'))
        .map(|line| line.trim_start_matches('#').trim_start())
        .collect::<Vec<_>>()
        .join("\n");
    let config = Config::parse(&commented).unwrap();
    assert_eq!(config.operator["telco"].link[0].interface_version, 0x34);
}

#[test]
fn the_callback_in_the_comments_is_one() {
    let commented = DEFAULT
        .lines()
        .skip_while(|line| !line.starts_with("# [callback"))
        .take_while(|line| line.starts_with("# "))
        .map(|line| line.trim_start_matches('#').trim_start())
        .collect::<Vec<_>>()
        .join("\n");
    let config = Config::parse(&commented).unwrap();
    assert_eq!(config.callback["agg"].proof, Proof::Header);
    assert!(!format!("{config:?}").contains("long, and random"));
}

#[test]
fn the_number_in_the_comments_is_one() {
    let commented = DEFAULT
        .lines()
        .skip_while(|line| !line.starts_with("# [whatsapp"))
        .take_while(|line| line.starts_with("# "))
        .map(|line| line.trim_start_matches('#').trim_start())
        .collect::<Vec<_>>()
        .join("\n");
    let whatsapp = Config::parse(&commented).unwrap().whatsapp.unwrap();
    assert_eq!(whatsapp.per_second, 80);
    assert!(whatsapp.templates().for_notice(None).is_some());
}

#[test]
fn a_callback_that_proves_nothing_is_refused() {
    let parse = |lines: &str| {
        let head = "[callback.a]\nprovider = \"nalo\"\n";
        Config::parse(&format!("{head}{lines}")).map(drop).map_err(|error| error.to_string())
    };
    assert_eq!(parse("proof = \"open\""), Ok(()));
    for (lines, told) in [
        ("", "proof"),
        ("proof = \"header\"", "fewer than 16"),
        ("proof = \"hmac\"\nsecret = \"short\"", "fewer than 16"),
        ("proof = \"open\"\n[http]\nlisten = \"0.0.0.0:80\"", "anybody could call"),
        ("proof = \"open\"\nallow = [\"nowhere\"]", "allow"),
        ("proof = \"open\"\n[callback.b]\nprovider = \"x\"\nproof = \"open\"", "`x`"),
        ("proof = \"open\"\n[callback.b]\nprovider = \"aat\"\nproof = \"open\"", "`url`"),
        ("proof = \"open\"\n[callback.\"a/b\"]\nprovider = \"nalo\"\nproof = \"open\"", "path"),
    ] {
        let error = parse(lines).unwrap_err();
        assert!(error.contains(told), "{lines}: {error}");
    }
}

#[test]
fn a_mistake_is_named() {
    for (text, told) in [
        ("[http]\nlisten = 3", "listen"),
        ("[htpp]\nlisten = \"127.0.0.1:1\"", "htpp"),
        ("[operator.a]\ndialect = \"klingon\"\nlink = []", "no dialect `klingon`"),
        ("[turns]\nlanes = 0", "turns.lanes must be at least 1"),
        ("[lookups]\nphones_per_nik = 0", "lookups.phones_per_nik must be at least 1"),
        ("[lookups]\nwindow_hours = 100", "lookups.window_hours is 99 at most"),
        ("[appointments]\nremind_at = 24", "appointments.remind_at is from 0 to 23"),
        ("[appointments]\nhold_minutes = 0", "appointments.hold_minutes is from 1 to 60"),
        ("[appointments]\ndays = 0", "appointments.days is from 1 to 31"),
        ("[appointments]\ndays = 32", "appointments.days is from 1 to 31"),
        ("[appointments]\noffers = 0", "appointments.offers is from 1 to 255"),
        ("[appointments]\nwait_days = 0", "appointments.wait_days is from 1 to 366"),
        ("[appointments]\nlines = 4", "appointments.lines is from 1 to 3"),
        ("[appointments]\nline_length = 0", "appointments.line_length is from 1 to 20000"),
        ("[appointments]\noffer_minutes = 0", "appointments.offer_minutes is from 1 to 1440"),
        ("[outbox]\ncampaigns_at_once = 0", "outbox.campaigns_at_once is from 1 to 256"),
        ("[checks]\nweb_addresses = 0", "checks.web_addresses must be at least 1"),
        ("[limits]\npushes_waiting = 0", "limits.pushes_waiting must be at least 1"),
        (&link("window = 0"), "operator.a.link: window is from 1 to 65536"),
        (&link("inbound = 100000"), "operator.a.link: inbound is from 1 to 65536"),
        ("[http", "http"),
    ] {
        let error = Config::parse(text).unwrap_err().to_string();
        assert!(error.contains(told), "{text}: {error}");
    }
}

#[test]
fn no_password_is_shown() {
    assert!(!format!("{:?}", Config::parse(&link("")).unwrap()).contains("hush"));
}

/// An operator with one link, which has this setting.
fn link(setting: &str) -> String {
    format!(
        "[operator.a]\ndialect = \"plain\"\n[[operator.a.link]]\naddress = \"h:1\"\n\
         system_id = \"s\"\npassword = \"hush-hush\"\n{setting}"
    )
}
