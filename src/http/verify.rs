//! `/verify`: a certificate is checked by whoever is shown one, without a phone of ours: code and year of
//! birth, the words of an SMS, or the text of a QR code. It is one small page without a script.
//!
//! What is checked stands in the body of a POST and nowhere else: no URL, no log line and no metric holds
//! any of it. Callers are bounded by their address and all together (`limits`), so that nobody learns
//! codes by trying.

use std::net::SocketAddr;

use axum::{
    Form,
    extract::{ConnectInfo, DefaultBodyLimit, Query, State, rejection::FormRejection},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::{MethodRouter, get},
};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::Deserialize;

use crate::{
    certificate::proof::{Proof, ProofError},
    clock,
    http::{Site, gate},
    identity::birth,
    service::{
        audit::{Act, Deed, Doer},
        certificate::check::{At, Holder, Judged},
    },
};

/// The longest form, in octets: the text of a QR code, written with escapes.
const LONGEST: usize = 16 * 1024;

/// The page, for [`super::router`].
pub(super) fn page() -> MethodRouter<Site> {
    get(ask).post(check).layer(DefaultBodyLimit::max(LONGEST))
}

/// In which language the page speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Language {
    #[default]
    Id,
    En,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    language: Language,
}

#[derive(Deserialize)]
struct Shown {
    #[serde(default)]
    language: Language,
    #[serde(default)]
    proof: String,
    #[serde(default)]
    year: String,
}

/// What is told.
enum Told {
    Nothing,
    Judged(Judged),
    /// The words are no proof.
    Unread(ProofError),
    /// A code without its year.
    YearWanted,
    TooMany,
    Unavailable,
}

async fn ask(State(site): State<Site>, Query(Asked { language }): Query<Asked>) -> Response {
    answer(&site, StatusCode::OK, language, &Told::Nothing)
}

async fn check(
    State(site): State<Site>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    form: Result<Form<Shown>, FormRejection>,
) -> Response {
    let Ok(Form(Shown { language, proof, year })) = form else {
        let told = Told::Unread(ProofError::Nothing);
        return answer(&site, StatusCode::BAD_REQUEST, Language::Id, &told);
    };
    // Of whom a proxy of ours says nothing, it is itself the caller.
    let from = gate::caller(&site.proxies, peer.ip(), &headers).unwrap_or(peer.ip());
    if site.front.limits.admit_check(from).is_err() {
        return answer(&site, StatusCode::TOO_MANY_REQUESTS, language, &Told::TooMany);
    }
    let proof = match Proof::parse(&proof) {
        Ok(proof) => proof,
        Err(error) => return answer(&site, StatusCode::OK, language, &Told::Unread(error)),
    };
    let year = year.trim().parse().ok().or(match &proof {
        Proof::Code { year, .. } => *year,
        Proof::Text(_) | Proof::Document(_) => None,
    });
    if matches!(proof, Proof::Code { .. }) && year.is_none() {
        return answer(&site, StatusCode::OK, language, &Told::YearWanted);
    }
    match judged(&site, &proof, year).await {
        Some(judged) => answer(&site, StatusCode::OK, language, &Told::Judged(judged)),
        None => answer(&site, StatusCode::SERVICE_UNAVAILABLE, language, &Told::Unavailable),
    }
}

/// What it is worth; `None` if the database does not answer.
async fn judged(site: &Site, proof: &Proof, year: Option<i16>) -> Option<Judged> {
    let shelf = site.front.engine.shelf();
    let desk = &shelf.first().desk;
    let now = clock::now();
    let at = At { now, today: now.date(site.front.engine.zone()) };
    let found = match desk.handle(proof, at) {
        Some(by) => {
            let found = site.front.engine.store().certificate(&by).await;
            found
                .inspect_err(|error| tracing::error!(%error, "a certificate was not looked up"))
                .ok()?
        }
        None => None,
    };
    let found = found.as_ref().map(|(issued, person)| (issued, person));
    let judged = desk.judge(proof, year, found, at);
    if let (Judged::Valid(_), Some((issued, _))) = (&judged, found) {
        // Its holder may ask who looked: what is not logged is not shown.
        let act = Act::new(Deed::CertificateChecked).about(Some(issued.person));
        let somebody = Doer::Anybody { channel: "web".to_owned() };
        let logged = site.front.engine.store().log(&act, somebody, now).await;
        logged.inspect_err(|error| tracing::error!(%error, "a check was not logged")).ok()?;
    }
    Some(judged)
}

/// Nothing is loaded from anywhere, kept by nobody, and told to no other site.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

