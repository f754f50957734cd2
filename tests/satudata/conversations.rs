//! What people see and are told while the record is well, slow, failing or gone.

use simulator::satudata::Requests;

use crate::bed::{Bed, both};

/// NIK, name and birth date, as somebody types them.
pub type Typed = (&'static str, &'static str, &'static str);

pub const SITI: Typed = ("3173014502900001", "Siti Aminah", "05021990");
pub const SITIS_PHONE: &str = "081290000001";
/// "Is this where you live": yes; and no ailment.
const REST: [&str; 2] = ["1", "1"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_record_that_is_well_everything_is_as_with_our_own() {
    for bed in both().await {
        let gateway = bed.gateway().await;
        let mut siti = bed.phone(SITIS_PHONE).await;
        let screen = siti.registers(SITI, &REST).await;
        assert!(screen.text.contains("Pendaftaran BERHASIL"), "{}", screen.text);
        assert_eq!(bed.record.registered(), [SITI.0]);
        let screen = siti.goes("*119*2#", &[]).await;
        assert!(screen.text.contains("sudah TERDAFTAR"), "{}", screen.text);
        // Whoever tries again, over whatever phone, is registered already.
        let mut other = bed.phone("081290000031").await;
        let screen = other.registers(SITI, &[]).await;
        assert!(screen.text.contains("sudah terdaftar"), "{}", screen.text);
        let screen = other.registers((SITI.0, SITI.1, "06021990"), &["1"]).await;
        assert!(screen.text.contains("belum cocok"), "{}", screen.text);
        assert_eq!(bed.record.registered(), [SITI.0]);
        // A NIK stands in the body alone.
        assert!(bed.record.asked().iter().all(|asked| !asked.request.contains(SITI.0)));
        bed.end(gateway).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_record_keeps_nobody_waiting_and_the_result_follows() {
    for bed in both().await {
        let bed = bed.configured("session_ms = 400\n");
        let gateway = bed.gateway().await;
        bed.faults(Requests::Good, 100, 2_000);
        let mut asep = bed.phone("081290000023").await;
        let screen = asep.goes("*119*2#", &["3204012002650001", "20021965"]).await;
        assert!(screen.text.contains("Data nasional sedang lambat"), "{}", screen.text);
        let text = asep.reads("status").await;
        assert!(text.contains("sudah 3 dosis"), "{text}");
        assert!(!text.contains("Asep"), "{text}");
        // The answer is kept: the next one is at once.
        let screen = asep.goes("*119*2#", &[]).await;
        assert!(screen.text.contains("LENGKAP dengan penguat"), "{}", screen.text);
        bed.end(gateway).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_known_is_shown_with_its_age_while_the_record_is_gone() {
    for bed in both().await {
        let bed = bed.configured("session_ms = 1500\nfresh_seconds = 1\n");
        let gateway = bed.gateway().await;
        let mut asep = bed.phone("081290000023").await;
        asep.goes("*119*2#", &["3204012002650001", "20021965"]).await;
        bed.faults(Requests::Away, 100, 0);
        tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
        // To begin again.
        let screen = asep.goes("*119*2#", &["2"]).await;
        assert!(screen.text.starts_with("Data per "), "{}", screen.text);
        assert!(screen.text.contains("LENGKAP dengan penguat"), "{}", screen.text);
        bed.end(gateway).await;
    }
}

/// Whether anybody matches is not said by the text.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_wants_to_change_something_hears_when_the_record_can_be_asked_again() {
    for bed in both().await {
        let bed = bed.configured("session_ms = 1500\n");
        let gateway = bed.gateway().await;
        bed.faults(Requests::Away, 100, 0);
        let mut phones = Vec::new();
        for (number, birth) in [(SITIS_PHONE, SITI.2), ("081290000031", "06021990")] {
            let mut phone = bed.phone(number).await;
            let screen = phone.goes("*119*4#", &[SITI.0, birth]).await;
            assert!(screen.text.contains("Begitu bisa, kami kabari"), "{}", screen.text);
            phones.push(phone);
        }
        bed.well();
        let mut texts = Vec::new();
        for phone in &mut phones {
            texts.push(phone.reads("data nasional").await);
        }
        assert!(texts[0].contains("sudah bisa dicek lagi"), "{}", texts[0]);
        assert_eq!(texts[0], texts[1]);
        let screen = phones[0].goes("*119*4#", &[SITI.0, SITI.2]).await;
        assert!(screen.open && !screen.text.contains("Data nasional"), "{}", screen.text);
        bed.end(gateway).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn registrations_are_taken_while_the_record_is_gone_and_validated_in_order() {
    for bed in both().await {
        // One after the other, whoever it is about.
        let bed = bed.configured("session_ms = 400\nqueue_at_once = 1\n");
        let gateway = bed.gateway().await;
        bed.faults(Requests::Away, 100, 0);
        let people: [(&str, Typed); 3] = [
            (SITIS_PHONE, SITI),
            ("081290000002", ("3173014502900002", "Dewi Lestari", "05021990")),
            ("081290000010", ("3578011203800001", "Agus Setiawan", "12031980")),
        ];
        let mut phones = Vec::new();
        for (number, who) in people {
            let mut phone = bed.phone(number).await;
            let screen = phone.registers(who, &["1", "1", "1"]).await;
            assert!(screen.text.contains("menunggu validasi"), "{}", screen.text);
            phones.push(phone);
        }
        // And one who typed another name.
        let mut stranger = bed.phone("081290000041").await;
        let wrong = ("6471016204930001", "Someone Else", "22041993");
        let screen = stranger.registers(wrong, &["1", "1", "1"]).await;
        assert!(screen.text.contains("menunggu validasi"), "{}", screen.text);
        let screen = phones[0].goes("*119*2#", &[]).await;
        assert!(screen.text.contains("menunggu validasi"), "{}", screen.text);
        assert!(bed.record.registered().is_empty());
        let metrics = bed.metrics(&gateway).await;
        for shown in [
            "setara_record_inquiries{kind=\"register\"} 4",
            "setara_record_breaker{state=\"open\"}",
            "setara_record_calls_total{question=\"person\",outcome=\"unreachable\"}",
            "setara_record_turns_total{outcome=\"without\"}",
        ] {
            assert!(metrics.contains(shown), "{shown}\n{metrics}");
        }
        bed.well();
        for phone in &mut phones {
            let text = phone.reads("SAH").await;
            assert!(text.contains("Nomor:"), "{text}");
        }
        stranger.reads("belum cocok").await;
        let niks: Vec<&str> = people.iter().map(|(_, (nik, ..))| *nik).collect();
        assert_eq!(bed.record.registered(), niks);
        let screen = phones[0].goes("*119*2#", &[]).await;
        assert!(screen.text.contains("sudah TERDAFTAR"), "{}", screen.text);
        bed.end(gateway).await;
    }
}

/// What waits is asked side by side, as many as the configuration has, and of one person nobody before whoever
/// came first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_wait_are_asked_about_at_once_and_of_one_person_in_order() {
    for bed in both().await {
        let bed =
            bed.configured("session_ms = 300\ntries = 1\nqueue_at_once = 4\nbreaker_calls = 100\n");
        let gateway = bed.gateway().await;
        bed.faults(Requests::Away, 100, 0);
        let people: [(&str, Typed); 5] = [
            (SITIS_PHONE, SITI),
            ("081290000002", ("3173014502900002", "Dewi Lestari", "05021990")),
            ("081290000010", ("3578011203800001", "Agus Setiawan", "12031980")),
            ("081290000010", ("3578015006820001", "Sri Wahyuni", "10061982")),
            // Somebody registers Siti once more.
            ("081290000041", SITI),
        ];
        let mut phones = Vec::new();
        for (number, who) in people {
            let mut phone = bed.phone(number).await;
            let screen = phone.registers(who, &["1", "1", "1"]).await;
            assert!(screen.text.contains("menunggu validasi"), "{}", screen.text);
            phones.push(phone);
        }
        bed.record.rush();
        bed.faults(Requests::Good, 100, 600);
        assert!(phones[4].reads("sudah terdaftar").await.contains("119"));
        assert!(phones[0].reads("SAH").await.contains("Nomor:"));
        for phone in &mut phones[1..3] {
            phone.reads("SAH").await;
        }
        let rush = bed.record.rush();
        assert_eq!(rush.of_one, 1, "{rush:?}");
        assert!((2..=4).contains(&rush.at_once), "{rush:?}");
        let metrics = bed.metrics(&gateway).await;
        for shown in ["setara_record_inquiries_at_once 4\n", "setara_record_inquiries_asking 0\n"] {
            assert!(metrics.contains(shown), "{shown}\n{metrics}");
        }
        let mut registered = bed.record.registered();
        registered.sort_unstable();
        assert_eq!(
            registered,
            ["3173014502900001", "3173014502900002", "3578011203800001", "3578015006820001"]
        );
        bed.end(gateway).await;
    }
}

/// Half of the calls fail, some of them after the registration was taken: nobody is registered twice, and
/// everybody gets a definite answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_of_the_calls_fail_and_nobody_is_registered_twice() {
    for requests in [Requests::Failing, Requests::CutAfter, Requests::Garbled] {
        for bed in both().await {
            half(bed.configured("session_ms = 3000\n"), requests).await;
        }
    }
}

async fn half(bed: Bed, requests: Requests) {
    let gateway = bed.gateway().await;
    bed.faults(requests, 50, 0);
    let people: [(&str, Typed); 4] = [
        (SITIS_PHONE, SITI),
        ("081290000002", ("3173014502900002", "Dewi Lestari", "05021990")),
        ("081290000010", ("3578011203800001", "Agus Setiawan", "12031980")),
        ("081290000010", ("3578015006820001", "Sri Wahyuni", "10061982")),
    ];
    for (number, who) in people {
        let mut phone = bed.phone(number).await;
        let screen = phone.registers(who, &[]).await;
        let rest: &[&str] =
            if screen.text.contains("Lanjutkan") { &["1", "1", "1"] } else { &REST };
        let mut last = screen;
        for answer in rest {
            last = phone.phone.answer(answer).await.expect("a screen");
        }
        if last.text.contains("menunggu validasi") {
            phone.reads("SAH").await;
        } else {
            assert!(last.text.contains("BERHASIL"), "{}", last.text);
        }
    }
    let niks: Vec<&str> = people.iter().map(|(_, (nik, ..))| *nik).collect();
    // A family has one inbox: whose text was read is not said.
    for _ in 0..600 {
        if bed.record.registered().len() >= niks.len() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let mut registered = bed.record.registered();
    registered.sort_unstable();
    let mut wanted = niks.clone();
    wanted.sort_unstable();
    assert_eq!(registered, wanted, "{requests:?}");
    bed.end(gateway).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_registers_anew_while_the_first_registration_is_under_way_is_registered() {
    for bed in both().await {
        let bed = bed.configured("session_ms = 400\n");
        let gateway = bed.gateway().await;
        bed.faults(Requests::Good, 100, 3_000);
        let mut siti = bed.phone(SITIS_PHONE).await;
        // With another answer about the health than before: it is sent under another name.
        for rest in [&["1", "1", "1"][..], &["1", "1", "2", "1"]] {
            let screen = siti.registers(SITI, rest).await;
            assert!(screen.text.contains("menunggu validasi"), "{}", screen.text);
        }
        siti.reads("SAH").await;
        assert_eq!(bed.record.registered(), [SITI.0]);
        bed.well();
        let screen = siti.goes("*119*2#", &[]).await;
        assert!(screen.text.contains("sudah TERDAFTAR"), "{}", screen.text);
        bed.end(gateway).await;
    }
}
