//! The normal form of a name.
//!
//! Owns the tables: titles before a name, degrees after it, spellings of one word. A title is taken
//! off only where it stands at an end and something remains; what could be a name by itself (`Ma`,
//! `San`) is a title only when its dot or a comma before it says so.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{is_apostrophe, is_dash};

/// Before a name, with or without a dot.
const TITLES: [&str; 27] = [
    "BAPAK", "BPK", "BU", "DR", "DRA", "DRG", "DRH", "DRS", "H", "HAJI", "HAJJAH", "HJ", "IBU",
    "IR", "KH", "KIAI", "KYAI", "NY", "PAK", "PROF", "RADEN", "SDR", "SDRI", "TN", "USTAD",
    "USTADZ", "USTADZAH",
];

/// Before a name, only with a dot: without it they may be names or initials.
const DOTTED_TITLES: [&str; 15] = [
    "AN", "APT", "BY", "HI", "NERS", "NN", "NS", "PDT", "R", "RA", "RD", "RM", "RR", "RNGT", "UST",
];

/// After `Raden`, a part of the title.
const RADEN: [&str; 6] = ["AJENG", "AYU", "MAS", "NGANTEN", "RARA", "RORO"];

/// Degrees and professions after a name, without their dots and blanks.
const DEGREES: [&str; 118] = [
    "AK", "AMA", "AMAPD", "AMD", "AMDAK", "AMDFARM", "AMDGZ", "AMDKEB", "AMDKEP", "AMDKES",
    "AMDKOM", "AMDRAD", "AMK", "AMKEB", "AMKEP", "AMKG", "AMKL", "APT", "BA", "BENG", "BSC", "CA",
    "CPA", "DEA", "DIPL", "DR", "FINASIM", "LC", "LLB", "LLM", "MA", "MAG", "MAK", "MAP", "MARS",
    "MBA", "MENG", "MEPID", "MH", "MHUM", "MKEB", "MKED", "MKEP", "MKES", "MKM", "MKN", "MKOM",
    "MM", "MMED", "MP", "MPD", "MPDI", "MPH", "MPSI", "MSC", "MSI", "MSN", "MT", "NERS", "NS",
    "PHD", "SAB", "SAG", "SAK", "SAN", "SAP", "SE", "SEAK", "SEI", "SFARM", "SFIL", "SGZ", "SH",
    "SHI", "SHUM", "SHUT", "SIK", "SIKOM", "SIP", "SKED", "SKEP", "SKEPNS", "SKG", "SKH", "SKM",
    "SKOM", "SKPM", "SMN", "SP", "SPA", "SPAN", "SPB", "SPD", "SPDAUD", "SPDI", "SPDSD", "SPI",
    "SPJP", "SPKJ", "SPKK", "SPM", "SPOG", "SPOT", "SPP", "SPPD", "SPRAD", "SPS", "SPSI", "SPT",
    "SPTHT", "SPU", "SS", "SSI", "SSOS", "SST", "ST", "STP", "STR",
];

/// Degrees with a branch behind them: `S.Tr.Keb`, `SST.Keb`, `Sp.THT-KL`.
const BRANCHED: [&str; 3] = ["AMD", "SST", "STR"];

/// Spellings of one word.
const SPELLINGS: [(&str, &[&str]); 9] = [
    (
        "MUHAMMAD",
        &[
            "MHD",
            "MOCH",
            "MOCHAMAD",
            "MOCHAMMAD",
            "MOH",
            "MOHAMAD",
            "MOHAMED",
            "MOHAMMAD",
            "MOHAMMED",
            "MOHD",
            "MOKHAMAD",
            "MOKHAMMAD",
            "MUCH",
            "MUCHAMAD",
            "MUCHAMMAD",
            "MUCHAMMED",
            "MUH",
            "MUHAMAD",
            "MUHAMED",
            "MUHAMMED",
            "MUHD",
            "MUKHAMAD",
            "MUKHAMMAD",
            "MOHAMMAT",
            "MUHAMMAT",
        ],
    ),
    ("ABDUL", &["ABD", "ABDOEL", "ABDL"]),
    ("BINTI", &["BINTE", "BTI", "BT"]),
    ("GUSTI", &["GST"]),
    ("NGURAH", &["NGR"]),
    ("NYOMAN", &["NYM"]),
    ("WAYAN", &["WYN"]),
    ("TUBAGUS", &["TB", "TBG"]),
    ("SITI", &["SITTI", "SITY"]),
];

/// The words of a name in their normal form, in order; at least one, none empty.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut written = written(name);
    drop_degrees(&mut written);
    let mut words = pieces(written);
    drop_titles(&mut words);
    let count = words.len();
    let mut normal: Vec<String> = words
        .iter()
        .enumerate()
        .map(|(at, word)| spelling(&word.text, at, count).to_owned())
        .collect();
    if normal.is_empty() {
        // Letters that decompose to nothing; whatever they are, the name is itself.
        normal.push(name.to_uppercase());
    }
    normal
}

