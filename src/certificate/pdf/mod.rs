//! The page: one A4 sheet in Indonesian and English that looks like what it is, with the code that a
//! machine checks. PDF/A-2u (ISO 19005-2): its fonts are in it, its text can be selected, and the same arguments
//! make the same octets.
//!
//! `page` says what stands where, `ink` how text and lines are drawn, `code` draws the QR code. Must
//! not know what a certificate is worth: the code says that, and nothing on the page beside it.

pub(super) mod code;
mod ink;
mod page;
mod words;

use krilla::{
    Document, SerializeSettings,
    configure::{Configuration, Validator},
    metadata::{DateTime, Metadata},
    page::PageSettings,
};

use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Issuer, Keyring, NikShown, Paper, Product, Shot, Unmade, dcc};
use crate::clock::{Timestamp, Zone};

/// What is chosen for the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Who makes the certificate out, and for how long.
    pub issuer: Issuer,
    /// How much of the NIK is shown.
    pub nik: NikShown,
    /// Where a certificate is checked, as people are told: `*119#`, an address.
    pub check_at: String,
    /// Whose days and hours are shown.
    pub zone: Zone,
}

/// A4 (ISO 216), in points.
const WIDTH: f32 = 595.28;
const HEIGHT: f32 = 841.89;

/// Makes a certificate out and sets its page.
///
/// # Errors
/// As of [`dcc::sign`]; and [`Unmade::Unwritten`] if the page cannot be set.
pub fn render(
    paper: &Paper,
    keyring: &Keyring,
    now: Timestamp,
    options: &Options,
) -> Result<Vec<u8>, Unmade> {
    let hc1 = dcc::sign(paper, keyring, &options.issuer, now)?;
    let code = code::Code::of(&hc1).ok_or(Unmade::Unwritten("QR"))?;
    let fonts = ink::Fonts::load().ok_or(Unmade::Unwritten("fonts"))?;
    let mut document = Document::new_with(SerializeSettings {
        configuration: Configuration::new_with_validator(Validator::A2_U),
        ..SerializeSettings::default()
    });
    document.set_metadata(metadata(paper, options, now));
    let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or(Unmade::Unwritten("page"))?;
    let mut sheet = document.start_page_with(settings);
    let until = now.plus(options.issuer.good_for).min(keyring.document_key().expires());
    let facts = page::Facts {
        paper,
        options,
        issued: now,
        until,
        kid: keyring.document_key().kid(),
        code: &code,
    };
    page::draw(&facts, &mut ink::Ink::new(sheet.surface(), &fonts));
    sheet.finish();
    document.finish().map_err(|_| Unmade::Unwritten("PDF"))
}

/// Alike for two pages that say the same, are signed with the same key and chosen alike, whenever they are
/// made.
pub fn likeness(paper: &Paper, keyring: &Keyring, options: &Options) -> [u8; 32] {
    let Paper { id, name, nik, birth, course, shot, earlier } = paper;
    let Options { issuer, nik: nik_shown, check_at, zone } = options;
    let shots = earlier.iter().chain([shot]).map(|shot| {
        let Shot { number, vaccine, product, batch, place, given_on } = shot;
        let Product { vp, mp, ma } = product;
        json!([number, vaccine, vp, mp, ma, batch, place, given_on.to_string()])
    });
    let says = json!([
        [id.as_str(), name.as_str(), nik.as_str(), birth.to_string(), course],
        [format!("{nik_shown:?}"), check_at, zone.hours()],
        [issuer.authority, issuer.good_for.as_secs(), keyring.document_key().kid().to_string()],
        shots.collect::<Vec<_>>(),
    ]);
    Sha256::digest(says.to_string()).into()
}

fn metadata(paper: &Paper, options: &Options, now: Timestamp) -> Metadata {
    let local = now.local(options.zone);
    let part = |part: i8| u8::try_from(part).unwrap_or(0);
    let made = DateTime::new(u16::try_from(local.year()).unwrap_or(0))
        .month(part(local.month()))
        .day(part(local.day()))
        .hour(part(local.hour()))
        .minute(part(local.minute()))
        .second(part(local.second()))
        .utc_offset_hour(options.zone.hours())
        .utc_offset_minute(0);
    // No name in the title: it stands in lists of files and of messages.
    Metadata::new()
        .title("Sertifikat Vaksinasi COVID-19".into())
        .authors(vec![options.issuer.authority.clone()])
        .producer("Setara".into())
        .language("id".into())
        .creation_date(made)
        .document_id(paper.id.uvci())
}

#[cfg(test)]
mod tests;
