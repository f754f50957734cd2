//! Several operators, several binds, and more than one phone may ask.

use crate::{
    node::Node,
    site::{Site, network},
    walk::Walk,
};

#[tokio::test(flavor = "multi_thread")]
async fn two_operators_speak_their_own_dialects_at_once() {
    let [plain, its] = [network("plain").await, network("its").await];
    let site = Site::on_sqlite()
        .await
        .operator("nusantara", "plain", &plain.address().to_string(), "")
        .operator("selat", "its", &its.address().to_string(), "");
    let node = Node::start(&site.config()).await;
    plain.bound(1).await.unwrap();
    its.bound(1).await.unwrap();
    let mut walks = [Walk::of("register"), Walk::of("family")];
    let mut phones = [walks[0].phone(&plain).await, walks[1].phone(&its).await];
    let [one, other] = &mut walks;
    let [phone, another] = &mut phones;
    tokio::join!(one.through(phone), other.through(another));
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transmitter_and_a_receiver_are_one_link() {
    let network = network("its").await;
    let address = network.address().to_string();
    let site = Site::on_sqlite().await.operator("telco", "its", &address, "mode = \"pair\"");
    let node = Node::start(&site.config()).await;
    network.bound(2).await.unwrap();
    let mut kinds: Vec<_> = network.links().borrow().iter().map(|link| link.kind).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["receiver", "transmitter"]);
    let mut walk = Walk::of("register");
    let mut phone = walk.phone(&network).await;
    walk.through(&mut phone).await;
    assert_eq!(node.get("/readyz").await.1, "ready\n");
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_may_have_several_links() {
    let network = network("plain").await;
    let address = network.address().to_string();
    let second = format!(
        "[[operator.telco.link]]\naddress = \"{address}\"\nsystem_id = \"setara\"\n\
         password = \"secret\""
    );
    let site = Site::on_sqlite().await.operator("telco", "plain", &address, &second);
    let node = Node::start(&site.config()).await;
    network.bound(2).await.unwrap();
    let mut walk = Walk::of("register");
    let mut phone = walk.phone(&network).await;
    walk.through(&mut phone).await;
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_too_fast_gets_the_busy_screen_and_nobody_else() {
    let network = network("plain").await;
    let address = network.address().to_string();
    let site = Site::on_sqlite()
        .await
        .operator("telco", "plain", &address, "")
        .configured("limits.subscriber_per_minute = 1\nlimits.subscriber_burst = 3\n");
    let node = Node::start(&site.config()).await;
    network.bound(1).await.unwrap();
    let mut walk = Walk::of("register");
    let mut phone = walk.phone(&network).await;
    walk.on(&mut phone, 3).await;
    let busy = phone.answer("3173014502900001").await.unwrap();
    assert_eq!(busy.text, "Layanan sedang ramai. Silakan dial *119# lagi beberapa menit lagi.");
    assert!(!busy.open);
    let family = Walk::of("family");
    let home = family.phone(&network).await.dial("*119#").await.unwrap();
    assert!(home.open);
    let (_, metrics) = node.get("/metrics").await;
    assert!(metrics.contains("setara_refused_total{reason=\"subscriber\"} 1\n"), "{metrics}");
    node.stop().await;
}

/// Whoever chose a language is told in it that there are too many callers, also by a node that has
/// never heard of them; what they took of another one counts.
#[tokio::test(flavor = "multi_thread")]
async fn the_busy_screen_is_in_the_language_of_the_subscriber() {
    let network = network("plain").await;
    let address = network.address().to_string();
    let site = Site::on_sqlite()
        .await
        .operator("telco", "plain", &address, "")
        .configured("limits.subscriber_per_minute = 1\nlimits.subscriber_burst = 6\n");
    let node = Node::start(&site.config()).await;
    network.bound(1).await.unwrap();
    let mut phone = Walk::of("register").phone(&network).await;
    phone.dial("*119*8#").await.unwrap();
    let home = phone.answer("2").await.unwrap();
    assert!(home.text.contains("1 Register"), "{home:?}");
    node.stop().await;
    network.links().wait_for(Vec::is_empty).await.unwrap();

    let node = Node::start(&site.config()).await;
    network.bound(1).await.unwrap();
    for _ in 0..4 {
        assert!(phone.dial("*119#").await.unwrap().open);
    }
    let busy = phone.dial("*119#").await.unwrap();
    assert_eq!(busy.text, "The service is busy. Please dial *119# again in a few minutes.");
    node.stop().await;
}
