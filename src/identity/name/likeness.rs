//! How alike two names are.
//!
//! Owns the rule, which is on the careful side: a stranger's name that comes out as close does more
//! harm than a slip that has to be typed again. So a wrong letter is another name (Budi and Rudi,
//! Wahyudi and Wahyuni, Sudarman and Sudirman), and only what sounds alike, or a letter lost or
//! misplaced inside a long word, is the same with a slip.

use strsim::damerau_levenshtein;

/// What a comparison of two names found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// One name: the same words, in whatever order and however parted.
    Same,
    /// One name with a slip, an older spelling, an initial, a cut end, or a single name repeated to
    /// fill a form.
    Close,
    /// Two names, as far as anyone can tell.
    Different,
}

/// Letters of a name cut short by some form, at least: less is a name of its own.
const CUT: usize = 20;

/// First words so common, as they sound, that a right one says nothing of who it is.
const ON_MANY_CARDS: [&str; 4] = ["MUHAMAT", "ABDUL", "SITI", "NUR"];

/// Compares two names in their normal form.
pub(super) fn of(one: &[String], other: &[String]) -> Likeness {
    if same_words(one, other) || one.concat() == other.concat() {
        Likeness::Same
    } else if is_repeated(one, other) || is_repeated(other, one) || is_close(one, other) {
        Likeness::Close
    } else {
        Likeness::Different
    }
}

fn same_words(one: &[String], other: &[String]) -> bool {
    let sorted = |words: &[String]| {
        let mut words = words.to_vec();
        words.sort_unstable();
        words
    };
    one.len() == other.len() && sorted(one) == sorted(other)
}

/// `Suharto` in a form that wants a surname: `Suharto Suharto`.
fn is_repeated(one: &[String], twice: &[String]) -> bool {
    matches!((one, twice), ([name], [first, second]) if name == first && name == second)
}

fn is_close(one: &[String], other: &[String]) -> bool {
    let (one, other): (Vec<_>, Vec<_>) =
        (one.iter().map(sound).collect(), other.iter().map(sound).collect());
    let (whole, other_whole) = (one.concat(), other.concat());
    same_words(&one, &other)
        || whole == other_whole
        || is_cut(&whole, &other_whole)
        || is_cut(&other_whole, &whole)
        || if one.len() == other.len() {
            words_agree(&one, &other)
        } else {
            // Abdul Rahman and Abdurrahman.
            one.len().abs_diff(other.len()) == 1 && is_slip(&whole, &other_whole)
        }
}

/// The beginning of a long name, where a form or a record had no more room.
fn is_cut(short: &str, long: &str) -> bool {
    short.chars().count() >= CUT && long.starts_with(short)
}

/// Word by word in order: one slip, or initials beside a word that is right and says something.
fn words_agree(one: &[String], other: &[String]) -> bool {
    let (mut right, mut initials, mut slips) = (0, 0, 0);
    for (word, counterpart) in one.iter().zip(other) {
        if word == counterpart {
            right +=
                usize::from(word.chars().count() > 2 && !ON_MANY_CARDS.contains(&word.as_str()));
        } else if is_initial(word, counterpart) || is_initial(counterpart, word) {
            initials += 1;
        } else if is_slip(word, counterpart) {
            slips += 1;
        } else {
            return false;
        }
    }
    match (slips, initials) {
        (0, _) => right > 0,
        (1, 0) => true,
        _ => false,
    }
}

fn is_initial(initial: &str, word: &str) -> bool {
    initial.chars().count() == 1 && word.starts_with(initial)
}

/// One misspelt as the other inside a long word: a vowel too many or too few, or letters in the
/// wrong order. Beginning and ending are right, for there the common names differ; so they do in
/// one consonant (Suryanto, Suyanto), which may be lost only in a very long word.
fn is_slip(one: &str, other: &str) -> bool {
    let (one_letters, other_letters): (Vec<char>, Vec<char>) =
        (one.chars().collect(), other.chars().collect());
    let (short, long) = if one_letters.len() <= other_letters.len() {
        (one_letters, other_letters)
    } else {
        (other_letters, one_letters)
    };
    let allowed = match short.len() {
        0..6 => return false,
        6..11 => 1,
        _ => 2,
    };
    let may_be_lost = |letter: &char| short.len() >= 10 || "AEIOU".contains(*letter);
    short.first() == long.first()
        && short.iter().rev().zip(long.iter().rev()).take(3).all(|(a, b)| a == b)
        && letters_lost(&short, &long).is_some_and(|lost| lost.iter().all(may_be_lost))
        && damerau_levenshtein(one, other) <= allowed
}

