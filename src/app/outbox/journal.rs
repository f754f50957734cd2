//! The journal of answers: a file of this process in which stands what networks answered and the database
//! does not have yet. Whoever hears an answer writes it there before anything else is done with it, so that
//! a process that is killed sends nothing again that it had heard of. The kernel keeps what was written
//! when the process ends, however it ends: nothing waits for the disk. What a power cut takes away is sent
//! again, as if there were no journal.
//!
//! Each process has a file of its own, locked while it runs: the first free one of `FILE`, `FILE.2`, ….
//! Whoever starts takes in what dead ones left in any of them. Without a file nothing is worse than an
//! answer that is asked for once more, so nobody waits for one: it is told, and the gateway goes on.

use std::{
    collections::HashMap,
    ffi::OsString,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use super::locked;
use crate::{
    clock::{self, Timestamp},
    outbox::{
        answers::{self, Claim, Found},
        work::{Settlement, Verdict},
    },
};

/// Octets beyond which a file that never becomes empty is written anew with what is still open.
const FULL: u64 = 1 << 20;

/// Processes that may share a place.
const MOST: usize = 64;

/// The file of this process. Cloning is cheap.
#[derive(Clone)]
pub struct Journal(Arc<Mutex<Pages>>);

/// Whether a claim has its end, or a late answer may still be its last word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    ForNow,
    Last,
}

impl Word {
    fn of(settlement: &Settlement) -> Self {
        match settlement.verdict {
            Verdict::Again { .. } => Self::ForNow,
            _ => Self::Last,
        }
    }
}

struct Pages {
    path: PathBuf,
    /// None where there can be none.
    file: Option<File>,
    /// How long it is.
    length: u64,
    /// When it is written anew.
    full: u64,
    /// What the database does not have yet, as it is written, and whether more may be said of it.
    open: HashMap<Claim, (String, Word)>,
    /// The last write failed, and it was said.
    failing: bool,
    /// Other files of dead processes, until the database has what they say.
    left: Vec<File>,
}

impl Journal {
    /// Opens a journal at this place, and says what dead processes left there.
    pub fn open(place: &Path) -> (Self, Found) {
        let mut found = Found::default();
        let mut pages = Pages {
            path: place.to_owned(),
            file: None,
            length: 0,
            full: FULL,
            open: HashMap::new(),
            failing: false,
            left: Vec::new(),
        };
        for number in 1..=MOST {
            let path = numbered(place, number);
            if pages.file.is_some() && !path.exists() {
                break;
            }
            let taken = take(&path);
            match taken.and_then(|file| file.map(|file| take_in(file, &path)).transpose()) {
                Ok(Some((file, length, said))) => {
                    found.settlements.extend(said.settlements);
                    found.at = found.at.max(said.at);
                    if pages.file.is_none() {
                        (pages.path, pages.file, pages.length) = (path, Some(file), length);
                    } else {
                        pages.left.push(file);
                    }
                }
                // Somebody else's.
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(file = %path.display(), %error, "a journal of answers is left as it is");
                    if error.kind() != io::ErrorKind::InvalidData {
                        break;
                    }
                }
            }
        }
        if pages.file.is_none() {
            let file = place.display();
            tracing::error!(%file, "no journal of answers: what is answered and not stored comes twice after a kill");
        }
        (Self(Arc::new(Mutex::new(pages))), found)
    }

    /// The database has what was found: it can go.
    pub fn forget_found(&self) {
        let mut pages = locked(&self.0);
        for file in std::mem::take(&mut pages.left) {
            if let Err(error) = file.set_len(0) {
                tracing::error!(%error, "a journal of answers could not be emptied");
            }
        }
        pages.empty();
    }

    /// Writes down how claims ended, or how far they came, with one write.
    pub fn write(&self, settlements: &[Settlement]) {
        if !settlements.is_empty() {
            locked(&self.0).write(settlements, clock::now());
        }
    }

    /// The database has these.
    pub fn written_down(&self, settlements: &[Settlement]) {
        locked(&self.0).written_down(settlements);
    }
}

