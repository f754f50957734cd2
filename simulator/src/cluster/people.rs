//! People who register and complain, as stubbornly as people are, whatever happens to the nodes.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use simulator::number::Number;
use simulator::operator::Operator;
use simulator::phone::{Phone, PhoneError, Screen};
use simulator::play::CODE;

use super::Failed;

/// What everybody is called: no two words that stand in a log anyway.
const NAME: &str = "Warga Percontohan";

/// People in one district.
const A_DISTRICT: u64 = 9000;

/// One person in so many complains too.
const COMPLAIN: u64 = 3;

/// The person of a place. All were born on one day in one town.
pub fn nik(place: u64) -> String {
    format!("3173{:02}050290{:04}", 2 + place / A_DISTRICT, 1 + place % A_DISTRICT)
}

/// Everybody has a phone of their own.
pub fn number(place: u64) -> Result<Number, Failed> {
    Ok(format!("0812{:08}", 55_500_000 + place).parse()?)
}

/// Writes the people as the record takes them, and their phones as a campaign does.
pub fn write(roster: &Path, list: &Path, people: u64, phones: u64) -> std::io::Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(roster)?);
    writeln!(file, "nik,name,birth_date")?;
    for place in 0..people {
        writeln!(file, "{},{NAME},1990-02-05", nik(place))?;
    }
    file.flush()?;
    let mut file = std::io::BufWriter::new(std::fs::File::create(list)?);
    writeln!(file, "phone,name,nik")?;
    for place in 0..phones {
        writeln!(file, "0812{:08},{NAME},{}", 55_500_000 + place, nik(place))?;
    }
    file.flush()
}

/// What everybody together saw.
#[derive(Default)]
pub struct Seen {
    /// When each turn was answered.
    pub turns: Mutex<Vec<Instant>>,
    /// The numbers of registrations that people were told.
    pub registrations: Mutex<Vec<String>>,
    /// The same of complaints.
    pub tickets: Mutex<Vec<String>>,
    /// Screens that nobody had asked for.
    pub wrong: AtomicU64,
    /// What was read after everybody should have come to an end, and how often.
    pub late: Mutex<BTreeMap<String, u64>>,
    /// How often something was killed.
    pub kills: AtomicU64,
    /// What became of the sessions that were open then, one for each kill.
    pub fates: [Fates; 2],
    next: AtomicU64,
    stop: AtomicBool,
}

/// What became of sessions that were open when something was killed.
#[derive(Default)]
pub struct Fates {
    /// They went on as if nothing had been.
    pub continued: AtomicU64,
    /// The phone was told of an error, by the network or by the service.
    pub broken: AtomicU64,
    /// Whoever dialled again after that found what had been typed.
    pub taken_up: AtomicU64,
}

impl Seen {
    /// Nobody begins any more.
    pub fn stop(&self) {
        self.stop.store(true, Relaxed);
    }

    /// Whether somebody was killed since then, and which kill was the last.
    fn fate(&self, since: u64) -> Option<&Fates> {
        let kills = self.kills.load(Relaxed);
        let last = usize::try_from(kills.checked_sub(1)?).ok()?;
        self.fates.get(last).filter(|_| kills > since)
    }
}

/// One phone after the other, until nobody is left or all is over.
pub async fn come(network: &Operator, seen: &Seen, people: u64) -> Result<(), Failed> {
    while !seen.stop.load(Relaxed) {
        let place = seen.next.fetch_add(1, Relaxed);
        if place >= people {
            break;
        }
        let phone = Phone::new(network, number(place)?).await?;
        let phone = phone.with_patience(Duration::from_secs(30));
        let mut visitor = Visitor { phone, seen, nik: nik(place), kills: 0 };
        let registered = visitor.go(CODE, Visitor::registered, &REGISTER).await?;
        locked(&seen.registrations).push(registered);
        if place.is_multiple_of(COMPLAIN) {
            let ticket = visitor.complain().await?;
            locked(&seen.tickets).push(ticket);
        }
    }
    Ok(())
}

/// What is answered to a screen that begins so.
const REGISTER: [(&str, &str); 8] = [
    ("PeduliLindungi\n", "1"),
    (RESUME, "1"),
    ("NIK, nama & data kesehatan", "1"),
    ("Ketik 16 angka NIK", NIK),
    ("Ketik nama lengkap", NAME),
    ("Tanggal lahir?", "05021990"),
    ("Anda tinggal di Jakarta Barat?", "1"),
    ("Apakah Anda sedang demam", "1"),
];
const COMPLAIN_OF: [(&str, &str); 2] =
    [(RESUME, "1"), ("Ceritakan singkat", "Petugas tidak datang ke posko")];
/// How the service asks whether to go on with what was dropped.
const RESUME: &str = "Tadi Anda belum selesai";
/// Stands for the NIK of the visitor.
const NIK: &str = "NIK";
/// The complaint about anything, and the list of one's tickets.
const COMPLAINT: &str = "*119*5*5#";
const TICKETS: &str = "*119*5*6#";