/// A word as it stands between blanks: its pieces between dots, in capitals.
struct Written {
    pieces: Vec<String>,
    dotted: bool,
    after_comma: bool,
}

struct Word {
    text: String,
    dotted: bool,
}

fn written(name: &str) -> Vec<Written> {
    let plain: String = name
        .nfkd()
        .filter(|char| !is_combining_mark(*char) && !is_apostrophe(*char))
        .flat_map(char::to_uppercase)
        .collect();
    let mut words = Vec::new();
    for (part, after_comma) in
        plain.split(',').zip(std::iter::once(false).chain(std::iter::repeat(true)))
    {
        for word in part.split(|char: char| char.is_whitespace() || is_dash(char)) {
            let letters = |piece: &str| piece.chars().filter(|char| char.is_alphabetic()).collect();
            let pieces = word.split('.').map(letters).filter(|piece: &String| !piece.is_empty());
            let pieces: Vec<String> = pieces.collect();
            if !pieces.is_empty() {
                words.push(Written { pieces, dotted: word.contains('.'), after_comma });
            }
        }
    }
    words
}

/// Takes degrees off the end, as long as a word remains.
fn drop_degrees(words: &mut Vec<Written>) {
    while let Some(size) = degree_at_end(words) {
        words.truncate(words.len() - size);
    }
}

/// Of how many written words the degree at the end consists: `S.Kep` of one, `S. Kep` of two.
fn degree_at_end(words: &[Written]) -> Option<usize> {
    (1..=3).filter(|size| *size < words.len()).find(|size| {
        let (_, tail) = words.split_at(words.len() - size);
        let key: String = tail.iter().flat_map(|word| &word.pieces).map(String::as_str).collect();
        let marked =
            tail.iter().any(|word| word.dotted) || tail.iter().all(|word| word.after_comma);
        match tail {
            // Whatever stands after the comma with dots inside is none of the name.
            [word] if word.after_comma && word.pieces.len() > 1 => true,
            [_] => is_degree(&key) && (marked || is_unmistakable(&key)),
            // `S. Kep`, `S. Tr. Keb`: the first of them bears the dot.
            [first, ..] => first.dotted && first.pieces.concat().len() <= 3 && is_degree(&key),
            [] => false,
        }
    })
}

fn is_degree(key: &str) -> bool {
    let branched = |degree: &str| key.starts_with(degree) && key.len() <= degree.len() + 5;
    DEGREES.contains(&key) || BRANCHED.into_iter().any(branched)
}

/// No name of the country begins like `SKM` or `MPD`.
fn is_unmistakable(key: &str) -> bool {
    let consonant = |char: char| !"AEIOUHYWRL".contains(char);
    key.starts_with("AMD") || (key.len() > 2 && key.chars().take(2).all(consonant))
}

/// One word for each piece: `H.M.Yusuf` has three. A title written with dots stays whole.
fn pieces(written: Vec<Written>) -> Vec<Word> {
    let mut words = Vec::new();
    for Written { pieces, dotted, .. } in written {
        let whole = pieces.concat();
        if pieces.len() > 1 && is_title(&whole, dotted) {
            words.push(Word { text: whole, dotted });
        } else {
            // In `H.M.Yusuf` the last piece has no dot of its own.
            let last = pieces.len();
            let dotted_piece = |at: usize| dotted && (at + 1 < last || last == 1);
            words.extend(
                pieces
                    .into_iter()
                    .enumerate()
                    .map(|(at, text)| Word { text, dotted: dotted_piece(at) }),
            );
        }
    }
    words
}

/// Takes titles off the beginning, as long as a word remains.
fn drop_titles(words: &mut Vec<Word>) {
    let mut titles = 0;
    let mut after_raden = false;
    for word in words.iter().take(words.len().saturating_sub(1)) {
        let part_of_raden = after_raden && RADEN.contains(&word.text.as_str());
        if !part_of_raden && !is_title(&word.text, word.dotted) {
            break;
        }
        after_raden = word.text == "RADEN";
        titles += 1;
    }
    words.drain(..titles);
}

fn is_title(key: &str, dotted: bool) -> bool {
    TITLES.contains(&key) || (dotted && DOTTED_TITLES.contains(&key))
}

/// The one spelling of a word at place `at` among `count`.
fn spelling(word: &str, at: usize, count: usize) -> &str {
    // `M.` before another name is Muhammad, `St.` is Siti; behind one they are initials.
    match word {
        "M" if at == 0 && count > 1 => return "MUHAMMAD",
        "ST" if at == 0 && count > 1 => return "SITI",
        _ => {}
    }
    let known = SPELLINGS.iter().find(|(_, others)| others.contains(&word));
    known.map_or(word, |(normal, _)| normal)
}

#[cfg(test)]
mod tests {
    use super::words;

    fn check(rows: &[(&str, &str)]) {
        for (name, normal) in rows {
            assert_eq!(words(name).join(" "), *normal, "{name}");
        }
    }

