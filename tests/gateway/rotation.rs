//! Keys are changed while people register: a new key seals, every row is sealed anew, the old key goes, and
//! nobody notices.

use std::{
    collections::BTreeSet,
    os::unix::fs::PermissionsExt,
    time::{Duration, Instant},
};

use setara::certificate::PublicKeys;

use crate::{
    node::Node,
    restart::{PEOPLE, again, bound, crowd, enlist, register},
    site::{Site, network, told},
};

#[tokio::test(flavor = "multi_thread")]
async fn the_vaults_key_changes_on_sqlite() {
    the_vaults_key_changes(Site::on_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vaults_key_changes_on_postgres() {
    the_vaults_key_changes(Site::on_postgres().await).await;
}

async fn vault(site: &Site, arguments: &[&str]) -> (bool, String) {
    let output = site.run(&[&["vault"], arguments].concat()).await;
    (output.status.success(), told(&output))
}

async fn the_vaults_key_changes(site: Site) {
    let network = network("plain").await;
    let site = site.operator("telco", "plain", &network.address().to_string(), "");
    enlist(&site).await;
    let node = bound(&site, &network).await;
    let people = crowd(&network);
    let typed = async || network.figures().await.expect("a network").answers;
    while typed().await < u64::from(PEOPLE) {
        tokio::task::yield_now().await;
    }
    assert!(vault(&site, &["use", "2"]).await.1.contains("key 2 is not in the key file"));
    // A rotation that got no further than a new key is gone on with.
    assert!(vault(&site, &["add"]).await.0);
    let (rotated, said) = vault(&site, &["rotate"]).await;
    assert!(rotated && said.contains("sealed anew with key 2"), "{said}");
    node.logged("the vault has other keys").await;
    let mut numbers = Vec::new();
    for person in people {
        numbers.push(person.await.expect("registered"));
    }
    assert!(node.get("/metrics").await.1.contains("setara_vault_key 2"));

    // Nothing is sealed with the first key any more, but what a turn sealed that had begun before.
    let (resealed, said) = vault(&site, &["reseal"]).await;
    assert!(resealed, "{said}");
    let (dropped, said) = vault(&site, &["drop", "2"]).await;
    assert!(!dropped && said.contains("seals with"), "{said}");
    let (dropped, said) = vault(&site, &["drop", "1"]).await;
    assert!(dropped, "{said}");
    node.logged("opens=[2]").await;
    node.stop().await;
    let node = again(&site, &network).await;
    for (n, number) in (0..).zip(&numbers) {
        assert_eq!(&register(&network, n).await, number, "known as before");
    }

    let (_, said) = vault(&site, &["list"]).await;
    assert!(said.contains("key 2   seals") && said.contains("opens with [2]"), "{said}");
    node.stop().await;
    network.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_node_signs_with_keys_that_were_rotated() {
    let site = Site::on_sqlite().await;
    let node = Node::start(&site.config()).await;
    let before = node.get("/keys").await.1;
    let first = |page: &str| PublicKeys::from_json(page).unwrap().documents()[0].kid();
    let early = told(&site.run(&["keys", "use", "--now"]).await);
    assert!(early.contains("no key is coming"), "{early}");

    // New keys verify everywhere before they sign anywhere.
    let added = site.run(&["keys", "add"]).await;
    assert!(added.status.success() && told(&added).contains("coming"), "{}", told(&added));
    node.logged("other keys verify").await;
    let published = node.get("/keys").await.1;
    assert!(published.len() > before.len() && first(&published) == first(&before));
    let rotated = site.run(&["keys", "rotate", "--now"]).await;
    assert!(rotated.status.success(), "{}", told(&rotated));
    node.hang_up();
    node.logged("other keys sign").await;
    let after = node.get("/keys").await.1;
    assert!(after != before && after.len() > before.len(), "former keys still verify");
    let names = |page: &str| BTreeSet::from_iter(PublicKeys::from_json(page).unwrap().names());
    assert_eq!(names(&after), names(&published), "what came is what signs");
    assert_ne!(first(&after), first(&before));

    // A file that others may read is taken when they may no more.
    let keys = site.folder().join("setara.signing");
    let mode = |mode| std::fs::set_permissions(&keys, PermissionsExt::from_mode(mode)).unwrap();
    mode(0o644);
    node.logged("the signing keys stay as they were").await;
    let taken = async || {
        let metrics = node.get("/metrics").await.1;
        let of = metrics.lines().find(|line| {
            line.starts_with("setara_key_files_read_total{file=\"signing\",outcome=\"taken\"}")
        });
        of.map(str::to_owned)
    };
    let before = taken().await;
    mode(0o600);
    let until = Instant::now() + Duration::from_secs(30);
    while taken().await == before {
        assert!(Instant::now() < until, "it is still refused");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    // What is no key file changes nothing, and is told once.
    std::fs::write(site.folder().join("setara.key"), "nothing").unwrap();
    node.logged("the vault's keys stay as they were").await;
    let metrics = node.get("/metrics").await.1;
    let refused = "setara_key_files_read_total{file=\"vault\",outcome=\"refused\"} 1";
    assert!(metrics.contains(refused), "{metrics}");
    node.is_well().await;
    node.stop().await;
}
