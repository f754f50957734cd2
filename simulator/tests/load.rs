//! The load commands at their smallest, over real sockets: every figure that README names is there, and what
//! must be none is none. How fast it is, is not looked at.

use std::path::Path;

use serde_json::Value;
use tokio::process::Command;

/// What a command prints, one JSON object.
async fn load(args: &str) -> Value {
    let ran = Command::new(env!("CARGO_BIN_EXE_simulator"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .args(args.split(' '))
        .kill_on_drop(true)
        .output()
        .await
        .expect("the simulator");
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{args}: {said}");
    serde_json::from_slice(&ran.stdout).unwrap_or_else(|error| panic!("{args}: {error}: {said}"))
}

fn positive(figures: &Value, names: &[&str]) {
    for name in names {
        assert!(figures[name].as_f64().is_some_and(|figure| figure > 0.0), "{name}: {figures}");
    }
}

#[tokio::test]
async fn phones_that_dial_are_all_answered() {
    let closed = "load --phones 8 --seconds 2 --people 200 --open 20 --json";
    for args in [closed.to_owned(), format!("{closed} --rate 40")] {
        let figures = load(&args).await;
        positive(&figures, &["turns_per_s", "p50_ms", "p99_ms", "p999_ms", "rss_mb", "ratio"]);
        positive(&figures, &["bare_turns_per_s", "bare_p50_ms", "bare_p99_ms", "bare_p999_ms"]);
        assert_eq!(figures["errors"], 0, "{figures}");
    }
}

#[tokio::test]
async fn a_campaign_is_sent_once_and_texts_are_answered() {
    let small = "load sms --messages 300 --phones 4 --seconds 1 --window 10 --json";
    for args in [small.to_owned(), format!("{small} --drain-only --smsc-delay-ms 5")] {
        let figures = load(&args).await;
        positive(&figures, &["sms_per_s", "bare_sms_per_s", "ratio", "rss_mb", "turns_per_s"]);
        for none in ["lost", "duplicates", "unanswered"] {
            assert_eq!(figures[none], 0, "{none}: {figures}");
        }
    }
}
