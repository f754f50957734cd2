//! An officer's registrations, where somebody else keeps the record.

use setara::{clock, service::sample, vault::Vault};
use simulator::satudata::Requests;

use crate::{
    bed::{Bed, Someone, both},
    conversations::{SITI, Typed},
    events::store,
};

const MARIA: Typed = ("5301014107550001", "Maria Goreti Bria", "01071955");

/// An officer of the sample, and somebody at home.
async fn people(bed: &Bed) -> [Someone; 2] {
    let vault = Vault::open_file(bed.folder.join("setara.key")).expect("keys");
    let store = store(bed).await;
    store.put_officers(&sample::officers(&vault, clock::now())).await.expect("officers");
    store.close().await;
    [bed.phone("081290000201").await, bed.phone("081290000302").await]
}

fn assisted<'a>(first: &[&'a str], who: Typed, rest: &[&'a str]) -> Vec<&'a str> {
    [first, &["1", "1", who.0, who.1, who.2], rest].concat()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_officer_registers_as_with_our_own_record() {
    for bed in both().await {
        let gateway = bed.gateway().await;
        let [mut officer, mut family] = people(&bed).await;
        let rest = ["1", "1", "1", "081290000302", "1"];
        let way = assisted(&["864297"], MARIA, &rest);
        let screen = officer.goes("*119*77#", &way).await;
        assert!(screen.text.contains("Pendaftaran BERHASIL"), "{}", screen.text);
        assert_eq!(bed.record.registered(), [MARIA.0]);
        family.reads("didaftarkan vaksin oleh petugas").await;
        // One, and not two, although it was decided twice.
        let screen = officer.goes("*119*77#", &[]).await;
        assert!(screen.text.contains("Hari ini: 1 orang"), "{}", screen.text);
        officer.phone.hang_up().await.expect("hung up");
        let screen = officer.goes("*119*77#", &assisted(&[], MARIA, &[])).await;
        assert!(screen.text.contains("sudah Anda daftarkan"), "{}", screen.text);
        let wrong = assisted(&[], (SITI.0, SITI.1, "06021990"), &["1"]);
        let screen = officer.goes("*119*77#", &wrong).await;
        assert!(screen.text.contains("belum cocok"), "{}", screen.text);
        bed.end(gateway).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_the_record_is_told_at_home_or_to_the_officer() {
    for bed in both().await {
        let bed = bed.configured("session_ms = 400\n");
        let gateway = bed.gateway().await;
        let [mut officer, mut family] = people(&bed).await;
        bed.faults(Requests::Away, 100, 0);
        let home = ["1", "1", "1", "1", "081290000302", "1"];
        let screen = officer.goes("*119*77#", &assisted(&["864297"], MARIA, &home)).await;
        assert!(screen.text.contains("menunggu validasi"), "{}", screen.text);
        let pending = family.reads("menunggu validasi").await;
        // Without a number at home, and with another name than the record's.
        let none = ["1", "1", "1", "2", "1"];
        let other = (SITI.0, "Someone Else", SITI.2);
        let screen = officer.goes("*119*77#", &assisted(&[], other, &none)).await;
        assert!(screen.text.contains("menunggu validasi"), "{}", screen.text);
        assert!(bed.record.registered().is_empty());
        bed.well();
        let valid = family.reads("SAH").await;
        let number =
            |text: &str| text.chars().filter(char::is_ascii_digit).take(10).collect::<String>();
        assert_eq!(number(&pending), number(&valid));
        let text = officer.reads("belum cocok").await;
        assert!(text.contains("lewat petugas"), "{text}");
        assert_eq!(bed.record.registered(), [MARIA.0]);
        let screen = officer.goes("*119*7#", &[]).await;
        assert!(screen.text.contains("Belum ada orang"), "{}", screen.text);
        bed.end(gateway).await;
    }
}
