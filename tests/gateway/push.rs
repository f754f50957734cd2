//! The service speaks first: over the wire, on every dialect, to phones that are free, busy, away.

use simulator::{
    operator::{Act, Operator, centre::Signal, dialect::DIALECTS},
    phone::Phone,
};

use crate::{
    node::Node,
    site::{Site, network},
};

const TOKEN: &str = "a-token-of-the-ministry-of-health";
const NUMBER: &str = "081290000001";
const OK: &str = "HTTP/1.1 200 OK";

/// Asks for a push to the phone, with more lines in the body.
async fn push(node: &Node, to: &str, screen: &str, more: &str) -> (String, String) {
    let body = format!(
        "{{\"to\":\"{to}\",\"operator\":\"telco\",\"service\":\"pedulilindungi\",\
         \"screen\":\"{screen}\"{more}}}"
    );
    node.post_body("/admin/push", TOKEN, &body).await
}

#[track_caller]
fn came(answer: (String, String), outcome: &str) {
    assert_eq!(answer.0, OK, "{}", answer.1);
    assert!(answer.1.contains(&format!("\"outcome\":\"{outcome}\"")), "{}", answer.1);
}

async fn with(dialect: &str) -> (Site, Operator, Node) {
    let network = network(dialect).await;
    let address = network.address().to_string();
    let site = Site::on_sqlite().await.admin(TOKEN).operator("telco", dialect, &address, "");
    let node = ready(&site).await;
    (site, network, node)
}

/// A node that knows that its link is bound.
async fn ready(site: &Site) -> Node {
    let node = Node::start(&site.config()).await;
    while node.get("/readyz").await.0 != OK {
        tokio::task::yield_now().await;
    }
    node
}

