//! Seats are held and booked while the node is killed, again and again: each is somebody's in the end, and
//! nobody's twice; everybody hears a yes or a no.

use std::{collections::HashSet, fmt::Write as _, time::Duration};

use simulator::{
    operator::Operator,
    phone::{Phone, PhoneError},
};

use crate::{
    restart::{again, bound, redial},
    site::{Site, network, told},
};

const PEOPLE: u32 = 24;
const SEATS: usize = 6;
const KILLS: u64 = 5;

#[tokio::test(flavor = "multi_thread")]
async fn no_seat_is_lost_or_sold_twice_by_a_killed_node_on_sqlite() {
    booked_while_killed(Site::on_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_seat_is_lost_or_sold_twice_by_a_killed_node_on_postgres() {
    booked_while_killed(Site::on_postgres().await).await;
}

fn nik(n: u32) -> String {
    format!("917101050290{:04}", 100 + n)
}

async fn booked_while_killed(site: Site) {
    let network = network("plain").await;
    let site = site
        .operator("telco", "plain", &network.address().to_string(), "")
        .configured(
            "[appointments]\ndays = 1\n[limits]\nsubscriber_per_minute = 60000\nsubscriber_burst = 1000\n",
        );
    let mut roster =
        "nik,name,birth_date,regency,dose1_date,dose1_vaccine,dose1_batch,dose1_place\n".to_owned();
    for n in 0..PEOPLE {
        let nik = nik(n);
        writeln!(roster, "{nik},Warga Uji,1990-02-05,9171,2021-03-01,sinovac,1,Puskesmas")
            .expect("a string");
    }
    let places = format!(
        "code,name,address,regency,district,hours,vaccines,slot_minutes,quota\n\
         RACE,Stadion,Jl. Lomba 1,9171,Kota,sen-min 08:00-09:00,sinovac,60,{SEATS}\n"
    );
    for (what, file) in [("record", roster), ("facility", places)] {
        let path = site.folder().join(format!("{what}.csv"));
        std::fs::write(&path, file).expect("a file");
        let imported = site.run(&[what, "import", &path.display().to_string()]).await;
        assert!(imported.status.success(), "{}", told(&imported));
    }
    let mut node = bound(&site, &network).await;
    let people: Vec<_> = (0..PEOPLE)
        .map(|n| {
            let network = network.clone();
            tokio::spawn(async move { books(&network, n).await })
        })
        .collect();
    let typed = async || network.figures().await.expect("a network").answers;
    for kill in 1..=KILLS {
        let all_done = || people.iter().all(tokio::task::JoinHandle::is_finished);
        while typed().await < kill * u64::from(PEOPLE) && !all_done() {
            tokio::task::yield_now().await;
        }
        node.kill().await;
        node = again(&site, &network).await;
    }
    let mut tickets = HashSet::new();
    let mut refused = 0;
    for person in people {
        match person.await.expect("a definite answer") {
            Some(ticket) => assert!(tickets.insert(ticket), "a ticket twice"),
            None => refused += 1,
        }
    }
    assert_eq!((tickets.len(), refused), (SEATS, PEOPLE as usize - SEATS));
    let list = site.run(&["facility", "list", "--regency", "9171"]).await;
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    let line = list.lines().find(|line| line.starts_with("RACE")).expect("the place");
    assert_eq!(line.split_whitespace().next_back(), Some(SEATS.to_string().as_str()), "{line}");
    node.stop().await;
}

/// Wants a seat, as stubbornly as people do; gives back the number of the ticket, or that all are gone.
async fn books(network: &Operator, n: u32) -> Option<String> {
    let number = format!("0812666{:05}", 100 + n).parse().expect("a number");
    let mut phone = Phone::new(network, number).await.expect("a phone");
    let mut screen = redial(&mut phone, "*119*9#").await;
    let nik = nik(n);
    loop {
        for told in ["Tiket ", "tiket "] {
            if let Some((_, rest)) = screen.text.split_once(told) {
                return Some(rest.chars().take("000 000 0000".len()).collect());
            }
        }
        if screen.text.starts_with("PENUH") {
            return None;
        }
        if screen.text.starts_with("Layanan sedang ramai") {
            // More stubborn than people are.
            tokio::time::sleep(Duration::from_millis(500)).await;
            screen = redial(&mut phone, "*119*9#").await;
            continue;
        }
        let answers = [
            ("PeduliLindungi\n", "9"),
            ("Tadi Anda belum selesai", "1"),
            ("Ketik 16 angka NIK", nik.as_str()),
            ("Tanggal lahir?", "05021990"),
            ("Cari tempat di", "1"),
            ("Kecamatan?", "kota"),
            ("Tempat vaksin di", "1"),
            ("Hari:", "1"),
            ("Jam yang masih ada", "1"),
            ("Pesan?", "1"),
            ("BELUM dapat", "1"),
        ];
        let answer = answers.iter().find(|(question, _)| screen.text.contains(question));
        let (_, answer) = answer.unwrap_or_else(|| panic!("no answer to {}", screen.text));
        screen = match phone.answer(answer).await {
            Ok(screen) => screen,
            Err(PhoneError::Ended { .. }) => redial(&mut phone, "*119*9#").await,
            Err(error) => panic!("{error}"),
        };
    }
}