impl Pages {
    fn write(&mut self, settlements: &[Settlement], at: Timestamp) {
        let Some(file) = &mut self.file else { return };
        let mut octets = Vec::with_capacity(160 * settlements.len());
        if self.length == 0 {
            octets.extend(answers::HEADER);
        }
        for settlement in settlements {
            let line = answers::write(settlement, at);
            octets.extend(line.as_bytes());
            self.open.insert(answers::claim(settlement), (line, Word::of(settlement)));
        }
        match file.write_all(&octets) {
            Ok(()) => {
                self.length += octets.len() as u64;
                self.failing = false;
            }
            Err(error) => {
                // What was written of it would spoil the next line.
                let _ = file.set_len(self.length);
                if !std::mem::replace(&mut self.failing, true) {
                    tracing::error!(%error, "answers could not be written to their journal");
                }
            }
        }
        if self.length > self.full {
            self.write_anew();
        }
    }

    fn written_down(&mut self, settlements: &[Settlement]) {
        for settlement in settlements {
            let claim = answers::claim(settlement);
            let last = self.open.get(&claim).is_some_and(|(_, word)| *word == Word::Last);
            if !last || Word::of(settlement) == Word::Last {
                self.open.remove(&claim);
            }
        }
        self.empty();
    }

    /// Nothing needs to be in it any more, if nothing is open.
    fn empty(&mut self) {
        if self.open.is_empty()
            && self.length > 0
            && let Some(file) = &self.file
            && file.set_len(0).is_ok()
        {
            self.length = 0;
            self.full = FULL;
        }
    }

    /// Leaves out what the database has. The new file has the name at one stroke, whole.
    fn write_anew(&mut self) {
        let written = || -> io::Result<(File, u64)> {
            let beside = with_end(&self.path, ".new");
            let mut file = options().open(&beside)?;
            // Locked before it has the name, so that nobody else takes it.
            file.try_lock()?;
            file.set_len(0)?;
            let mut octets = answers::HEADER.to_vec();
            self.open.values().for_each(|(line, _)| octets.extend(line.as_bytes()));
            file.write_all(&octets)?;
            fs::rename(&beside, &self.path)?;
            Ok((file, octets.len() as u64))
        };
        match written() {
            Ok((file, length)) => {
                self.file = Some(file);
                self.length = length;
            }
            Err(error) => {
                tracing::error!(%error, "a journal of answers could not be written anew");
            }
        }
        self.full = FULL.max(2 * self.length);
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true).mode(0o600);
    options
}

/// Opens and locks a file, made if there is none; `None` while another process has it.
fn take(path: &Path) -> io::Result<Option<File>> {
    loop {
        let file = options().open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // Its owner may have put a new one in its place meanwhile.
        if fs::metadata(path)?.ino() == file.metadata()?.ino() {
            return Ok(Some(file));
        }
    }
}

/// Reads what a dead process left, and says how long it is. Of a damaged file a copy stays beside it.
fn take_in(mut file: File, path: &Path) -> io::Result<(File, u64, Found)> {
    let mut octets = Vec::new();
    file.read_to_end(&mut octets)?;
    let found = answers::read(&octets)
        .map_err(|foreign| io::Error::new(io::ErrorKind::InvalidData, foreign))?;
    if found.unreadable > 0 {
        let aside = with_end(path, ".broken");
        let lines = found.unreadable;
        tracing::error!(file = %aside.display(), lines, "a journal of answers is damaged; it is kept here");
        fs::copy(path, &aside)?;
    }
    Ok((file, octets.len() as u64, found))
}

