//! PostgreSQL that takes encrypted connections only, with a certificate of an authority of its own.

use std::{fs, path::Path};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use setara::store::{Store, StoreOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::{bed::vault, support::postgres};

/// The authority's certificate, and one for a name with its key, all in PEM.
fn issued(name: &str) -> [String; 3] {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let authority = params.self_signed(&key).unwrap().pem();
    let server = KeyPair::generate().unwrap();
    let of = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let certificate = of.signed_by(&server, &Issuer::from_params(&params, &key)).unwrap();
    [authority, certificate.pem(), server.serialize_pem()]
}

/// Has the server write a file of its own: it reads no key that others may read.
async fn write(server: &mut PgConnection, name: &str, pem: &str) {
    let copy = format!(
        "copy (select unnest(string_to_array('{}', E'\\n'))) to program 'umask 077; cat >{name}'",
        pem.trim()
    );
    server.execute(AssertSqlSafe(copy)).await.unwrap();
}

/// Serves with this certificate from now on, and takes no connection in clear from afar.
async fn encrypt(server: &mut PgConnection, certificate: &str, key: &str) {
    write(server, "server.crt", certificate).await;
    write(server, "server.key", key).await;
    let rule = "hostssl all all 127.0.0.1/32 trust";
    write(server, "pg_hba.conf", rule).await;
    server.execute("alter system set ssl = on").await.unwrap();
    server.execute("select pg_reload_conf()").await.unwrap();
}

async fn open(url: &str, name: &str, root: &Path) -> Option<Store> {
    let root = root.display();
    let url = format!("{url}/{name}?sslmode=verify-full&sslrootcert={root}");
    Store::open(&url, vault(), StoreOptions::default()).await.ok()
}

/// Through a socket of ours as well as straight: what is encrypted stays so, and the name that is looked for
/// in the certificate is the server's.
#[tokio::test]
async fn a_connection_that_can_be_broken_off_is_encrypted_to_the_server() {
    let cluster = postgres::start();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("authority.pem");
    let mut admin = PgConnection::connect(&cluster.url).await.unwrap();
    let (base, _) = cluster.url.rsplit_once('/').unwrap();
    let (_, server) = base.rsplit_once('@').unwrap();
    // Of two servers, so that the way leads through a socket: the second is the same one.
    let both = format!("{base},{server}");

    let [authority, certificate, key] = issued("127.0.0.1");
    fs::write(&root, authority).unwrap();
    encrypt(&mut admin, &certificate, &key).await;
    for (name, url) in [("straight", base), ("through", &both)] {
        admin.execute(AssertSqlSafe(format!("create database {name}"))).await.unwrap();
        let store = open(url, name, &root).await.expect("a certificate of the authority");
        let encrypted = "select count(*) from pg_stat_ssl join pg_stat_activity using (pid) \
                         where datname = $1 and ssl";
        let all = "select count(*) from pg_stat_activity where datname = $1";
        let mut count = async |sql: &'static str| {
            let count = sqlx::query_scalar::<_, i64>(sql).bind(name);
            count.fetch_one(&mut admin).await.unwrap()
        };
        let encrypted = count(encrypted).await;
        assert!(encrypted > 0 && encrypted == count(all).await, "{name}: {encrypted}");
        store.close().await;
    }

    // The same authority, and another server's name.
    let [authority, certificate, key] = issued("another.example");
    fs::write(&root, authority).unwrap();
    encrypt(&mut admin, &certificate, &key).await;
    for (name, url) in [("straight", base), ("through", &both)] {
        assert!(
            open(url, name, &root).await.is_none(),
            "{name}: it is not the server that was meant"
        );
    }
}
