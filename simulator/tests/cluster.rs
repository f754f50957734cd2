//! Three nodes, PostgreSQL with a standby, people and a campaign: a node is killed, then the primary.

use std::process::Command;

/// The command as anybody runs it, in a short form. A text that a dying node had just sent is sent once
/// more, because SMPP has no name for it that would keep it from being a second one. The database is away
/// for longer than the network waits before it brings a message again, to another node: of the two copies
/// only one may be answered.
#[test]
fn nothing_is_lost_when_a_node_and_then_the_primary_are_killed() {
    let menus = concat!(env!("CARGO_MANIFEST_DIR"), "/../menus/pedulilindungi");
    let run = ["cluster", "--json", "--seconds", "12", "--phones", "12", "--notices", "400"];
    let output = Command::new(env!("CARGO_BIN_EXE_simulator"))
        .args(run)
        .args(["--watchdog", "5", "--menus", menus])
        .output()
        .expect("the simulator");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let figures: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("one JSON object");
    let is =
        |name: &str, number: u64| assert_eq!(figures[name], number, "{name}: {figures:#}\n{told}");
    for name in ["registered_lost", "registered_twice", "complained_lost", "complained_twice"] {
        is(name, 0);
    }
    is("notices_lost", 0);
    is("strays", 0);
    is("wrong_screens", 0);
    for (name, least) in [("registered", 12), ("complained", 4)] {
        assert!(figures[name].as_u64().is_some_and(|many| many >= least), "{name}: {figures:#}");
    }
    assert_eq!(figures["notices_ended"], serde_json::json!({ "delivered": 400 }), "{figures:#}");
    for killed in ["node_killed", "primary_killed"] {
        let Some(continued) = figures[killed]["continued"].as_u64() else { panic!("{figures:#}") };
        assert!(continued > 0, "{killed}: {figures:#}");
    }
}