/// The letters of `long` that `short` lacks; `None` if `short` has one that `long` lacks, which is
/// a wrong letter and not a lost one.
fn letters_lost(short: &[char], long: &[char]) -> Option<Vec<char>> {
    let mut lost = long.to_vec();
    for letter in short {
        let at = lost.iter().position(|other| other == letter)?;
        lost.swap_remove(at);
    }
    Some(lost)
}

/// Letters that are heard alike, in the order in which they are made one: the spelling before 1972
/// (Soekarno, Djoko), Arabic names (Achmad, Akhmad), and what people write by ear (Fitri, Pitri).
const HEARD_ALIKE: [(&str, &str); 24] = [
    ("OE", "U"),
    ("OO", "U"),
    ("DJ", "J"),
    ("TJ", "C"),
    ("CHR", "KR"),
    ("CR", "KR"),
    ("CK", "K"),
    ("CH", "H"),
    ("KH", "H"),
    ("SJ", "S"),
    ("SY", "S"),
    ("SH", "S"),
    ("TS", "S"),
    ("DZ", "S"),
    ("DH", "D"),
    ("TH", "T"),
    ("PH", "P"),
    ("GH", "G"),
    ("Z", "S"),
    ("Q", "K"),
    ("V", "P"),
    ("F", "P"),
    ("AE", "AI"),
    ("Y", "I"),
];

