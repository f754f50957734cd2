//! The short run of the fuzz targets: every kept input, and some hundred changes of each. The long
//! run, guided by coverage, is `tests/fuzz/run`; what it finds becomes an input that is kept here,
//! or a test beside the parser.

use std::{fs, path::Path};

use rand::{Rng, RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};

#[path = "fuzz/targets.rs"]
mod targets;

/// Changed inputs for each target.
const CHANGED: usize = 2000;

/// The kept inputs of a target.
fn kept(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(target);
    let files = fs::read_dir(folder).expect("kept inputs").map(|file| file.expect("a file").path());
    let mut files: Vec<_> = files.collect();
    files.sort();
    files.iter().map(|file| fs::read(file).expect("an input")).collect()
}

fn holds(target: &str) {
    let (_, check) = targets::TARGETS.iter().find(|(name, _)| *name == target).expect("a target");
    let kept = kept(target);
    assert!(!kept.is_empty(), "no input is kept for {target}");
    let mut random = StdRng::seed_from_u64(119);
    let changed = (0..CHANGED).map(|_| change(&mut random, &kept));
    for octets in kept.iter().cloned().chain(changed) {
        // A panic alone would not say what it was about.
        let told = std::panic::catch_unwind(|| check(&octets));
        assert!(told.is_ok(), "{target}: {}", octets.escape_ascii());
    }
}

/// An input with a few changes: octets turned over, parts left out, repeated or taken from another.
fn change(random: &mut StdRng, kept: &[Vec<u8>]) -> Vec<u8> {
    let mut octets = kept.choose(random).expect("an input").clone();
    for _ in 0..random.random_range(1..=4) {
        let at = random.random_range(0..=octets.len());
        let end = random.random_range(at..=octets.len().min(at + 64));
        match random.random_range(0..5) {
            0 => random.fill_bytes(&mut octets[at..end.min(at + 4)]),
            1 => drop(octets.drain(at..end)),
            2 => {
                let other = kept.choose(random).expect("an input");
                let from = random.random_range(0..=other.len());
                let to = random.random_range(from..=other.len().min(from + 64));
                octets.splice(at..end, other[from..to].iter().copied());
            }
            3 => {
                let part = octets[at..end].to_vec();
                octets.splice(at..at, part);
            }
            _ => {
                let edges = [0, 0x1b, 0x20, 0x7f, 0x80, 0xff, b'*', b'#', b'"', b'\n'];
                octets.insert(at, edges.choose(random).copied().expect("one"));
            }
        }
    }
    octets
}

/// One test for each target; together they are all of them.
macro_rules! targets {
    ($($name:ident),*) => {
        $(
            #[test]
            fn $name() {
                holds(stringify!($name));
            }
        )*

        #[test]
        fn every_target_is_run() {
            let names: Vec<_> = targets::TARGETS.iter().map(|(name, _)| *name).collect();
            assert_eq!(names, [$(stringify!($name)),*]);
        }
    };
}

targets!(frame, dialect, provider, event, mmi, menu, story, roster, config, certificate);
