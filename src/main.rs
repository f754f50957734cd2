//! The `setara` command.

use std::process::ExitCode;

use clap::Parser;
use setara::cli::{Cli, run};

fn main() -> ExitCode {
    run(Cli::parse())
}
