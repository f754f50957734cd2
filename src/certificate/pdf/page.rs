//! What stands where on the page, in points from its upper left corner.

use krilla::geom::{Path, PathBuilder};

use super::{
    HEIGHT, Options, WIDTH,
    code::Code,
    ink::{Colour, Ink, Side, Style, Weight},
    words::{self, Both},
};
use crate::{
    certificate::{NikShown, Paper, Shot, keys::Kid},
    clock::Timestamp,
    identity::birth,
};

const NAVY: Colour = (16, 42, 82);
const WAVE: Colour = (27, 56, 101);
const RED: Colour = (200, 32, 48);
const INK: Colour = (24, 32, 46);
const GREY: Colour = (94, 105, 122);
const LINE: Colour = (208, 215, 226);
const TINT: Colour = (241, 244, 249);
const PALE: Colour = (196, 209, 229);
const WHITE: Colour = (255, 255, 255);
const BLACK: Colour = (0, 0, 0);

const LABEL: Style = Style::new(Weight::Regular, 8.0, GREY);
const VALUE: Style = Style::new(Weight::Bold, 12.0, INK);
const SMALL: Style = Style::new(Weight::Regular, 8.5, GREY);
const CELL: Style = Style::new(Weight::Regular, 9.5, INK);
const FINE: Style = Style::new(Weight::Regular, 7.5, GREY);

const LEFT: f32 = 48.0;
const RIGHT: f32 = WIDTH - 48.0;
const BAND: f32 = 104.0;
const CODE_TOP: f32 = 566.0;
const CODE_SIDE: f32 = 204.0;

/// Heights of the head of the table of doses, and of its rows.
const HEAD: f32 = 26.0;
const ROW: f32 = 34.0;

/// Left edges of the columns of doses: dose, vaccine, batch, place, date.
const COLUMNS: [f32; 5] = [LEFT + 10.0, LEFT + 66.0, LEFT + 186.0, LEFT + 270.0, RIGHT - 66.0];

/// Everything that the page says.
pub(super) struct Facts<'p> {
    pub paper: &'p Paper,
    pub options: &'p Options,
    pub issued: Timestamp,
    pub until: Timestamp,
    pub kid: Kid,
    pub code: &'p Code,
}

/// Draws the page.
pub(super) fn draw(facts: &Facts<'_>, ink: &mut Ink<'_>) {
    band(facts, ink);
    ink.text((LEFT, 158.0), Side::Left, words::TITLE.id, Style::new(Weight::Bold, 24.0, NAVY));
    let english = Style::new(Weight::Regular, 12.5, GREY);
    ink.text((LEFT, 178.0), Side::Left, words::TITLE.en, english);
    let y = holder(facts, ink, 214.0);
    doses(facts, ink, y);
    code(facts, ink);
    particulars(facts, ink);
    foot(ink);
}

/// The head: who speaks, and of which dose.
fn band(facts: &Facts<'_>, ink: &mut Ink<'_>) {
    // Past the edge: half a dot of paper would show there.
    ink.block((0.0, 0.0), (WIDTH + 2.0, BAND), NAVY);
    for line in 0..12 {
        if let Some(wave) = wave(12.0 + 8.0 * line as f32, 4.0 + 0.8 * line as f32) {
            ink.outline(&wave, 0.5, WAVE);
        }
    }
    ink.block((0.0, BAND), (WIDTH + 2.0, 3.5), RED);
    if let (Some(shield), Some(tick)) = (shield(LEFT, 28.0), tick(LEFT, 28.0)) {
        ink.area(&shield, WHITE);
        ink.outline(&tick, 4.5, NAVY);
    }
    let authority = facts.options.issuer.authority.to_uppercase();
    let style = Style::new(Weight::Bold, 10.5, WHITE).spaced(0.5);
    let (lines, style) = ink.fitted(&authority, 300.0, 2, style, &[9.5, 8.5, 7.5]);
    let top = if lines.len() > 1 { 42.0 } else { 49.0 };
    let y = ink.lines((LEFT + 56.0, top), &lines, style.size * 1.3, style);
    let service = Style::new(Weight::Regular, 9.0, PALE);
    let text = "Layanan Vaksinasi · Vaccination Service";
    ink.text((LEFT + 56.0, y + 2.5), Side::Left, text, service);

    let (id, en) = words::of(facts.paper);
    let (width, height) = (126.0, 46.0);
    let (x, y) = (RIGHT - width, 29.0);
    ink.card((x, y), (width, height), 6.0, WHITE);
    let middle = x + width / 2.0;
    let big = Style::new(Weight::Bold, 14.5, NAVY);
    ink.text((middle, y + 20.5), Side::Centre, &id, big);
    ink.text((middle, y + 35.5), Side::Centre, &en, SMALL);
}