fn answer(site: &Site, status: StatusCode, language: Language, told: &Told) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, Html(document(language, told, &elsewhere(site, language)).into_string()))
        .into_response()
}

/// How else a certificate is checked, as far as this gateway has a number for it.
fn elsewhere(site: &Site, language: Language) -> String {
    let (engine, shelf) = (&site.front.engine, site.front.engine.shelf());
    let dial = shelf.first().menu.dial().first().map(|dial| format!("dial {dial}"));
    let text = engine.any_short_code().map(|code| {
        let words = language.of("teruskan SMS sertifikat ke", "forward the SMS to");
        format!("{words} {code}")
    });
    let ways: Vec<String> = text.into_iter().chain(dial).collect();
    if ways.is_empty() {
        return String::new();
    }
    let without = language.of("Tanpa internet", "Without internet");
    format!("{without}: {}. ", ways.join(language.of(", atau ", ", or ")))
}

fn document(language: Language, told: &Told, elsewhere: &str) -> Markup {
    let say = |id, en| language.of(id, en);
    let (code, other, word) = match language {
        Language::Id => ("id", "en", "English"),
        Language::En => ("en", "id", "Bahasa Indonesia"),
    };
    html! {
        (DOCTYPE)
        html lang=(code) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (say("Periksa sertifikat vaksin", "Check a vaccination certificate")) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    p.language { a href={ "/verify?language=" (other) } lang=(other) { (word) } }
                    h1 { (say("Periksa sertifikat vaksin", "Check a vaccination certificate")) }
                    (result(language, told))
                    form method="post" action="/verify" autocomplete="off" {
                        input type="hidden" name="language" value=(code);
                        label for="proof" {
                            (say("Kode cek, isi SMS, atau teks QR (HC1)",
                                 "Check code, words of the SMS, or text of the QR code (HC1)"))
                        }
                        textarea id="proof" name="proof" rows="4" required spellcheck="false" {}
                        label for="year" {
                            (say("Tahun lahir pemilik (wajib untuk kode cek)",
                                 "Year in which the holder was born (needed with a check code)"))
                        }
                        input #year name="year" inputmode="numeric" pattern="[0-9]{4}" maxlength="4"
                            placeholder="1990";
                        button { (say("Periksa", "Check")) }
                    }
                    p.small {
                        (say("Siapa Anda tidak dicatat. Pemiliknya dapat melihat bahwa sertifikat ini \
                              diperiksa.",
                             "Who you are is not logged. Its holder can see that the certificate was \
                              checked."))
                        " " (elsewhere) (say("Bantuan: 119 ext 9.", "Help: 119 ext 9."))
                    }
                }
            }
        }
    }
}

fn result(language: Language, told: &Told) -> Markup {
    let say = |id, en| language.of(id, en);
    let shown = |class: &str, head: &str, more: Markup| {
        html! { section class=(class) role="status" { h2 { (head) } p { (more) } } }
    };
    let plain = |class, head, more: &str| shown(class, head, html! { (more) });
    match told {
        Told::Nothing => html! {},
        Told::Judged(Judged::Valid(Holder { name, year, dose, given_on })) => shown(
            "good",
            say("SAH", "VALID"),
            html! {
                (name) ", " (say("lahir", "born")) " " (year) ", " (say("dosis", "dose")) " " (dose)
                ", " (birth::show(*given_on)) ". "
                (say("Cocokkan dengan KTP.", "Compare with the identity card."))
            },
        ),
        Told::Judged(Judged::Expired) => plain(
            "stale",
            say("TIDAK BERLAKU LAGI", "EXPIRED"),
            say(
                "Masa berlakunya habis. Pemiliknya bisa meminta yang baru, gratis.",
                "Its time is over. The holder can ask for a new one, free of charge.",
            ),
        ),
        Told::Judged(Judged::Revoked) => plain(
            "bad",
            say("TIDAK SAH", "NOT VALID"),
            say(
                "Sertifikat ini sudah dicabut oleh Kemenkes.",
                "This certificate was revoked by the ministry.",
            ),
        ),
        Told::Judged(Judged::NotValid) => plain(
            "bad",
            say("TIDAK SAH", "NOT VALID"),
            say(
                "Tidak ada sertifikat seperti itu, atau tahun lahirnya lain.",
                "There is no such certificate, or the year of birth is another one.",
            ),
        ),
        Told::Judged(Judged::Unreadable) => plain(
            "ask",
            say("TIDAK BISA DIPERIKSA", "CANNOT BE CHECKED"),
            say(
                "Teksnya rusak, atau bukan sertifikat yang kami kenal. Belum tentu sah. Pindai atau tempel lagi, utuh.",
                "The text is damaged, or no certificate that we know. It proves nothing yet. Scan or paste all of it again.",
            ),
        ),
        Told::Unread(ProofError::Slip) => plain(
            "ask",
            say("Salah ketik", "A slip"),
            say(
                "Ada angka kode yang salah. Coba lagi.",
                "A digit of the code is wrong. Please try again.",
            ),
        ),
        Told::Unread(ProofError::Nothing) => plain(
            "ask",
            say("Tidak terbaca", "This cannot be read"),
            say(
                "Kode cek punya 13 angka. SMS dan teks QR ditempel utuh.",
                "A check code has 13 digits. Of an SMS or a QR code paste everything.",
            ),
        ),
        Told::YearWanted => plain(
            "ask",
            say("Tahun lahir?", "Which year of birth?"),
            say(
                "Bersama kode cek, tulis juga tahun lahir pemiliknya.",
                "With a check code, write the year in which the holder was born.",
            ),
        ),
        Told::TooMany => plain(
            "ask",
            say("Terlalu banyak", "Too many"),
            say(
                "Terlalu banyak pemeriksaan. Coba lagi sebentar lagi.",
                "Too many checks. Please try again in a moment.",
            ),
        ),
        Told::Unavailable => plain(
            "ask",
            say("Belum bisa diperiksa", "This cannot be checked now"),
            say(
                "Sistem sedang tidak menjawab. Coba lagi sebentar lagi.",
                "The system does not answer. Please try again in a moment.",
            ),
        ),
    }
}