async fn phone(network: &Operator) -> Phone {
    Phone::new(network, NUMBER.parse().unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_answered_on_every_dialect() {
    for dialect in &DIALECTS {
        let (_site, network, node) = with(dialect.name).await;
        let mut phone = phone(&network).await;
        came(push(&node, NUMBER, "invite", "").await, "accepted");
        let invited = phone.pushed().await.unwrap();
        assert!(invited.open && invited.text.contains("mendaftar vaksin sekarang"), "{invited:?}");
        // It goes on in the menu, to its end.
        let consent = phone.answer("1").await.unwrap();
        assert!(consent.open && consent.text.contains("Setuju?"), "{}: {consent:?}", dialect.name);
        let back = phone.answer("0").await.unwrap();
        assert_eq!(back, invited, "{}", dialect.name);
        let later = phone.answer("2").await.unwrap();
        assert!(!later.open && later.text.contains("kapan saja"), "{}: {later:?}", dialect.name);
        // And once more, and this time to the same answer as before.
        came(push(&node, NUMBER, "invite", "").await, "accepted");
        assert_eq!(phone.pushed().await.unwrap(), invited);
        assert_eq!(phone.answer("2").await.unwrap(), later, "{}", dialect.name);
        let figures = network.figures().await.unwrap();
        assert_eq!((figures.pushes, figures.refused), (2, 0), "{}: {figures:?}", dialect.name);
        let (_, metrics) = node.get("/metrics").await;
        for counted in [
            "setara_pushes_total{operator=\"telco\",service=\"pedulilindungi\",screen=\"invite\",\
             outcome=\"accepted\"} 2\n",
            "setara_ends_total{service=\"pedulilindungi\",screen=\"invite_later\",\
             end=\"completed\"} 2\n",
        ] {
            assert!(metrics.contains(counted), "{}: {counted}{metrics}", dialect.name);
        }
        node.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_read_and_confirmed_on_every_dialect() {
    for dialect in &DIALECTS {
        let (_site, network, node) = with(dialect.name).await;
        let mut phone = phone(&network).await;
        came(push(&node, NUMBER, "notice", "").await, "accepted");
        let notice = phone.pushed().await.unwrap();
        assert!(!notice.open && notice.text.contains("Tidak mendesak"), "{notice:?}");
        // While it stands there, the phone can show nothing else.
        let (status, refused) = push(&node, NUMBER, "notice", "").await;
        assert_eq!(status, OK);
        assert_eq!(refused, "{\"outcome\":\"refused\",\"command_status\":69}", "{}", dialect.name);
        phone.read().await.unwrap();
        while !node
            .get("/metrics")
            .await
            .1
            .contains("setara_notices_shown_total{operator=\"telco\"} 1\n")
        {
            tokio::task::yield_now().await;
        }
        let figures = network.figures().await.unwrap();
        assert_eq!((figures.notices, figures.read), (1, 1), "{}", dialect.name);
        // No conversation has begun or ended.
        let (_, metrics) = node.get("/metrics").await;
        assert!(!metrics.contains("setara_ends_total{"), "{metrics}");
        let home = phone.dial("*119#").await.unwrap();
        assert!(home.text.starts_with("PeduliLindungi\n"), "{home:?}");
        node.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_who_is_typing_is_interrupted() {
    let (_site, network, node) = with("plain").await;
    let mut phone = phone(&network).await;
    phone.dial("*119*1*1#").await.unwrap();
    phone.answer("3173014502900001").await.unwrap();
    for screen in ["invite", "notice"] {
        came(push(&node, NUMBER, screen, "").await, "busy");
    }
    let birth = phone.answer("Siti Aminah").await.unwrap();
    assert!(birth.text.contains("Tanggal lahir"), "{birth:?}");
    assert_eq!(network.figures().await.unwrap().pushes, 0);

    // Dropped, it waits behind an invitation that is declined.
    phone.hang_up().await.unwrap();
    while network.figures().await.unwrap().unconfirmed > 0 {
        tokio::task::yield_now().await;
    }
    came(push(&node, NUMBER, "notice", "").await, "accepted");
    phone.pushed().await.unwrap();
    phone.read().await.unwrap();
    came(push(&node, NUMBER, "invite", "").await, "accepted");
    phone.pushed().await.unwrap();
    phone.answer("2").await.unwrap();
    let asked = phone.dial("*119#").await.unwrap();
    assert!(asked.text.contains("Lanjutkan?"), "{asked:?}");
    let birth = phone.answer("1").await.unwrap();
    assert!(birth.text.contains("Tanggal lahir"), "{birth:?}");
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_refuses_ends_what_was_begun() {
    for dialect in &DIALECTS {
        let (_site, network, node) = with(dialect.name).await;
        // Nobody has this number, and this one is switched off.
        let (_, absent) = push(&node, "081299999999", "invite", "").await;
        assert_eq!(absent, "{\"outcome\":\"refused\",\"command_status\":254}");
        let mut phone = phone(&network).await;
        let number = NUMBER.parse().unwrap();
        network.act(number, Act::Signal(Signal::Off)).await.unwrap().unwrap();
        for screen in ["invite", "notice"] {
            came(push(&node, NUMBER, screen, "").await, "refused");
        }
        let (_, metrics) = node.get("/metrics").await;
        let ended = "setara_ends_total{service=\"pedulilindungi\",screen=\"invite\",\
                     end=\"network_abort\"} 2\n";
        assert!(metrics.contains(ended), "{metrics}");
        // In reach again, it is free.
        network.act(number, Act::Signal(Signal::On)).await.unwrap().unwrap();
        came(push(&node, NUMBER, "invite", "").await, "accepted");
        phone.pushed().await.unwrap();
        node.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_push_leaves_once() {
    let (site, network, node) = with("plain").await;
    let mut phone = phone(&network).await;
    let named = ",\"id\":\"invitation-1\"";
    came(push(&node, NUMBER, "invite", named).await, "accepted");
    phone.pushed().await.unwrap();
    came(push(&node, NUMBER, "invite", named).await, "repeated");
    // Another one finds the phone busy, and may be asked for again.
    let other = ",\"id\":\"invitation-2\"";
    came(push(&node, NUMBER, "invite", other).await, "busy");
    phone.answer("2").await.unwrap();
    came(push(&node, NUMBER, "invite", named).await, "repeated");
    came(push(&node, NUMBER, "invite", other).await, "accepted");
    phone.pushed().await.unwrap();
    // A restart forgets nothing of it, and the answer is still one to the invitation.
    node.stop().await;
    let node = ready(&site).await;
    came(push(&node, NUMBER, "invite", other).await, "repeated");
    let consent = phone.answer("1").await.unwrap();
    assert!(consent.text.contains("Setuju?"), "{consent:?}");
    assert_eq!(network.figures().await.unwrap().pushes, 2);
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_names_nothing_is_told_so() {
    let network = network("plain").await;
    let address = network.address().to_string();
    let site = Site::on_sqlite()
        .await
        .admin(TOKEN)
        .operator("telco", "plain", &address, "")
        .configured("limits.push_per_second = 1\n");
    let node = ready(&site).await;
    assert_eq!(node.post("/admin/push", None).await.0, "HTTP/1.1 401 Unauthorized");
    for body in ["", "{}", "[1]", "{\"to\":1}", "\u{fffd}"] {
        let (status, told) = node.post_body("/admin/push", TOKEN, body).await;
        assert_eq!(status, "HTTP/1.1 400 Bad Request", "{body}: {told}");
    }
    for (to, screen, told) in [
        ("12", "invite", "`to` is no phone number"),
        (NUMBER, "consent", "the menu does not let this screen be pushed"),
        (NUMBER, "nothing", "the menu does not let this screen be pushed"),
    ] {
        let (status, body) = push(&node, to, screen, "").await;
        assert_eq!(status, "HTTP/1.1 422 Unprocessable Entity", "{body}");
        assert!(body.contains(told), "{body}");
    }
    let body = format!(
        "{{\"to\":\"{NUMBER}\",\"operator\":\"none\",\"service\":\"none\",\"screen\":\"invite\"}}"
    );
    let (_, told) = node.post_body("/admin/push", TOKEN, &body).await;
    assert!(told.contains("no such operator"), "{told}");
    // There is a pace.
    let mut limited = false;
    for _ in 0..20 {
        let (status, _) = push(&node, "081299999999", "invite", "").await;
        limited |= status == "HTTP/1.1 429 Too Many Requests";
    }
    assert!(limited);
    network.cut_links().await.unwrap();
    network.stop().await;
    let gone = async || push(&node, NUMBER, "invite", "").await.0;
    while gone().await != "HTTP/1.1 503 Service Unavailable" {
        tokio::task::yield_now().await;
    }
    node.stop().await;
}
