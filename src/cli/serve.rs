//! `setara serve`: the gateway alone, against any SMSC. SIGHUP reads the menus again, SIGTERM ends.

use std::{io::IsTerminal, process::ExitCode, time::Duration};

use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::{
    EnvFilter, Layer, filter::FilterExt, filter::filter_fn, layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::{
    app::{Gateway, StartError},
    cli::told,
    config::{Config, LogFormat},
    diagnostic,
    menus::MenuError,
    telemetry::traces::{TraceSettings, Traces},
};

/// How long work off the async threads may take once the gateway has stopped.
const LEFT: Duration = Duration::from_secs(5);

/// Runs the gateway until SIGINT or SIGTERM.
pub fn run(config: Config) -> Result<ExitCode, String> {
    let traces = log(&config)?;
    let runtime = tokio::runtime::Runtime::new().map_err(told)?;
    let ended = runtime.block_on(async {
        // Before the start: a signal that comes meanwhile waits, and ends nothing in the middle.
        let mut terminate = signal(SignalKind::terminate()).map_err(told)?;
        let mut hang_up = signal(SignalKind::hangup()).map_err(told)?;
        let gateway = Gateway::start(&config).await.map_err(|error| {
            if let StartError::Menu(error) = &error {
                draw(error);
            }
            told(error)
        })?;
        loop {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => break,
                _ = terminate.recv() => break,
                _ = hang_up.recv() => reload(&gateway).await,
            }
        }
        gateway.shutdown().await;
        Ok(ExitCode::SUCCESS)
    });
    traces.shutdown();
    // By itself it would wait for as long as work off the async threads takes.
    runtime.shutdown_timeout(LEFT);
    ended
}

/// Reads the menus again. What is wrong with them stands on standard error, and the old ones stay.
async fn reload(gateway: &Gateway) {
    if let Err(error) = gateway.reload().await {
        draw(&error);
        tracing::error!(%error, "the menus were not reloaded; the old ones stay");
    }
}

fn draw(error: &MenuError) {
    if let MenuError::Check { findings, .. } = error {
        eprint!("{}", diagnostic::draw(findings, miette::GraphicalTheme::none(), 100));
    }
}

/// Sets up the log as the configuration says; `RUST_LOG` has the last word. Traces are sent until
/// what is given back is shut down.
pub fn log(config: &Config) -> Result<Traces, String> {
    let filter = match std::env::var("RUST_LOG") {
        Ok(filter) => filter,
        Err(_) => config.log.filter.clone(),
    };
    let filter = EnvFilter::try_new(filter).map_err(|error| format!("log.filter: {error}"))?;
    // A line stands for itself; spans are for traces.
    let filter = filter.and(filter_fn(|of| !of.is_span()));
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let lines = match config.log.format {
        LogFormat::Text => lines.with_filter(filter).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_filter(filter).boxed(),
    };
    let share = config.telemetry.share;
    let settings = config.telemetry.otlp.clone().map(|otlp| TraceSettings { otlp, share });
    let traces = Traces::start(settings.as_ref()).map_err(told)?;
    tracing_subscriber::registry().with(lines).with(traces.layer()).init();
    Ok(traces)
}