/// Whose certificate it is. Tells how far down it went.
fn holder(facts: &Facts<'_>, ink: &mut Ink<'_>, y: f32) -> f32 {
    let paper = facts.paper;
    label(ink, (LEFT, y), words::NAME);
    let style = Style::new(Weight::Bold, 21.0, INK);
    let sizes = [18.0, 16.0, 14.0, 12.0];
    let (lines, style) = ink.fitted(paper.name.as_str(), RIGHT - LEFT, 2, style, &sizes);
    let step = style.size * 1.25;
    let y = ink.lines((LEFT, y + 7.0 + style.size), &lines, step, style) - step + 30.0;

    let half = LEFT + (RIGHT - LEFT) / 2.0;
    label(ink, (LEFT, y), words::NIK);
    let nik = match facts.options.nik {
        NikShown::Masked => paper.nik.masked().replace('*', "•"),
        NikShown::Full => paper.nik.as_str().to_owned(),
    };
    ink.text((LEFT, y + 17.0), Side::Left, &nik, VALUE.spaced(0.6));
    label(ink, (half, y), words::BIRTH);
    let (id, en) = words::long(paper.birth);
    ink.text((half, y + 17.0), Side::Left, &id, VALUE);
    if id != en {
        let past = half + ink.width(&id, VALUE) + 8.0;
        ink.text((past, y + 17.0), Side::Left, &en, SMALL);
    }
    y + 40.0
}

/// The doses so far, the one that is certified last and tinted.
fn doses(facts: &Facts<'_>, ink: &mut Ink<'_>, y: f32) {
    let paper = facts.paper;
    ink.block((LEFT, y), (RIGHT - LEFT, HEAD), NAVY);
    let heads = [words::DOSE, words::VACCINE, words::BATCH, words::PLACE, words::DATE];
    for (x, both) in COLUMNS.into_iter().zip(heads) {
        let style = Style::new(Weight::Bold, 9.0, WHITE);
        ink.text((x, y + 11.5), Side::Left, both.id, style);
        if both.en != both.id {
            let style = Style::new(Weight::Regular, 7.5, PALE);
            ink.text((x, y + 20.5), Side::Left, both.en, style);
        }
    }
    // The latest ones, if there are more than there is room for.
    let room = ((CODE_TOP - 16.0 - y - HEAD) / ROW) as usize;
    let first = (paper.earlier.len() + 1).saturating_sub(room);
    let earlier = paper.earlier.get(first..).unwrap_or_default();
    let mut y = y + HEAD;
    for shot in earlier {
        y = row(ink, shot, paper.course, y, WHITE);
    }
    row(ink, &paper.shot, paper.course, y, TINT);
}

fn row(ink: &mut Ink<'_>, shot: &Shot, course: u8, y: f32, ground: Colour) -> f32 {
    let [dose, vaccine, batch, place, date] = COLUMNS;
    // The rule above is of the row above.
    ink.block((LEFT, y + 0.3), (RIGHT - LEFT, ROW - 0.3), ground);
    ink.rule((LEFT, y + ROW), RIGHT - LEFT, 0.6, LINE);
    let bold = Style::new(Weight::Bold, 10.5, NAVY);
    let (upper, lower) = (y + 15.0, y + 26.5);
    ink.text((dose, upper), Side::Left, &shot.number.to_string(), bold);
    if shot.number > course {
        ink.text((dose, lower), Side::Left, "Booster", FINE);
    }
    let cell = |ink: &mut Ink<'_>, x: f32, text: &str, room: f32, style: Style| {
        let sizes = [style.size - 1.0, style.size - 2.0];
        let (lines, style) = ink.fitted(text, room, 2, style, &sizes);
        let y = if lines.len() > 1 { y + 14.0 } else { upper };
        ink.lines((x, y), &lines, 11.5, style);
    };
    let strong = Style::new(Weight::Bold, 9.5, INK);
    let (names, strong) = ink.fitted(&shot.vaccine, batch - vaccine - 8.0, 1, strong, &[8.5, 7.5]);
    ink.lines((vaccine, upper), &names, 11.5, strong);
    if shot.product.mp != shot.vaccine {
        let room = batch - vaccine - 8.0;
        let (lines, style) = ink.fitted(&shot.product.mp, room, 1, FINE, &[6.5]);
        ink.lines((vaccine, lower), &lines, 11.5, style);
    }
    cell(ink, batch, &shot.batch, place - batch - 8.0, CELL);
    cell(ink, place, &shot.place, date - place - 10.0, CELL);
    cell(ink, date, &birth::show(shot.given_on), RIGHT - date, CELL);
    y + ROW
}

/// The code, dark on light with nothing near it.
fn code(facts: &Facts<'_>, ink: &mut Ink<'_>) {
    ink.card((LEFT - 1.0, CODE_TOP - 1.0), (CODE_SIDE + 2.0, CODE_SIDE + 2.0), 7.0, LINE);
    ink.card((LEFT, CODE_TOP), (CODE_SIDE, CODE_SIDE), 6.5, WHITE);
    if let Some(path) = facts.code.path(LEFT, CODE_TOP, CODE_SIDE) {
        ink.area(&path, BLACK);
    }
}