    #[test]
    fn case_accents_and_apostrophes_go() {
        check(&[
            ("Suharto", "SUHARTO"),
            ("nur'aini", "NURAINI"),
            ("Ma’ruf Amin", "MARUF AMIN"),
            ("Nur`aini", "NURAINI"),
            ("José Müller", "JOSE MULLER"),
            ("Siti-Aminah", "SITI AMINAH"),
            ("ＢＵＤＩ", "BUDI"),
            ("O'Neil", "ONEIL"),
            ("Al-Fatih", "AL FATIH"),
        ]);
    }

    #[test]
    fn titles_before_a_name_go() {
        check(&[
            ("dr. Budi", "BUDI"),
            ("Dr Budi Santoso", "BUDI SANTOSO"),
            ("drg. Siti", "SITI"),
            ("H. Budi", "BUDI"),
            ("H Budi", "BUDI"),
            ("Hj. Siti Aminah", "SITI AMINAH"),
            ("Hj.Siti Aminah", "SITI AMINAH"),
            ("Prof. Dr. H. Budi", "BUDI"),
            ("Prof.Dr.H.Budi Santoso", "BUDI SANTOSO"),
            ("K.H. Abdurrahman Wahid", "ABDURRAHMAN WAHID"),
            ("KH. Hasyim", "HASYIM"),
            ("Ir. Drs. Joko", "JOKO"),
            ("Raden Ajeng Kartini", "KARTINI"),
            ("R.A. Kartini", "KARTINI"),
            ("R. Soekarno", "SOEKARNO"),
            ("Rr. Dewi", "DEWI"),
            ("Ibu Siti", "SITI"),
            ("Tn. Budi", "BUDI"),
            ("Ns. Rina", "RINA"),
            ("apt. Rina", "RINA"),
            ("Haji Lulung", "LULUNG"),
        ]);
    }

    #[test]
    fn degrees_after_a_name_go() {
        check(&[
            ("Siti Aminah, S.Kep", "SITI AMINAH"),
            ("Siti Aminah S.Kep.", "SITI AMINAH"),
            ("Siti Aminah, S. Kep., Ns.", "SITI AMINAH"),
            ("Siti Aminah,S.Kep,Ns", "SITI AMINAH"),
            ("Siti Aminah SKM", "SITI AMINAH"),
            ("Siti Aminah, Amd.Keb", "SITI AMINAH"),
            ("Siti Aminah A.Md.Keb", "SITI AMINAH"),
            ("Siti Aminah S.Tr.Keb", "SITI AMINAH"),
            ("Siti Aminah S. Tr. Keb.", "SITI AMINAH"),
            ("Budi Santoso S.Pd., M.Si.", "BUDI SANTOSO"),
            ("Budi Santoso, S.H., M.H.", "BUDI SANTOSO"),
            ("Budi Santoso, SH, MH", "BUDI SANTOSO"),
            ("Budi Santoso, SE", "BUDI SANTOSO"),
            ("Budi Santoso S.E.", "BUDI SANTOSO"),
            ("dr. Budi Santoso, Sp.OG(K)", "BUDI SANTOSO"),
            ("dr. Budi Santoso, Sp.A", "BUDI SANTOSO"),
            ("Budi Santoso, Ph.D", "BUDI SANTOSO"),
            ("Budi Santoso, S.Xyz.", "BUDI SANTOSO"),
            ("Budi Santoso ST", "BUDI SANTOSO ST"),
            ("Budi Santoso S.T.", "BUDI SANTOSO"),
        ]);
    }

    #[test]
    fn what_may_be_a_name_stays() {
        check(&[
            ("dr.", "DR"),
            ("H", "H"),
            ("Haji", "HAJI"),
            ("Ibu", "IBU"),
            ("Ma", "MA"),
            ("Li Ma", "LI MA"),
            ("Ma San", "MA SAN"),
            ("An Nisa", "AN NISA"),
            ("Ra Kartini", "RA KARTINI"),
            ("Santoso, Budi", "SANTOSO BUDI"),
            ("Budi H.", "BUDI H"),
            ("Sri Hartati", "SRI HARTATI"),
            ("Titi Sp", "TITI SP"),
        ]);
    }

    #[test]
    fn spellings_become_one() {
        for spelt in [
            "Moh. Rizki",
            "Muh Rizki",
            "Muhamad Rizki",
            "Mohammad Rizki",
            "M. Rizki",
            "M.Rizki",
            "M Rizki",
            "Mochamad Rizki",
            "Muchammad Rizki",
            "Mohd Rizki",
            "H.M. Rizki",
            "Muhammad Rizki",
            "H. Moch. Rizki, S.Ag",
        ] {
            check(&[(spelt, "MUHAMMAD RIZKI")]);
        }
        check(&[
            ("Nur Muhamad", "NUR MUHAMMAD"),
            ("Siti M", "SITI M"),
            ("M", "M"),
            ("St. Aminah", "SITI AMINAH"),
            ("Hj. St. Aisyah", "SITI AISYAH"),
            ("Abd. Rahman", "ABDUL RAHMAN"),
            ("I Gst Ngr Rai", "I GUSTI NGURAH RAI"),
            ("Ni Nym Sari", "NI NYOMAN SARI"),
        ]);
    }
}
