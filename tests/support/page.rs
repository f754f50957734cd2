//! What poppler reads on a page.

use std::{fs, process::Command};

/// The words of a PDF, which has one page.
pub fn words(pdf: &[u8]) -> String {
    let file = std::env::temp_dir().join(format!("setara-page-{:x}.pdf", rand::random::<u64>()));
    fs::write(&file, pdf).expect("a file");
    let run = |tool: &str, after: &[&str]| {
        let output = Command::new(tool).arg(&file).args(after).output();
        let output = output.unwrap_or_else(|error| panic!("{tool}: {error}; see tests/run"));
        String::from_utf8(output.stdout).expect("a text")
    };
    let (about, text) = (run("pdfinfo", &[]), run("pdftotext", &["-layout", "-"]));
    fs::remove_file(&file).expect("it was there");
    assert!(about.contains("Pages:           1\n"), "{about}");
    text
}