/// What the certificate itself is, beside its code.
fn particulars(facts: &Facts<'_>, ink: &mut Ink<'_>) {
    let x = LEFT + CODE_SIDE + 26.0;
    let width = RIGHT - x;
    let zone = facts.options.zone;
    let strong = Style::new(Weight::Bold, 10.5, NAVY);
    ink.text((x, CODE_TOP + 10.0), Side::Left, words::SCAN.id, strong);
    ink.text((x, CODE_TOP + 23.0), Side::Left, words::SCAN.en, SMALL);
    ink.rule((x, CODE_TOP + 34.0), width, 0.6, LINE);
    let day = |at: Timestamp| birth::show(at.date(zone));
    let half = x + width / 2.0;
    let mut y = CODE_TOP + 51.0;
    let id = facts.paper.id.as_str();
    y = particular(ink, (x, y), width, words::NUMBER, &grouped(id), 12.0);
    y = particular(ink, (x, y), width, words::UVCI, &facts.paper.id.uvci(), 8.5);
    let below = particular(ink, (x, y), width / 2.0, words::ISSUED, &day(facts.issued), 10.5);
    particular(ink, (half, y), width / 2.0, words::UNTIL, &day(facts.until), 10.5);
    particular(ink, (x, below), width / 2.0, words::KEY, &facts.kid.to_string(), 8.5);
    if !facts.options.check_at.is_empty() {
        let check_at = &facts.options.check_at;
        particular(ink, (half, below), width / 2.0, words::CHECK, check_at, 10.5);
    }
}

fn particular(
    ink: &mut Ink<'_>,
    (x, y): (f32, f32),
    width: f32,
    both: Both,
    value: &str,
    size: f32,
) -> f32 {
    label(ink, (x, y), both);
    let style = Style::new(Weight::Bold, size, INK);
    let (lines, style) = ink.fitted(value, width - 6.0, 1, style, &[size - 1.5, size - 3.0, 6.0]);
    ink.lines((x, y + 14.0), &lines, 11.0, style);
    y + 36.0
}

fn foot(ink: &mut Ink<'_>) {
    const GAP: f32 = 26.0;
    let y = CODE_TOP + CODE_SIDE + 16.0;
    ink.rule((LEFT, y), RIGHT - LEFT, 0.6, LINE);
    let width = (RIGHT - LEFT - GAP) / 2.0;
    for (x, text) in [(LEFT, words::SIGNED.id), (LEFT + width + GAP, words::SIGNED.en)] {
        let lines = ink.wrapped(text, width, FINE);
        ink.lines((x, y + 13.0), &lines, 10.0, FINE);
    }
    ink.block((0.0, HEIGHT - 8.0), (WIDTH + 2.0, 10.0), NAVY);
}

/// `Nama · Name`.
fn label(ink: &mut Ink<'_>, (x, y): (f32, f32), both: Both) {
    let text =
        if both.id == both.en { both.id.to_owned() } else { format!("{} · {}", both.id, both.en) };
    ink.text((x, y), Side::Left, &text, LABEL);
}

/// A long number in fours, as people read it aloud.
fn grouped(id: &str) -> String {
    if id.len() < 9 {
        return id.to_owned();
    }
    let fours: Vec<String> =
        id.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).into_owned()).collect();
    fours.join(" ")
}

/// A line that swings across the head.
fn wave(y: f32, swing: f32) -> Option<Path> {
    const HALF: f32 = 76.0;
    let mut path = PathBuilder::new();
    path.move_to(0.0, y);
    for half in 0..8 {
        let from = half as f32 * HALF;
        let peak = if half % 2 == 0 { y - swing } else { y + swing };
        path.quad_to(from + HALF / 2.0, peak, from + HALF, y);
    }
    path.finish()
}

/// A shield, 40 wide and 48 high.
fn shield(x: f32, y: f32) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.move_to(x + 20.0, y);
    path.cubic_to(x + 27.0, y + 5.0, x + 33.0, y + 6.5, x + 40.0, y + 7.0);
    path.line_to(x + 40.0, y + 24.0);
    path.cubic_to(x + 40.0, y + 36.0, x + 31.0, y + 43.5, x + 20.0, y + 48.0);
    path.cubic_to(x + 9.0, y + 43.5, x, y + 36.0, x, y + 24.0);
    path.line_to(x, y + 7.0);
    path.cubic_to(x + 7.0, y + 6.5, x + 13.0, y + 5.0, x + 20.0, y);
    path.close();
    path.finish()
}

fn tick(x: f32, y: f32) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.move_to(x + 10.5, y + 24.5);
    path.line_to(x + 17.5, y + 31.5);
    path.line_to(x + 29.5, y + 17.5);
    path.finish()
}
