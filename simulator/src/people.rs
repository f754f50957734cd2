//! The people of the sample record whom one can try on the page, and what to expect of them.

use setara::service::sample::{self, Case, OFFICER};
use simulator::page::{SamplePerson, Words};

const PEOPLE: [(Case, Words, Words); 13] = [
    (
        sample::READY,
        Words { id: "Siap mendaftar", en: "Ready to register" },
        Words { id: "Daftar sampai dapat nomor.", en: "Registers and gets a number." },
    ),
    (
        sample::COMPLETE,
        Words { id: "Sudah dua dosis", en: "Two doses" },
        Words { id: "Status: tanggal, vaksin, tempat.", en: "Status: dates, vaccine, place." },
    ),
    (
        sample::HALFWAY,
        Words { id: "Baru satu dosis", en: "One dose so far" },
        Words { id: "Status: kapan dosis kedua.", en: "Status: when the second is due." },
    ),
    (
        sample::NO_DATE,
        Words { id: "Sertifikat tidak ada (a)", en: "No certificate (a)" },
        Words { id: "Tempat vaksin belum mengisi data.", en: "The facility entered no date." },
    ),
    (
        sample::NO_CERTIFICATE,
        Words { id: "Sertifikat tidak ada (b)", en: "No certificate (b)" },
        Words { id: "Hanya Kemenkes yang bisa.", en: "Only the ministry can help." },
    ),
    (
        sample::FATHER,
        Words { id: "Satu nomor, satu keluarga", en: "One number, one family" },
        Words { id: "Pilih orang dari nama tersamar.", en: "Choose a person by masked name." },
    ),
    (
        sample::DAUGHTER,
        Words { id: "Anaknya, nomor yang sama", en: "The daughter, same number" },
        Words { id: "Daftar juga, lalu pilih orang.", en: "Register her too, then choose." },
    ),
    (
        sample::LATER,
        Words { id: "Belum gilirannya", en: "Not yet a target" },
        Words { id: "Diberi tahu kapan gilirannya.", en: "Told when the turn comes." },
    ),
    (
        sample::OTHER_DATE,
        Words { id: "Tanggal lahir beda dari NIK", en: "Birth date differs from the NIK" },
        Words { id: "Ditanya lagi, tidak ditolak.", en: "Asked again, not refused." },
    ),
    (
        sample::TITLES,
        Words { id: "Nama dengan gelar", en: "A name with titles" },
        Words { id: "Cocok juga tanpa gelar.", en: "Matches without them too." },
    ),
    (
        sample::MONONYM,
        Words { id: "Nama satu kata", en: "A single name" },
        Words { id: "Satu kata cukup.", en: "One word is enough." },
    ),
    (
        // Registered from the officer's phone, whose PIN the card tells.
        Case { phone: OFFICER.phone, ..sample::NO_PHONE },
        Words { id: "Tanpa HP: oleh petugas", en: "No phone: by an officer" },
        Words { id: "Petugas: *119*77#, PIN 864297.", en: "The officer: *119*77#, PIN 864297." },
    ),
    (
        sample::BLOCKED,
        Words { id: "Data yang ditutup", en: "A blocked record" },
        Words { id: "Seperti tidak ada di data.", en: "As if it did not exist." },
    ),
];

/// The people in the order of the card.
pub fn people() -> Vec<SamplePerson> {
    let person = |(case, title, expect): (Case, Words, Words)| SamplePerson {
        title,
        nik: case.nik.to_owned(),
        name: case.name.to_owned(),
        birth_date: as_typed(case.birth),
        phone: case.phone.parse().ok(),
        expect,
    };
    PEOPLE.map(person).into()
}

/// `1990-02-05` as a person types it: `05021990`.
fn as_typed(date: &str) -> String {
    date.split('-').rev().collect()
}