/// A word as it sounds.
fn sound(word: &String) -> String {
    let mut sound = word.to_owned();
    for (written, heard) in HEARD_ALIKE {
        sound = sound.replace(written, heard);
    }
    let mut letters: Vec<char> = sound.chars().collect();
    letters.dedup();
    if letters.len() > 3 {
        match letters.last_mut() {
            Some('H') => _ = letters.pop(),
            Some(last @ 'D') => *last = 'T',
            _ => {}
        }
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::PersonName;
    use super::Likeness::{self, Close, Different, Same};

    fn check(expected: Likeness, rows: &[(&str, &str)]) {
        for (one, other) in rows {
            let (a, b) = (PersonName::parse(one).unwrap(), PersonName::parse(other).unwrap());
            assert_eq!(a.compare(&b), expected, "{one} / {other}");
            assert_eq!(b.compare(&a), expected, "{other} / {one}");
        }
    }

    #[test]
    fn one_name_in_two_writings() {
        check(
            Same,
            &[
                ("Budi Santoso", "BUDI  SANTOSO"),
                ("Budi Santoso", "Santoso Budi"),
                ("Budi Santoso", "Santoso, Budi"),
                ("dr. H. Budi Santoso, Sp.A", "Budi Santoso"),
                ("Hj. Siti Aminah, S.Kep., Ns.", "siti aminah"),
                ("Moh. Rizki", "Muhammad Rizki"),
                ("M. Rizki", "Mochamad Rizki"),
                ("Nur'aini", "Nuraini"),
                ("Nurhidayah", "Nur Hidayah"),
                ("Ma’ruf", "Ma'ruf"),
                ("Suharto", "SUHARTO"),
                ("Abd. Rahman", "Abdul Rahman"),
                ("Abdulrahman", "Abdul Rahman"),
                ("Siti-Aminah", "Siti Aminah"),
            ],
        );
    }

    #[test]
    fn one_name_with_a_slip() {
        check(
            Close,
            &[
                ("Soekarno", "Sukarno"),
                ("Djoko Widodo", "Joko Widodo"),
                ("Achmad Yani", "Ahmad Yani"),
                ("Akhmad Yani", "Achmad Yani"),
                ("Rizki Pratama", "Rizky Pratama"),
                ("Aditya Nugraha", "Aditia Nugraha"),
                ("Fitriani", "Pitriyani"),
                ("Zainal Arifin", "Zaenal Arifin"),
                ("Faisal", "Faizal"),
                ("Siti Aisyah", "Siti Aisah"),
                ("Siti Aminah", "Siti Amina"),
                ("Syamsul Bahri", "Samsul Bahri"),
                ("Saripudin", "Syarifuddin"),
                ("Hasanudin", "Hasanuddin"),
                ("Rahmad Hidayat", "Rahmat Hidayat"),
                ("Christina Wijaya", "Kristina Wijaya"),
                ("Sulistiowati", "Sulistowati"),
                ("Kusumaningsih", "Kusumanigsih"),
                ("Dewi Rahmawati", "Dewi Rahmwati"),
                ("Agus Kurniawan", "Agus Kurnaiwan"),
                ("Baharudin", "Bahrudin"),
                ("Abdurrahman Wahid", "Abdul Rahman Wahid"),
                ("Suharto", "Suharto Suharto"),
                ("B. Santoso", "Budi Santoso"),
                ("Ahmad B. Santoso", "Ahmad Budi Santoso"),
                ("Muhammad Kurniawan", "Moh. Kurnaiwan"),
                (
                    "Aiwinur Siti Diah Ayu Mega Ningrum Dwi Pangestuti",
                    "Aiwinur Siti Diah Ayu Mega Ningrum Dwi Pangestuti Lestari Endang Pamikasih",
                ),
            ],
        );
    }

    #[test]
    fn two_names() {
        check(
            Different,
            &[
                ("Budi Santoso", "Rudi Santoso"),
                ("Budi Santoso", "Yudi Santoso"),
                ("Budi Santoso", "Budi Susanto"),
                ("Budi Santoso", "Budi"),
                ("Budi", "Santoso"),
                ("Dewi Lestari", "Desi Lestari"),
                ("Dewi Lestari", "Devi Lestari"),
                ("Rina", "Rini"),
                ("Rian Saputra", "Rina Saputra"),
                ("Dian", "Dina"),
                ("Andi Saputra", "Ardi Saputra"),
                ("Andi Saputra", "Andi Saputri"),
                ("Eka Putra", "Eka Putri"),
                ("Eko Prasetyo", "Eka Prasetyo"),
                ("Yanto", "Yanti"),
                ("Suharto", "Suharti"),
                ("Suharto", "Sunarto"),
                ("Sumarno", "Sunarno"),
                ("Sumarno", "Sudarno"),
                ("Sudarman", "Sudirman"),
                ("Suryanto", "Suyanto"),
                ("Suryanto", "Suprianto"),
                ("Sugianto", "Suyanto"),
                ("Sutisna", "Sutrisna"),
                ("Supriadi", "Suryadi"),
                ("Syarifudin", "Saifudin"),
                ("Susilawati", "Susilowati"),
                ("Setiawati", "Setyowati"),
                ("Suparman", "Suparmin"),
                ("Wahyudi", "Wahyuni"),
                ("Mulyadi", "Mulyani"),
                ("Jamaludin", "Kamaludin"),
                ("Jamaludin", "Jalaludin"),
                ("Kamaludin", "Kamarudin"),
                ("Kristina", "Kristiana"),
                ("Yuliati", "Yulianti"),
                ("Nuraini", "Nurani"),
                ("Agustin", "Agustina"),
                ("Herman", "Hermawan"),
                ("Sudarno", "Sudarsono"),
                ("Siti Aminah", "Siti Aisyah"),
                ("Siti Aminah", "Siti Maimunah"),
                ("Siti Nur Aminah", "Siti Aminah"),
                ("Aisyah", "Esa"),
                ("Muhammad Rizki", "Muhammad Ridwan"),
                ("Muhammad Rizki", "Rizki"),
                ("Siti M.", "Siti Maryam"),
                ("M. R.", "Muhammad Rizki"),
                ("B. S.", "Budi Santoso"),
                ("Q", "Budi"),
                ("I Wayan Sudarma", "I Made Sudarma"),
                ("Ni Luh Sari", "Ni Putu Sari"),
            ],
        );
    }
}
