//! TLS that proves both sides: whoever has no certificate of the record's authority hears nothing of it.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{RootCertStore, ServerConfig, crypto::ring, pki_types::PrivateKeyDer, server},
};

use crate::{
    bed::Bed,
    conversations::{SITI, SITIS_PHONE},
};

/// An authority, and a certificate with its key that it has made out.
struct Authority {
    params: CertificateParams,
    key: KeyPair,
    pem: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Self { params, key, pem }
    }

    fn issue(&self, name: &str) -> (rcgen::Certificate, KeyPair) {
        let issuer = Issuer::from_params(&self.params, &self.key);
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        (params.signed_by(&key, &issuer).expect("a certificate"), key)
    }
}

/// Takes TLS off before the record, and lets in whom the authority vouches for.
async fn guard(authority: &Authority, record: String) -> String {
    let (certificate, key) = authority.issue("localhost");
    let mut roots = RootCertStore::empty();
    let ca = authority.params.self_signed(&authority.key).expect("a certificate");
    roots.add(ca.der().clone()).expect("a root");
    let provider = Arc::new(ring::default_provider());
    let verifier =
        server::WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_client_cert_verifier(verifier.build().expect("a verifier"))
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).expect("a key"),
        )
        .expect("a server");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, record) = (acceptor.clone(), record.clone());
            tokio::spawn(async move {
                let Ok(mut tls) = acceptor.accept(stream).await else { return };
                let Ok(mut plain) = TcpStream::connect(record).await else { return };
                let _ = tokio::io::copy_bidirectional(&mut tls, &mut plain).await;
            });
        }
    });
    format!("https://localhost:{port}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sides_prove_themselves() {
    let authority = Authority::new();
    let (ours, stranger) = (authority.issue("setara"), Authority::new().issue("setara"));
    for ((certificate, key), known) in [(ours, true), (stranger, false)] {
        let mut bed = Bed::on_sqlite().await;
        let plain = bed.record.url().trim_start_matches("http://").to_owned();
        bed.url_of_record = Some(guard(&authority, plain).await);
        std::fs::write(bed.folder.join("ca.pem"), &authority.pem).expect("a file");
        let identity = format!("{}{}", certificate.pem(), key.serialize_pem());
        std::fs::write(bed.folder.join("setara.pem"), identity).expect("a file");
        let bed = bed.configured("ca_file = \"ca.pem\"\nidentity_file = \"setara.pem\"\n");
        let gateway = bed.gateway().await;
        let mut siti = bed.phone(SITIS_PHONE).await;
        let screen = siti.registers(SITI, &[]).await;
        assert_eq!(screen.text.contains("Anda tinggal di"), known, "{}", screen.text);
        assert_eq!(bed.record.asked().is_empty(), !known);
        bed.end(gateway).await;
    }
}
