//! libFuzzer's way into the targets: which one is in `SETARA_FUZZ`.

#![no_main]

use std::sync::LazyLock;

mod targets;

static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = std::env::var("SETARA_FUZZ").unwrap_or_default();
    let named = targets::TARGETS.iter().find(|(known, _)| *known == name);
    named.unwrap_or_else(|| panic!("no target `{name}`")).1
});

libfuzzer_sys::fuzz_target!(|octets: &[u8]| TARGET(octets));