fn numbered(place: &Path, number: usize) -> PathBuf {
    if number == 1 { place.to_owned() } else { with_end(place, &format!(".{number}")) }
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    name.into()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::outbox::{NoticeId, work::Doubt};

    fn sent(id: i64) -> Settlement {
        let left = Timestamp::from_millis(0);
        let verdict = Verdict::Sent { account: "telco".into(), message_id: format!("m{id}"), left };
        Settlement { id: NoticeId::from_i64(id), attempts: 1, day: 0, verdict }
    }

    fn place() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("answers");
        (folder, place)
    }

    #[test]
    fn what_the_database_does_not_have_is_found() {
        let (_folder, place) = place();
        let (journal, found) = Journal::open(&place);
        assert_eq!(found, Found::default());
        assert_eq!(fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o600);
        journal.write(&[sent(1), sent(2), sent(3)]);
        journal.written_down(&[sent(2)]);
        drop(journal);
        // Also what it has: that has no effect twice.
        let (journal, found) = Journal::open(&place);
        assert_eq!(found.settlements, [sent(1), sent(2), sent(3)]);
        assert!(found.at.is_some());
        drop(journal);
        let (journal, found) = Journal::open(&place);
        assert_eq!(found.settlements.len(), 3, "it was not stored");
        journal.forget_found();
        assert_eq!(fs::metadata(&place).unwrap().len(), 0);
        journal.write(&[sent(4)]);
        journal.written_down(&[sent(4)]);
        assert_eq!(fs::metadata(&place).unwrap().len(), 0);
    }

    #[test]
    fn a_late_answer_stays_when_what_was_said_before_is_stored() {
        let (_folder, place) = place();
        let (journal, _) = Journal::open(&place);
        let due = Timestamp::from_millis(5);
        let verdict = Verdict::Again { due, tries: 1, parts: 0, doubt: Doubt::Unanswered(1) };
        let again = Settlement { verdict, ..sent(1) };
        journal.write(std::slice::from_ref(&again));
        journal.write(&[sent(1)]);
        journal.written_down(std::slice::from_ref(&again));
        drop(journal);
        let (journal, found) = Journal::open(&place);
        assert_eq!(found.settlements, [sent(1)]);
        journal.forget_found();
        journal.write(&[sent(2)]);
        journal.written_down(&[sent(2)]);
        assert_eq!(fs::metadata(&place).unwrap().len(), 0);
    }

    #[test]
    fn each_process_has_its_own_and_the_next_takes_in_all() {
        let (_folder, place) = place();
        let (first, _) = Journal::open(&place);
        let (second, _) = Journal::open(&place);
        first.write(&[sent(1)]);
        second.write(&[sent(2)]);
        // Nobody reads what the living write.
        assert_eq!(Journal::open(&place).1, Found::default());
        drop(second);
        let (third, found) = Journal::open(&place);
        assert_eq!(found.settlements, [sent(2)]);
        drop((first, third));
        let (last, found) = Journal::open(&place);
        assert_eq!(found.settlements, [sent(1), sent(2)]);
        last.forget_found();
        drop(last);
        assert_eq!(Journal::open(&place).1, Found::default());
    }

    #[test]
    fn it_stays_small_however_long_it_is_never_empty() {
        let (folder, place) = place();
        let (journal, _) = Journal::open(&place);
        let round = 1000;
        for id in (0..20_000).step_by(round) {
            let some: Vec<Settlement> = (id..id + round as i64).map(sent).collect();
            journal.write(&some);
            let before: Vec<Settlement> = (id - round as i64..id).map(sent).collect();
            journal.written_down(&before);
            assert!(fs::metadata(&place).unwrap().len() < 2 * FULL);
        }
        // Still locked under its name.
        let (other, found) = Journal::open(&place);
        assert_eq!(found, Found::default());
        drop((journal, other));
        let (_, found) = Journal::open(&place);
        let last: Vec<Settlement> = (19_000..20_000).map(sent).collect();
        assert!(last.iter().all(|one| found.settlements.contains(one)));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_damaged_file_is_kept_and_a_foreign_one_not_touched() {
        let (_folder, place) = place();
        let (journal, _) = Journal::open(&place);
        journal.write(&[sent(1), sent(2), sent(3)]);
        drop(journal);
        let whole = fs::read(&place).unwrap();
        let damaged = String::from_utf8(whole).unwrap().replace("m2", "m9");
        fs::write(&place, &damaged).unwrap();
        let (journal, found) = Journal::open(&place);
        assert_eq!((found.settlements, found.unreadable), (vec![sent(1), sent(3)], 0));
        assert_eq!(fs::read_to_string(with_end(&place, ".broken")).unwrap(), damaged);
        drop(journal);
        fs::write(&place, "not ours").unwrap();
        let (journal, found) = Journal::open(&place);
        assert_eq!(found, Found::default());
        journal.write(&[sent(5)]);
        drop(journal);
        assert_eq!(fs::read_to_string(&place).unwrap(), "not ours");
        assert_eq!(Journal::open(&place).1.settlements, [sent(5)]);
    }

    #[test]
    fn without_a_file_nothing_is_written_and_nothing_stops() {
        let (folder, _) = place();
        let (journal, found) = Journal::open(&folder.path().join("no/such/folder"));
        journal.write(&[sent(1)]);
        journal.written_down(&[sent(1)]);
        journal.forget_found();
        assert_eq!(found, Found::default());
    }
}