impl Language {
    fn of(self, id: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Id => id,
            Self::En => en,
        }
    }
}

const STYLE: &str = "\
:root{color-scheme:light dark;font:17px/1.5 system-ui,sans-serif}\
body{margin:0;background:#f3f5f4;color:#16211c}\
main{max-width:34rem;margin:0 auto;padding:1rem 1.2rem 3rem}\
h1{font-size:1.5rem;line-height:1.2;margin:.4rem 0 1rem}\
h2{font-size:1.35rem;margin:0}\
section{padding:.8rem 1rem;margin:0 0 1.2rem;border-left:.4rem solid;background:#fff}\
section p{margin:.3rem 0 0}\
.good{border-color:#0a7d45}.good h2{color:#0a7d45}\
.bad{border-color:#b3261e}.bad h2{color:#b3261e}\
.stale{border-color:#9a6700}.stale h2{color:#9a6700}\
.ask{border-color:#4a5a52}\
label{display:block;margin:1rem 0 .3rem;font-weight:600}\
textarea,input{box-sizing:border-box;width:100%;padding:.6rem;font:inherit;color:inherit;\
background:#fff;border:1px solid #8a9a92;border-radius:.3rem}\
#year{width:7rem;display:block}\
button{margin-top:1.2rem;padding:.7rem 1.6rem;font:inherit;font-weight:600;color:#fff;\
background:#0b5d3b;border:0;border-radius:.3rem}\
.small{margin-top:1.6rem;font-size:.85rem;color:#4a5a52}.language{text-align:right;margin:0}\
a{color:#0b5d3b}\
@media(prefers-color-scheme:dark){body{background:#101614;color:#e6ece9}\
section,textarea,input{background:#1b2421}.small{color:#a9b6b0}a{color:#7fd1a8}\
.good h2{color:#6ad19b}.bad h2{color:#ff8a80}.stale h2{color:#f2c14e}}";

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn every_word_is_there_in_both_languages_and_nothing_is_loaded() {
        let holder = Holder {
            name: "S*** <b>".into(),
            year: 1990,
            dose: "2/2".into(),
            given_on: date(2021, 3, 29),
        };
        let all = [
            Told::Nothing,
            Told::Judged(Judged::Valid(holder)),
            Told::Judged(Judged::Expired),
            Told::Judged(Judged::Revoked),
            Told::Judged(Judged::NotValid),
            Told::Judged(Judged::Unreadable),
            Told::Unread(ProofError::Slip),
            Told::Unread(ProofError::Nothing),
            Told::YearWanted,
            Told::TooMany,
            Told::Unavailable,
        ];
        for told in &all {
            let [id, en] =
                [Language::Id, Language::En].map(|of| document(of, told, "").into_string());
            assert!(id.contains("lang=\"id\"") && en.contains("lang=\"en\""));
            assert_ne!(id, en);
            for page in [id, en] {
                assert!(!page.contains("<script") && !page.contains("src="), "{page}");
                assert!(!page.contains("<b>"), "what is told is text");
            }
        }
    }
}
