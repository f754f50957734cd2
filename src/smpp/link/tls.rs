//! TLS to the operator, where the operator offers it.

use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

/// How to know the SMSC on a TLS connection.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The name in its certificate; the host of the link's address if there is none.
    pub server_name: Option<String>,
    /// Whose certificates are trusted.
    pub roots: Roots,
}

/// Whose certificates are trusted.
#[derive(Clone, Debug)]
pub enum Roots {
    /// The public authorities.
    Public,
    /// These authorities and no other, in PEM.
    Pem(String),
}

/// Why TLS cannot be set up. All of it is configuration.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The server name is neither a host name nor an address.
    #[error("{0} is no name for a TLS server")]
    ServerName(String),
    /// The authorities cannot be read.
    #[error("the authorities' certificates cannot be read: {0}")]
    Roots(String),
    /// The TLS library refuses the settings.
    #[error("TLS cannot be set up: {0}")]
    Setup(#[from] tokio_rustls::rustls::Error),
}

#[derive(Clone)]
pub(super) struct Connector {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl Connector {
    /// `host` is used where the settings name no server.
    pub fn new(tls: &Tls, host: &str) -> Result<Self, TlsError> {
        let name = tls.server_name.as_deref().unwrap_or(host);
        let name = ServerName::try_from(name.to_owned())
            .map_err(|_| TlsError::ServerName(name.to_owned()))?;
        let provider = Arc::new(crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots(&tls.roots)?)
            .with_no_client_auth();
        Ok(Self { connector: TlsConnector::from(Arc::new(config)), name })
    }

    pub async fn connect(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.connector.connect(self.name.clone(), stream).await
    }
}

fn roots(roots: &Roots) -> Result<RootCertStore, TlsError> {
    let mut store = RootCertStore::empty();
    match roots {
        Roots::Public => store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Roots::Pem(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                let certificate =
                    certificate.map_err(|error| TlsError::Roots(error.to_string()))?;
                store.add(certificate)?;
            }
        }
    }
    if store.is_empty() {
        return Err(TlsError::Roots("there is none".to_owned()));
    }
    Ok(store)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_settings_are_told_apart() {
        let tls = |roots| Tls { server_name: None, roots };
        assert!(Connector::new(&tls(Roots::Public), "smsc.example").is_ok());
        assert!(matches!(
            Connector::new(&tls(Roots::Public), "no name"),
            Err(TlsError::ServerName(_))
        ));
        assert!(matches!(
            Connector::new(&tls(Roots::Pem("nothing".into())), "smsc.example"),
            Err(TlsError::Roots(_))
        ));
    }
}
