//! `setara telemetry`: what watches the gateway.

use std::process::ExitCode;

use clap::Subcommand;

use crate::telemetry::DASHBOARD;

/// What can be had for watching.
#[derive(Debug, Subcommand)]
pub enum TelemetryCommand {
    /// Print a Grafana dashboard over the metrics: import it, and choose the Prometheus
    Dashboard,
}

/// Runs `setara telemetry`.
pub fn run(command: &TelemetryCommand) -> ExitCode {
    match command {
        TelemetryCommand::Dashboard => print!("{DASHBOARD}"),
    }
    ExitCode::SUCCESS
}
