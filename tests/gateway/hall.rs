//! A clinic's hall calls, and the phones at home see it.

use simulator::phone::Phone;

use crate::{
    node::Node,
    site::{Site, network, told},
};

#[tokio::test(flavor = "multi_thread")]
async fn who_is_called_sees_it_and_may_queue_again_on_sqlite() {
    the_hall_calls(Site::empty("sqlite:setara.db".into())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_called_sees_it_and_may_queue_again_on_postgres() {
    the_hall_calls(Site::on_postgres().await).await;
}

async fn the_hall_calls(site: Site) {
    let network = network("plain").await;
    let site = site
        .service("antrean")
        .configured("queue.gigi = { name = \"Poli Gigi\", numbers_per_day = 3 }\n")
        .operator("telco", "plain", &network.address().to_string(), "");
    let node = Node::start(&site.config()).await;
    network.bound(1).await.unwrap();
    let mut phones = Vec::new();
    for n in 1..=2 {
        let number = format!("0812666{n:05}").parse().unwrap();
        phones.push(Phone::new(&network, number).await.unwrap());
    }
    let [first, second] = phones.as_mut_slice() else { unreachable!() };
    let place = |n, before| format!("Nomor Anda: {n}\nPoli Gigi\nDi depan Anda: {before}");
    sees(first, "*131*1*1#", &place(1, 0)).await;
    sees(second, "*131*1*1#", &place(2, 1)).await;

    let next = site.run(&["queue", "next", "gigi"]).await;
    assert!(next.status.success(), "{}", told(&next));
    sees(second, "*131#", &place(2, 0)).await;
    let called = "Nomor 1 dipanggil.\nSilakan ke Poli Gigi\nTerlewat? Antre lagi.";
    sees(first, "*131#", called).await;
    sees(first, "*131*1*1#", &place(3, 1)).await;

    // Numbers that were called or given back are not drawn again: the day is full.
    sees(second, "*131*2*1#", "Nomor dikembalikan. Terima kasih!").await;
    let full = "Maaf, hari ini penuh\nPoli Gigi\nBesok datang pagi ya.\nDarurat: telepon 119";
    sees(second, "*131*1*1#", full).await;
    node.stop().await;
    network.stop().await;
}

/// Dials, in a session of its own, and has to see a screen that begins so.
async fn sees(phone: &mut Phone, dialled: &str, beginning: &str) {
    let screen = phone.dial(dialled).await.unwrap();
    assert!(screen.text.starts_with(beginning), "{dialled}: {screen:?}");
    if screen.open {
        phone.hang_up().await.unwrap();
    }
}
