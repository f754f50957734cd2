//! Menus change while people are dialling.

use std::time::Duration;

use simulator::{operator::Operator, phone::Phone};

use crate::{
    node::{Node, PATIENCE},
    site::{Site, network, told},
};

const TOKEN: &str = "a-token-of-the-ministry-of-health";
const OLD: &str = "Ketik 16 angka NIK";
const NEW: &str = "Masukkan 16 angka NIK";
const NEWER: &str = "Tuliskan 16 angka NIK";
const NEWEST: &str = "Sebutkan 16 angka NIK";

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_stays_on_the_version_it_began_with_on_sqlite() {
    menus_change(Site::on_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_stays_on_the_version_it_began_with_on_postgres() {
    menus_change(Site::on_postgres().await).await;
}

async fn menus_change(site: Site) {
    let network = network("plain").await;
    let address = network.address().to_string();
    let site = site.own_menus().admin(TOKEN).operator("telco", "plain", &address, "");
    let node = Node::start(&site.config()).await;
    network.bound(1).await.unwrap();
    let mut first = at_nik(&network, 1, OLD).await;

    site.edit("register.toml", OLD, NEW);
    let (status, reloaded) = node.post("/admin/reload", Some(TOKEN)).await;
    assert_eq!(status, "HTTP/1.1 200 OK");
    assert!(reloaded.contains("\"changed\":true"), "{reloaded}");
    let (_, same) = node.post("/admin/reload", Some(TOKEN)).await;
    assert!(same.contains("\"changed\":false"), "{same}");

    // Who began before goes on as before, over every screen; who begins now sees the new text.
    wrong_and_right(&mut first, OLD).await;
    let mut second = at_nik(&network, 2, NEW).await;
    wrong_and_right(&mut second, NEW).await;

    // A menu that fails its check is refused, by either way, and the live one stays.
    site.edit("register.toml", "go = \"consent_give\"", "go = \"consnt_give\"");
    let (status, refused) = node.post("/admin/reload", Some(TOKEN)).await;
    assert_eq!(status, "HTTP/1.1 422 Unprocessable Entity");
    for told in ["menu::dangling", "register.toml", "did you mean `consent_give`?"] {
        assert!(refused.contains(told), "{told}: {refused}");
    }
    node.hang_up();
    node.logged("the menus were not reloaded; the old ones stay").await;
    node.logged("there is no screen `consnt_give`").await;
    let mut third = at_nik(&network, 3, NEW).await;

    // Mended and changed once more, by signal.
    site.edit("register.toml", "go = \"consnt_give\"", "go = \"consent_give\"");
    site.edit("register.toml", NEW, NEWER);
    let before = versions(&node).await;
    node.hang_up();
    while versions(&node).await == before {
        tokio::task::yield_now().await;
    }
    wrong_and_right(&mut third, NEW).await;
    at_nik(&network, 4, NEWER).await;

    let (_, listed) = node.get_as("/admin/menus", Some(TOKEN)).await;
    assert_eq!(listed.matches("\"live\"").count(), 1, "{listed}");
    assert_eq!(listed.matches("\"former\"").count(), 2, "{listed}");

    // After a restart the versions are still there, and everybody is in their own.
    for phone in [&mut first, &mut second, &mut third] {
        phone.hang_up().await.unwrap();
    }
    node.stop().await;
    let node = Node::start(&site.config()).await;
    network.bound(1).await.unwrap();
    for (phone, text) in [(&mut first, OLD), (&mut second, NEW), (&mut third, NEW)] {
        let asked = phone.dial("*119#").await.unwrap();
        assert!(asked.text.starts_with("Tadi Anda belum selesai"), "{asked:?}");
        phone.answer("1").await.unwrap();
        let nik = phone.answer("0").await.unwrap();
        assert!(nik.text.contains(text), "{text}: {nik:?}");
        // Whoever starts again starts in the live one.
        phone.hang_up().await.unwrap();
        phone.dial("*119#").await.unwrap();
        phone.answer("2").await.unwrap();
        phone.answer("1").await.unwrap();
        let nik = phone.answer("1").await.unwrap();
        assert!(nik.text.contains(NEWER), "{nik:?}");
    }
    let told = told(&site.run(&["menu", "versions"]).await);
    assert_eq!(
        told.lines().filter(|line| line.starts_with("pedulilindungi ")).count(),
        3,
        "{told}"
    );
    node.stop().await;
    network.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_node_is_told_to_put_live_is_live_on_all() {
    let site = Site::on_postgres().await.own_menus().admin(TOKEN);
    let site = site.configured("menu.former = 1\n");
    let (one, two) = (Node::start(&site.config()).await, Node::start(&site.config()).await);
    site.edit("register.toml", OLD, NEW);
    assert_eq!(one.post("/admin/reload", Some(TOKEN)).await.0, "HTTP/1.1 200 OK");
    two.logged("a menu was put live by another node").await;
    assert_eq!(versions(&two).await, versions(&one).await);
    // Also when it has as many former versions as it keeps.
    for (old, new) in [(NEW, NEWEST), (NEWEST, NEW)] {
        site.edit("register.toml", old, new);
        assert_eq!(one.post("/admin/reload", Some(TOKEN)).await.0, "HTTP/1.1 200 OK");
        let ordered = live(&versions(&one).await);
        let follows = async {
            while live(&versions(&two).await) != ordered {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, follows).await.expect("it follows");
    }
    // A node that starts begins with its own folder, and orders nobody about.
    site.edit("register.toml", NEW, NEWER);
    let three = Node::start(&site.config()).await;
    assert_ne!(versions(&three).await, versions(&one).await);
    for node in [one, two, three] {
        node.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_changes_often_takes_no_room_from_another() {
    let site = Site::on_sqlite().await.own_menus().clinic().admin(TOKEN);
    let site = site.configured("menu.former = 1\n");
    let node = Node::start(&site.config()).await;
    let former = |listed: &str| {
        let of = |service: &str| {
            let rows = listed.split('}').filter(|row| row.contains("\"former\""));
            rows.filter(|row| row.contains(service)).count()
        };
        (of("\"antrean\""), of("\"pedulilindungi\""))
    };
    site.edit("../antrean/antrean.toml", "from home", "from anywhere");
    for (old, new) in [(OLD, NEW), (NEW, NEWER)] {
        site.edit("register.toml", old, new);
        assert_eq!(node.post("/admin/reload", Some(TOKEN)).await.0, "HTTP/1.1 200 OK");
    }
    assert_eq!(former(&versions(&node).await), (1, 1));
    node.stop().await;
    // The other was put live twice since, and of each service one is kept.
    let node = Node::start(&site.config()).await;
    assert_eq!(former(&versions(&node).await), (1, 1));
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_admin_pages_want_their_token() {
    let site = Site::on_sqlite().await.admin(TOKEN);
    let node = Node::start(&site.config()).await;
    for token in [None, Some(""), Some("another token, long enough by far")] {
        for path in ["/admin/menus", "/admin/reload"] {
            let (status, body) = node.post(path, token).await;
            assert_eq!(status, "HTTP/1.1 401 Unauthorized", "{path}");
            assert_eq!(body, "a token is needed\n");
        }
    }
    assert!(node.get_as("/admin/menus", Some(TOKEN)).await.0.ends_with("200 OK"));
    node.stop().await;

    let node = Node::start(&Site::on_sqlite().await.config()).await;
    assert!(node.post("/admin/reload", Some(TOKEN)).await.0.contains("404"));
    node.stop().await;

    let site = Site::on_sqlite().await.admin("short");
    let refused = told(&site.run(&["serve"]).await);
    assert!(refused.contains("a token has at least 24 characters"), "{refused}");
}

/// A phone that has dialled and agreed, and is asked for a NIK.
async fn at_nik(network: &Operator, n: u32, text: &str) -> Phone {
    let number = format!("0812555{n:05}").parse().unwrap();
    let mut phone = Phone::new(network, number).await.unwrap();
    phone.dial("*119#").await.unwrap();
    phone.answer("1").await.unwrap();
    let nik = phone.answer("1").await.unwrap();
    assert!(nik.text.contains(text), "{text}: {nik:?}");
    phone
}

/// Types a wrong NIK, a good one, and goes back.
async fn wrong_and_right(phone: &mut Phone, text: &str) {
    let wrong = phone.answer("123").await.unwrap();
    assert!(wrong.text.contains(text), "{text}: {wrong:?}");
    phone.answer("3173014502900001").await.unwrap();
    let back = phone.answer("0").await.unwrap();
    assert!(back.text.contains(text), "{text}: {back:?}");
    phone.answer("3173014502900001").await.unwrap();
}

/// What a list says of the version that is live.
fn live(listed: &str) -> Option<String> {
    listed.split('}').find(|row| row.contains("\"live\"")).map(str::to_owned)
}

async fn versions(node: &Node) -> String {
    node.get_as("/admin/menus", Some(TOKEN)).await.1
}