struct Visitor<'s> {
    phone: Phone,
    seen: &'s Seen,
    nik: String,
    /// Kills before this session.
    kills: u64,
}

impl Visitor<'_> {
    /// Dials and answers until the end that is wanted.
    async fn go(
        &mut self,
        code: &str,
        end: fn(&str) -> Option<String>,
        answers: &[(&str, &str)],
    ) -> Result<String, Failed> {
        let mut screen = self.redial(code).await?;
        loop {
            if let Some(end) = end(&screen.text) {
                return Ok(end);
            }
            let answer = answers.iter().find(|(question, _)| screen.text.starts_with(question));
            screen = match answer.filter(|_| screen.open) {
                Some((_, NIK)) => self.answer(code, &self.nik.clone()).await?,
                Some((_, answer)) => self.answer(code, answer).await?,
                None => {
                    if screen.open || !is_apology(&screen.text) {
                        self.seen.wrong.fetch_add(1, Relaxed);
                        eprintln!("nobody had asked for: {}", screen.text);
                    }
                    self.again(code).await?
                }
            };
        }
    }

    /// Complains once: whoever lost the answer looks first whether it was taken.
    async fn complain(&mut self) -> Result<String, Failed> {
        loop {
            let mut screen = self.redial(COMPLAINT).await?;
            while let Some((_, text)) =
                COMPLAIN_OF.iter().find(|(question, _)| screen.text.starts_with(question))
            {
                match self.phone.answer(text).await {
                    Ok(next) => screen = next,
                    Err(PhoneError::Ended { .. }) => {
                        self.broke();
                        break;
                    }
                    Err(error) => return Err(error.into()),
                }
                self.read(&screen.text);
                if let Some(number) = Self::ticket(&screen.text) {
                    return Ok(number);
                }
            }
            let mine = self.redial(TICKETS).await?;
            if let Some(number) = Self::listed(&mine.text) {
                return Ok(number);
            }
        }
    }

    fn registered(text: &str) -> Option<String> {
        let told = ["Nomor Anda: ", "Nomor pendaftaran: "];
        let (_, rest) = told.iter().find_map(|told| text.split_once(told))?;
        Some(digits(rest).chars().take(10).collect())
    }

    fn ticket(text: &str) -> Option<String> {
        let (_, rest) = text.split_once("Nomor tiket: ")?;
        Some(digits(rest.split('.').next().unwrap_or_default()))
    }

    fn listed(text: &str) -> Option<String> {
        let (_, rest) = text.split_once("Tiket yang mana?\n1 ")?;
        Some(digits(rest.lines().next().unwrap_or_default()))
    }

    async fn answer(&mut self, code: &str, text: &str) -> Result<Screen, Failed> {
        match self.phone.answer(text).await {
            Ok(screen) => {
                self.read(&screen.text);
                if !is_apology(&screen.text)
                    && let Some(fates) = self.seen.fate(self.kills)
                {
                    fates.continued.fetch_add(1, Relaxed);
                    self.kills = self.seen.kills.load(Relaxed);
                }
                Ok(screen)
            }
            Err(PhoneError::Ended { .. }) => self.again(code).await,
            Err(error) => Err(error.into()),
        }
    }

    /// The session is gone: another one.
    async fn again(&mut self, code: &str) -> Result<Screen, Failed> {
        let fates = self.seen.fate(self.kills);
        self.broke();
        let screen = self.redial(code).await?;
        if let Some(fates) = fates.filter(|_| screen.text.starts_with(RESUME)) {
            fates.taken_up.fetch_add(1, Relaxed);
        }
        Ok(screen)
    }

    fn broke(&mut self) {
        if let Some(fates) = self.seen.fate(self.kills) {
            fates.broken.fetch_add(1, Relaxed);
        }
    }

    /// A turn was answered, with this.
    fn read(&self, text: &str) {
        locked(&self.seen.turns).push(Instant::now());
        self.late(text);
    }

    fn late(&self, text: &str) {
        if self.seen.stop.load(Relaxed) {
            *locked(&self.seen.late).entry(text.to_owned()).or_default() += 1;
        }
    }

    /// Dials until somebody answers.
    async fn redial(&mut self, code: &str) -> Result<Screen, Failed> {
        loop {
            match self.phone.dial(code).await {
                Ok(screen) if !is_apology(&screen.text) => {
                    self.kills = self.seen.kills.load(Relaxed);
                    self.read(&screen.text);
                    return Ok(screen);
                }
                Ok(screen) => self.waits(&screen.text).await,
                Err(error @ PhoneError::Ended { .. }) => self.waits(&error.to_string()).await,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Whoever hears that nobody can answer tries again a moment later.
    async fn waits(&self, heard: &str) {
        self.late(heard);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// A number as the database has it: without the gaps that make it easy to read.
pub fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

/// Whether the service says that it cannot answer just now.
fn is_apology(text: &str) -> bool {
    text.starts_with("Maaf") || text.starts_with("Layanan sedang")
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
