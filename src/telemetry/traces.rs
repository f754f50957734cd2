//! Traces for an OpenTelemetry receiver: spans go out in batches, by OTLP over HTTP, from a thread
//! of the SDK. When the receiver is slow or away, spans are dropped and turns are not held up. Built
//! in with the feature `otlp`.

use thiserror::Error;
use tracing::Subscriber;
use tracing_subscriber::{Layer, registry::LookupSpan};

/// Where traces go.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceSettings {
    /// `http://host:4318`; the path is added. OTLP 1.9, "OTLP/HTTP Request".
    pub otlp: String,
    /// The share of turns that is traced, from 0 to 1.
    pub share: f64,
}

/// Why there are no traces.
#[derive(Debug, Error)]
pub enum TraceError {
    /// This program cannot send any.
    #[error(
        "telemetry.otlp is set, and this program was built without traces: build it with \
         `--features otlp`"
    )]
    NotBuiltIn,
    /// The address is none, or the client cannot be made.
    #[error("telemetry.otlp: {0}")]
    Exporter(String),
}

/// Sends traces until it is shut down.
#[derive(Debug, Default)]
pub struct Traces(Option<inside::Provider>);

impl Traces {
    /// Starts to send traces; `None` sends none. Not to be called inside a tokio runtime, because
    /// the exporter blocks a thread of its own.
    ///
    /// # Errors
    /// See [`TraceError`].
    pub fn start(settings: Option<&TraceSettings>) -> Result<Self, TraceError> {
        settings.map(inside::start).transpose().map(Self)
    }

    /// Takes our spans, and nothing else, out of what the program says.
    pub fn layer<S>(&self) -> Option<impl Layer<S> + use<S>>
    where
        S: Subscriber + for<'s> LookupSpan<'s>,
    {
        self.0.as_ref().map(inside::layer)
    }

    /// Sends what is left.
    pub fn shutdown(self) {
        if let Some(provider) = self.0 {
            inside::shutdown(&provider);
        }
    }
}

#[cfg(feature = "otlp")]
mod inside {
    use std::time::Duration;

    use opentelemetry::{KeyValue, trace::TracerProvider as _};
    use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
    use opentelemetry_sdk::{
        Resource,
        trace::{Sampler, SdkTracerProvider},
    };
    use tokio_rustls::rustls::crypto::ring;
    use tracing::Subscriber;
    use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

    use super::{TraceError, TraceSettings};
    use crate::telemetry::spans;

    pub type Provider = SdkTracerProvider;

    /// How long the receiver may take for a batch of spans.
    const PATIENCE: Duration = Duration::from_secs(5);

    pub fn start(settings: &TraceSettings) -> Result<Provider, TraceError> {
        // The exporter's client takes the TLS that the process has settled on; if somebody was here
        // before, it is the same.
        let _ = ring::default_provider().install_default();
        let endpoint = format!("{}/v1/traces", settings.otlp.trim_end_matches('/'));
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(endpoint)
            .with_timeout(PATIENCE)
            .build()
            .map_err(|error| TraceError::Exporter(error.to_string()))?;
        let resource = Resource::builder_empty().with_attributes([
            KeyValue::new("service.name", "setara"),
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
        ]);
        Ok(SdkTracerProvider::builder()
            .with_resource(resource.build())
            .with_sampler(Sampler::TraceIdRatioBased(settings.share))
            .with_batch_exporter(exporter)
            .build())
    }

    pub fn layer<S>(provider: &Provider) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'s> LookupSpan<'s>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("setara"))
            // Where in the code, and on which thread, is the same for all of them.
            .with_location(false)
            .with_threads(false)
            .with_filter(filter_fn(|of| of.is_span() && of.target() == spans::TARGET))
    }

    pub fn shutdown(provider: &Provider) {
        if let Err(error) = provider.shutdown() {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

#[cfg(not(feature = "otlp"))]
mod inside {
    use tracing_subscriber::layer::Identity;

    use super::{TraceError, TraceSettings};

    /// There is none.
    #[derive(Debug)]
    pub enum Provider {}

    pub fn start(_: &TraceSettings) -> Result<Provider, TraceError> {
        Err(TraceError::NotBuiltIn)
    }

    pub fn layer(provider: &Provider) -> Identity {
        match *provider {}
    }

    pub fn shutdown(provider: &Provider) {
        match *provider {}
    }
}
