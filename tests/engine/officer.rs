//! Officers amid their conversations: staff who suspend them, limits on every node, PINs tried at once.

use futures_util::future::join_all;
use setara::{
    config::Config,
    conversation::Signal,
    engine::Engine,
    front::officer::{By, Officers, Wish},
    identity::Msisdn,
    menu::model::Menu,
    service::{audit::StaffName, officer::OfficerState, sample::OFFICER},
    store::Table,
    vault::SubscriberKey,
};

use super::{Country, Phone};

const MARIA: [&str; 3] = ["5301014107550001", "Maria Goreti Bria", "01071955"];
const SITI: [&str; 3] = ["3173014502900001", "Siti Aminah", "05021990"];

fn officer(engine: &Engine) -> Phone<'_> {
    let number = Msisdn::parse(OFFICER.phone).unwrap();
    // What one phone says on two nodes is not the same message.
    Phone { engine, number, service: "petugas", said: rand_start(), session: None }
}

fn rand_start() -> u32 {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(1);
    1_000 * NEXT.fetch_add(1, Ordering::Relaxed)
}

fn key(engine: &Engine) -> SubscriberKey {
    let vault = engine.vault();
    vault.officer_key(&vault.subscriber_key(&Msisdn::parse(OFFICER.phone).unwrap()))
}

fn staff() -> StaffName {
    StaffName::parse("rina.k").unwrap()
}

/// As staff see officers on this database.
fn office(engine: &Engine) -> Officers {
    let operator = "[operator.telco]\nlink = []\n[operator.telco.sms]\nshort_code = \"1199\"\n\
                    sender = \"PEDULICOVID\"\nper_second = 100\nprefixes = [\"\"]\n";
    let config = Config::parse(operator).unwrap();
    Officers::new(engine.store().clone(), engine.vault().clone(), &config)
}

async fn wish(engine: &Engine, wish: Wish) -> OfficerState {
    let shelf = engine.shelf();
    let menus: Vec<&Menu> = shelf.current().iter().map(|service| &service.menu).collect();
    let by = By { staff: &staff(), menus: &menus, random: 7 };
    office(engine).act(key(engine), wish, by).await.unwrap()
}

impl Phone<'_> {
    /// Everything up to the last question of a registration; the PIN if it is asked for.
    async fn nearly_assists(&mut self, person: [&str; 3]) -> String {
        let mut screen = self.dial(&[]).await;
        if screen.contains("Lanjutkan?") {
            screen = self.answer("2").await;
        }
        if screen.contains("PIN") {
            screen = self.answer(OFFICER.secret).await;
        }
        for answer in ["1", "1"].into_iter().chain(person).chain(["1", "1", "2"]) {
            if !screen.contains("\n1 ") && !screen.contains("Ketik") && !screen.contains("lahir?") {
                return screen;
            }
            screen = self.answer(answer).await;
        }
        screen
    }
}

async fn on_both(change: fn(&mut Config), test: impl AsyncFn(&Engine, &Country)) {
    for mut country in [Country::on_sqlite().await, Country::on_postgres().await] {
        change(&mut country.config);
        let running = country.start().await.expect("an engine");
        test(&running.engine, &country).await;
        running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_suspended_is_refused_by_the_next_answer() {
    on_both(
        |_| (),
        async |engine, _| {
            let mut officer = officer(engine);
            let screen = officer.nearly_assists(MARIA).await;
            assert!(screen.contains("Daftarkan Maria Goreti Bria"), "{screen}");
            assert_eq!(wish(engine, Wish::Suspend).await, OfficerState::Suspended);
            let screen = officer.answer("1").await;
            assert!(screen.contains("sedang tidak aktif"), "{screen}");
            assert!(officer.dial(&[]).await.contains("sedang tidak aktif"));
            assert_eq!(engine.store().count(Table::Registration).await.unwrap(), 0);

            // Taken again, the PIN is asked for, and is the same.
            assert_eq!(wish(engine, Wish::Restore).await, OfficerState::Active);
            assert!(officer.nearly_assists(MARIA).await.contains("Daftarkan Maria"));
            assert!(officer.answer("1").await.contains("BERHASIL"));
            let acts = office(engine).acts(key(engine), 10).await.unwrap();
            let deeds: Vec<_> = acts.iter().rev().map(|row| row.act.deed.as_str()).collect();
            let each = ["officer_opened", "assisted_looked"];
            assert_eq!(deeds, [&each[..], &each[..], &["assisted_registered"]].concat());
            assert_eq!(engine.store().verify_audit().await.unwrap().broken.len(), 0);

            // A new code: the PIN is gone, and it was sent.
            let notices = engine.store().count(Table::Notice).await.unwrap();
            assert_eq!(wish(engine, Wish::Reset).await, OfficerState::Invited);
            assert_eq!(engine.store().count(Table::Notice).await.unwrap(), notices + 1);
            assert!(officer.dial(&[]).await.contains("Ketik kode 6 angka"));
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_count_one_officers_registrations_together() {
    let limit = |config: &mut Config| config.officers.per_hour = 1;
    on_both(limit, async |engine, country| {
        // SQLite has one node.
        let other = match country.config.database.url.starts_with("postgres") {
            true => Some(country.start().await.expect("a second node")),
            false => None,
        };
        let elsewhere = other.as_ref().map_or(engine, |node| &node.engine);
        let mut here = officer(engine);
        assert!(here.nearly_assists(MARIA).await.contains("Daftarkan Maria"));
        assert!(here.answer("1").await.contains("BERHASIL"));
        let mut there = officer(elsewhere);
        let screen = there.nearly_assists(SITI).await;
        assert!(screen.contains("Jatah pendaftaran jam ini"), "{screen}");
        assert_eq!(engine.store().count(Table::Registration).await.unwrap(), 1);
        if let Some(node) = other {
            node.stop().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_one_of_a_day_is_nobodys_twice() {
    let limit = |config: &mut Config| config.officers.per_day = 1;
    on_both(limit, async |engine, _| {
        let mut officer = officer(engine);
        assert!(officer.nearly_assists(MARIA).await.contains("Daftarkan Maria"));
        // The network brings the answer three times at once.
        officer.said += 1;
        let answer = || engine.take(officer.inbound(Signal::Answer("1".into()))).unwrap().answer();
        for reply in join_all([answer(), answer(), answer()]).await {
            assert!(reply.unwrap().reply.unwrap().text.contains("BERHASIL"));
        }
        assert_eq!(engine.store().count(Table::Registration).await.unwrap(), 1);
        let screen = officer.nearly_assists(SITI).await;
        assert!(screen.contains("Jatah pendaftaran hari ini"), "{screen}");
        let now = office(engine).show(key(engine)).await.unwrap();
        assert_eq!(now.tally.day, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_outlives_the_conversation_and_the_node() {
    on_both(
        |_| (),
        async |engine, country| {
            let mut guesser = officer(engine);
            for guess in ["864298", "864299", "864300"] {
                guesser.dial(&[]).await;
                guesser.answer("2").await;
                let screen = guesser.dial(&[]).await;
                if screen.contains("Lanjutkan?") {
                    guesser.answer("2").await;
                }
                guesser.answer(guess).await;
            }
            let running = country.start().await.expect("an engine");
            let screen = officer(&running.engine).dial(&[]).await;
            assert!(screen.contains("Terlalu sering salah"), "{screen}");
            running.stop().await;
        },
    )
    .await;
}
