//! Names as they are given between Sabang and Merauke, drawn at random and all invented.

use rand::{RngExt, rngs::StdRng};

const MEN: [&str; 40] = [
    "Agus",
    "Budi",
    "Dedi",
    "Eko",
    "Hendra",
    "Joko",
    "Rizky",
    "Slamet",
    "Wahyu",
    "Yusuf",
    "Andi",
    "Arif",
    "Bambang",
    "Dimas",
    "Fajar",
    "Gunawan",
    "Heri",
    "Imam",
    "Irfan",
    "Iwan",
    "Rahmat",
    "Ridwan",
    "Rudi",
    "Sapto",
    "Surya",
    "Taufik",
    "Tono",
    "Umar",
    "Yanto",
    "Zainal",
    "Yohanes",
    "Petrus",
    "Markus",
    "Antonius",
    "Fransiskus",
    "Asep",
    "Ujang",
    "Cecep",
    "La Ode",
    "Daeng",
];

const WOMEN: [&str; 40] = [
    "Siti",
    "Sri",
    "Dewi",
    "Ani",
    "Ayu",
    "Endang",
    "Fitri",
    "Indah",
    "Kartika",
    "Lestari",
    "Maya",
    "Ningsih",
    "Nurul",
    "Putri",
    "Ratna",
    "Rina",
    "Sari",
    "Tuti",
    "Wati",
    "Yuni",
    "Aisyah",
    "Fatimah",
    "Khadijah",
    "Maryam",
    "Zahra",
    "Maria",
    "Elisabet",
    "Marta",
    "Yuliana",
    "Theresia",
    "Euis",
    "Neneng",
    "Wa Ode",
    "Yanti",
    "Rahmawati",
    "Handayani",
    "Kusumawati",
    "Hasanah",
    "Wulandari",
    "Novita",
];

const SECOND: [&str; 40] = [
    "Santoso",
    "Setiawan",
    "Hidayat",
    "Kurniawan",
    "Saputra",
    "Wijaya",
    "Nugroho",
    "Susanto",
    "Prasetyo",
    "Firmansyah",
    "Ramadhan",
    "Maulana",
    "Hakim",
    "Syahputra",
    "Wibowo",
    "Utomo",
    "Purnomo",
    "Suryadi",
    "Iskandar",
    "Rahman",
    "Aminah",
    "Permata",
    "Anggraini",
    "Puspita",
    "Melati",
    "Kusuma",
    "Utami",
    "Safitri",
    "Oktaviani",
    "Marlina",
    "Mulyani",
    "Astuti",
    "Hartati",
    "Suharti",
    "Rahayu",
    "Azizah",
    "Halimah",
    "Mardiana",
    "Susanti",
    "Fauziah",
];

/// Names of clans, by the first digit of the region's code where they are at home.
const CLANS: [(char, &[&str]); 4] = [
    (
        '1',
        &[
            "Simanjuntak",
            "Nasution",
            "Siregar",
            "Harahap",
            "Sinaga",
            "Tanjung",
            "Piliang",
            "Ginting",
        ],
    ),
    ('7', &["Wowor", "Manoppo", "Lasut", "Mandagi", "Pangerang", "Bachtiar"]),
    ('8', &["Pattiasina", "Latuconsina", "Tomasoa", "Leimena", "Umasugi"]),
    ('9', &["Wenda", "Kogoya", "Yikwa", "Rumbiak", "Mandacan", "Wanggai"]),
];

const ALONE: [&str; 16] = [
    "Suparman", "Sukirman", "Wagiman", "Paijo", "Tukiyem", "Sumarni", "Suharto", "Ngatiyem",
    "Poniman", "Kasiyem", "Sutrisno", "Yusnimar", "Zulkifli", "Mahmud", "Rohani", "Ma'ruf",
];

const APOSTROPHES: [&str; 8] =
    ["Nur'aini", "Ma'ruf", "Sa'diyah", "Jum'at", "Ru'yat", "Mas'ud", "Isra'", "Rif'at"];

const MUHAMMAD: [&str; 6] = ["Muhammad", "Mohammad", "Moh.", "Muh.", "M.", "Muhamad"];

const BEFORE: [&str; 6] = ["H.", "Dr.", "dr.", "Ir.", "Drs.", "KH."];

const BEFORE_WOMEN: [&str; 5] = ["Hj.", "Dr.", "dr.", "Dra.", "Ir."];

const BEHIND: [&str; 8] =
    ["S.Pd", "S.Kep", "S.E.", "S.H.", "M.Kes", "S.Kep., Ns.", "A.Md.Keb", "S.T., M.T."];

const BIRTH_ORDER: [&str; 4] = ["Wayan", "Made", "Nyoman", "Ketut"];

const BALI: &str = "51";

/// A name for somebody first registered in `regency`.
pub(super) fn draw(dice: &mut StdRng, regency: &str, woman: bool) -> String {
    let name = plain(dice, regency, woman);
    match dice.random_range(0..100) {
        0..3 => format!("{} {name}", pick(dice, if woman { &BEFORE_WOMEN[..] } else { &BEFORE })),
        3..6 => format!("{name}, {}", pick(dice, &BEHIND)),
        6 => format!("{} {name}, {}", pick(dice, &["Hj.", "Dr."]), pick(dice, &BEHIND)),
        _ => name,
    }
}

fn plain(dice: &mut StdRng, regency: &str, woman: bool) -> String {
    let first = pick(dice, if woman { &WOMEN } else { &MEN });
    let last = family(dice, regency);
    if regency.starts_with(BALI) && dice.random_range(0..10) < 8 {
        let particle = if woman { "Ni" } else { "I" };
        return format!("{particle} {} {last}", pick(dice, &BIRTH_ORDER));
    }
    match dice.random_range(0..100) {
        0..8 => pick(dice, &ALONE).to_owned(),
        8..11 => format!("{} {last}", pick(dice, &APOSTROPHES)),
        11..18 if !woman => format!("{} {first} {last}", pick(dice, &MUHAMMAD)),
        18..30 => format!("{first} {} {last}", pick(dice, &SECOND)),
        30 => format!(
            "{first} {} {} {} {last}",
            pick(dice, &SECOND),
            pick(dice, &SECOND),
            pick(dice, &SECOND)
        ),
        _ => format!("{first} {last}"),
    }
}

fn family(dice: &mut StdRng, regency: &str) -> &'static str {
    let clans = CLANS.iter().find(|(digit, _)| regency.starts_with(*digit));
    match clans {
        Some((_, clans)) if dice.random_range(0..2) == 0 => pick(dice, clans),
        _ => pick(dice, &SECOND),
    }
}

fn pick(dice: &mut StdRng, list: &[&'static str]) -> &'static str {
    list[dice.random_range(0..list.len())]
}
