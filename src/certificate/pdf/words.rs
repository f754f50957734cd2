//! The words of the page, in Indonesian and in English.

use jiff::civil::Date;

use crate::certificate::Paper;

/// The same in both languages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Both {
    pub id: &'static str,
    pub en: &'static str,
}

const fn both(id: &'static str, en: &'static str) -> Both {
    Both { id, en }
}

pub(super) const TITLE: Both =
    both("Sertifikat Vaksinasi COVID-19", "COVID-19 Vaccination Certificate");
pub(super) const NAME: Both = both("Nama", "Name");
pub(super) const NIK: Both = both("NIK", "National ID number");
pub(super) const BIRTH: Both = both("Tanggal lahir", "Date of birth");
pub(super) const DOSE: Both = both("Dosis", "Dose");
pub(super) const VACCINE: Both = both("Vaksin", "Vaccine");
pub(super) const BATCH: Both = both("Batch", "Batch");
pub(super) const PLACE: Both = both("Tempat", "Place");
pub(super) const DATE: Both = both("Tanggal", "Date");
pub(super) const NUMBER: Both = both("Nomor sertifikat", "Certificate number");
pub(super) const UVCI: Both = both("Pengenal UVCI", "UVCI");
pub(super) const ISSUED: Both = both("Dibuat", "Issued");
pub(super) const UNTIL: Both = both("Berlaku sampai", "Valid until");
pub(super) const KEY: Both = both("Kunci tanda tangan", "Signing key");
pub(super) const CHECK: Both = both("Periksa di", "Check at");
pub(super) const SCAN: Both =
    both("Pindai kode ini untuk memeriksa sertifikat.", "Scan this code to check the certificate.");
pub(super) const SIGNED: Both = both(
    "Sertifikat ini ditandatangani secara elektronik. Yang membuktikannya adalah kode, bukan \
     tampilan halaman. Cocokkan nama dan tanggal lahir dengan kartu identitas.",
    "This certificate is signed electronically. What proves it is the code, not the look of the \
     page. Compare name and date of birth with an identity card.",
);

/// `Dosis 2 dari 2`, `Dose 2 of 2`; `Dosis 3`, `Dose 3 · Booster`: the code's own way to count a booster, such
/// as 2 of 1 after one dose, is for machines.
pub(super) fn of(paper: &Paper) -> (String, String) {
    match paper.doses() {
        (number, _) if paper.is_booster() => {
            (format!("Dosis {number}"), format!("Dose {number} · Booster"))
        }
        (number, whole) => {
            (format!("Dosis {number} dari {whole}"), format!("Dose {number} of {whole}"))
        }
    }
}

/// A date with its month written out, in both languages.
pub(super) fn long(date: Date) -> (String, String) {
    const MONTHS: [(&str, &str); 12] = [
        ("Januari", "January"),
        ("Februari", "February"),
        ("Maret", "March"),
        ("April", "April"),
        ("Mei", "May"),
        ("Juni", "June"),
        ("Juli", "July"),
        ("Agustus", "August"),
        ("September", "September"),
        ("Oktober", "October"),
        ("November", "November"),
        ("Desember", "December"),
    ];
    let month = usize::try_from(date.month() - 1).ok().and_then(|month| MONTHS.get(month));
    let (id, en) = month.copied().unwrap_or(("", ""));
    let (day, year) = (date.day(), date.year());
    (format!("{day} {id} {year}"), format!("{day} {en} {year}"))
}
