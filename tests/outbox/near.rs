//! A location that a chat shares, from the event at the webhook to the list of places in another order.

use setara::{
    clock,
    identity::{ChatId, Coordinates, Msisdn},
    service::{
        facility::{Facility, FacilityCode},
        sample::NO_CERTIFICATE,
    },
};
use simulator::whatsapp::{event::Said, user::Bubble};

use crate::{
    bed::both,
    chats::{SMS, cloud, gateway, keeps_to_the_rules},
    offers::{fill, hears, place, says},
    smsc::{Manner, Smsc},
};

const PHONE: &str = "6281290000021";

/// By their names the other way round.
const FAR_AND_NEAR: [&str; 2] = ["Balai Warga", "Puskesmas Melati"];

/// The places of a message, in its order.
fn listed(bubble: &Bubble) -> Vec<&'static str> {
    let shown = format!("{:?}", bubble.content);
    let mut found: Vec<_> =
        FAR_AND_NEAR.into_iter().filter_map(|name| Some((shown.find(name)?, name))).collect();
    found.sort_unstable();
    found.into_iter().map(|(_, name)| name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_places_are_listed_from_where_somebody_is() {
    for bed in both().await {
        let (cloud, smsc) = (cloud().await, Smsc::start(Manner::default()).await);
        let bed = bed.operator("telco", &[smsc.port], SMS, "").whatsapp(&cloud, "");
        fill(&bed).await;
        let [far, near] = FAR_AND_NEAR;
        let at = |code: &str, name: &str, south: f64| Facility {
            code: FacilityCode::parse(code).unwrap(),
            name: name.into(),
            at: Some(Coordinates::new(south, 110.37).unwrap()),
            ..place()
        };
        let places = [at("3471-X", near, -7.80), at("3471-Y", far, -7.95)];
        bed.store.put_facilities(&places, clock::now(), |_| ()).await.unwrap();
        let mut chat = cloud.chat(PHONE.parse().unwrap(), "Rina");
        let address = ChatId::new(None, Some(PHONE)).unwrap();
        bed.bind(&address, &Msisdn::parse(PHONE).unwrap()).await;
        let gateway = gateway(&bed).await;
        cloud.subscribe(&format!("http://{}/whatsapp", gateway.http())).await.unwrap();
        for (said, words) in [
            ("jadwal", "NIK"),
            (NO_CERTIFICATE.nik, "anggal lahir"),
            ("18091988", "Cari tempat di"),
        ] {
            says(&mut chat, said, words).await;
        }
        chat.write("1");
        assert_eq!(listed(&hears(&mut chat, near).await), [far, near]);
        chat.say(&Said::Location(-7.801, 110.371, String::new()));
        assert_eq!(listed(&hears(&mut chat, near).await), [near, far]);
        // The first is the near one now.
        says(&mut chat, "1", "Jl. Melati 1").await;
        let last = chat.messages().pop().unwrap();
        assert_eq!(listed(&last), [near]);
        keeps_to_the_rules(&cloud);
        gateway.shutdown().await;
        cloud.stop().await;
    }
}
