//! What the record does not take while somebody was told so: staff look at it, and let it be sent again.

use std::time::Duration;

use setara::{
    config::Config,
    front::ticket::{TicketError, Tickets, Wish},
    service::{
        audit::StaffName,
        ticket::{Answered, Because, Category, Refused, TicketState},
    },
    vault::Vault,
};

use crate::{
    bed::{both, person, sample},
    conversations::{SITI, SITIS_PHONE},
    events::store,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_record_refuses_in_the_turn_is_a_ticket_that_sends_it_again() {
    for bed in both().await {
        let gateway = bed.gateway().await;
        let mut siti = bed.phone(SITIS_PHONE).await;
        siti.registers(SITI, &["1"]).await;
        // It was found a moment ago, and is there twice by now.
        bed.record.double(SITI.0);
        let screen = siti.phone.answer("1").await.expect("a screen");
        assert!(screen.text.contains("untuk diperiksa petugas"), "{}", screen.text);
        siti.reads("data DITERIMA").await;

        let store = store(&bed).await;
        let config = Config::read(&bed.config()).expect("a configuration");
        let vault = Vault::open_file(bed.folder.join("setara.key")).expect("the keys");
        let tickets = Tickets::new(store.clone(), vault, &config);
        let open = tickets.list(None, Some(Category::Registration), 9).await.unwrap();
        let [line] = &open[..] else { panic!("one ticket: {open:?}") };
        let rina = StaffName::parse("rina").unwrap();
        let case = tickets.show(&line.number, &rina).await.unwrap();
        assert!(case.waits);
        let check = case.ticket.made.body.check.as_ref().unwrap();
        assert_eq!(check.because, Because::Refused);
        assert_eq!(check.reader().unwrap().as_str(), "+6281290000001");

        // It is put right there; here nothing of the record is changed.
        let siti_there = sample().into_iter().find(|entry| entry.nik.as_str() == SITI.0);
        bed.record.put(SITI.0, person(&siti_there.expect("her")), "person");
        let accept =
            async |with| tickets.act(&line.number, &rina, &Wish::Accept { with }, &[]).await;
        let refused = accept(Answered::ByChange).await;
        assert!(matches!(refused, Err(TicketError::Refused(Refused::Elsewhere))), "{refused:?}");
        assert_eq!(accept(Answered::InWords).await.unwrap(), TicketState::Answered);
        let text = siti.reads("sudah SAH").await;
        assert!(text.contains(&check.registration.to_string()), "{text}");
        assert_eq!(bed.record.registered(), [SITI.0]);
        store.close().await;
        bed.end(gateway).await;
    }
}

/// Whose it is nobody can say, then. While it may still be shown the registration waits; in the end it is told
/// that there was one before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_record_has_already_and_never_shows_is_not_asked_for_ever() {
    for bed in both().await {
        let gateway = bed.gateway().await;
        let mut siti = bed.phone(SITIS_PHONE).await;
        siti.registers(SITI, &["1"]).await;
        bed.record.hide_registration(SITI.0);
        let screen = siti.phone.answer("1").await.expect("a screen");
        assert!(screen.text.contains("menunggu validasi"), "{}", screen.text);
        let sent = || {
            let asked = bed.record.asked();
            asked.iter().filter(|asked| asked.request.ends_with("registrations")).count()
        };
        while sent() < 3 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let store = store(&bed).await;
        assert_eq!(store.inquiry_figures().await.unwrap().len(), 1);

        // Six hours later.
        bed.run("update inquiry set at = at - 21600000").await;
        siti.reads("sudah terdaftar sebelumnya").await;
        assert!(store.inquiry_figures().await.unwrap().is_empty());
        assert!(bed.record.registered().is_empty(), "nothing was made here");
        let screen = siti.goes("*119*2#", &[]).await;
        assert!(!screen.text.contains("menunggu validasi"), "{}", screen.text);
        store.close().await;
        bed.end(gateway).await;
    }
}
