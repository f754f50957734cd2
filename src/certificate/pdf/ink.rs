//! Text and lines on a page. Text is shaped with its font (kerning, marks), so that what is measured
//! is what is drawn.

use krilla::{
    color::rgb,
    geom::{Path, PathBuilder, Point, Rect},
    num::NormalizedF32,
    paint::{Fill, FillRule, Stroke},
    surface::Surface,
    text::{Font, GlyphId, KrillaGlyph},
};
use rustybuzz::{Face, UnicodeBuffer};
use unicode_normalization::UnicodeNormalization;

use crate::text::transliterate::to_gsm7;

/// A colour: red, green, blue.
pub(super) type Colour = (u8, u8, u8);

/// Thick or thin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// Where a text stands to its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Centre,
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Style {
    pub weight: Weight,
    /// In points.
    pub size: f32,
    pub colour: Colour,
    /// Between letters, in points.
    pub spacing: f32,
}

impl Style {
    pub const fn new(weight: Weight, size: f32, colour: Colour) -> Self {
        Self { weight, size, colour, spacing: 0.0 }
    }

    pub const fn spaced(self, spacing: f32) -> Self {
        Self { spacing, ..self }
    }

    pub const fn sized(self, size: f32) -> Self {
        Self { size, ..self }
    }
}

/// The fonts of the page: Noto Sans (SIL Open Font License).
pub(super) struct Fonts {
    regular: Typeface,
    bold: Typeface,
}

struct Typeface {
    font: Font,
    face: Face<'static>,
}

impl Fonts {
    pub fn load() -> Option<Self> {
        let typeface = |octets: &'static [u8]| {
            let font = Font::new(octets.into(), 0)?;
            Some(Typeface { font, face: Face::from_slice(octets, 0)? })
        };
        Some(Self {
            regular: typeface(notosans::REGULAR_TTF)?,
            bold: typeface(notosans::BOLD_TTF)?,
        })
    }

    fn of(&self, weight: Weight) -> &Typeface {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// Letters as they will stand. A character that the font lacks is replaced: a page that is kept
    /// for good may not have holes.
    fn shape(&self, text: &str, style: Style) -> Shaped {
        let Typeface { face, .. } = self.of(style.weight);
        let mut there = String::new();
        for char in text.nfc() {
            let mut octets = [0; 4];
            let char = &*char.encode_utf8(&mut octets);
            let known = |char: char| face.glyph_index(char).is_some_and(|glyph| glyph.0 != 0);
            if char.chars().all(known) {
                there.push_str(char);
            } else {
                there.push_str(&to_gsm7(char));
            }
        }
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(&there);
        let shaped = rustybuzz::shape(face, &[], buffer);
        let units = face.units_per_em() as f32;
        let spacing = style.spacing / style.size;
        let (infos, positions) = (shaped.glyph_infos(), shaped.glyph_positions());
        let mut glyphs = Vec::with_capacity(infos.len());
        for (at, (info, position)) in infos.iter().zip(positions).enumerate() {
            let start = info.cluster as usize;
            let later = infos.iter().skip(at + 1).map(|next| next.cluster as usize);
            let end = later.into_iter().find(|next| *next > start).unwrap_or(there.len());
            glyphs.push(KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                position.x_advance as f32 / units + spacing,
                position.x_offset as f32 / units,
                position.y_offset as f32 / units,
                position.y_advance as f32 / units,
                start..end,
                None,
            ));
        }
        let width: f32 = glyphs.iter().map(|glyph| glyph.x_advance * style.size).sum();
        Shaped { text: there, glyphs, width: (width - style.spacing).max(0.0) }
    }
}

struct Shaped {
    text: String,
    glyphs: Vec<KrillaGlyph>,
    width: f32,
}

/// What draws.
pub(super) struct Ink<'s> {
    surface: Surface<'s>,
    fonts: &'s Fonts,
}

impl<'s> Ink<'s> {
    pub fn new(surface: Surface<'s>, fonts: &'s Fonts) -> Self {
        Self { surface, fonts }
    }

    /// How wide a text is, in points.
    pub fn width(&self, text: &str, style: Style) -> f32 {
        self.fonts.shape(text, style).width
    }

    /// Draws one line. `y` is its base line.
    pub fn text(&mut self, (x, y): (f32, f32), side: Side, text: &str, style: Style) {
        let shaped = self.fonts.shape(text, style);
        let x = match side {
            Side::Left => x,
            Side::Centre => x - shaped.width / 2.0,
        };
        self.fill(style.colour);
        let font = self.fonts.of(style.weight).font.clone();
        let Shaped { text, glyphs, .. } = &shaped;
        self.surface.draw_glyphs(Point::from_xy(x, y), glyphs, font, text, style.size, false);
    }

    /// Draws lines one under the other, parted between words, and tells where the next base line
    /// would be.
    pub fn lines(&mut self, (x, y): (f32, f32), lines: &[String], step: f32, style: Style) -> f32 {
        let mut y = y;
        for line in lines {
            self.text((x, y), Side::Left, line, style);
            y += step;
        }
        y
    }

    /// A text parted into lines of a width. A word that is too wide by itself is parted where it has to be.
    pub fn wrapped(&self, text: &str, width: f32, style: Style) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            if let Some(line) = lines.last_mut() {
                let longer = format!("{line} {word}");
                if self.width(&longer, style) <= width {
                    *line = longer;
                    continue;
                }
            }
            let mut line = String::new();
            for char in word.chars() {
                line.push(char);
                if line.chars().count() > 1 && self.width(&line, style) > width {
                    line.pop();
                    lines.push(std::mem::replace(&mut line, char.to_string()));
                }
            }
            lines.push(line);
        }
        lines
    }

    /// The same in at most `most` lines, in the largest of the sizes with which that is so and no word is
    /// parted, or else with which it is so; in the smallest what is left over is cut, and said to be.
    pub fn fitted(
        &self,
        text: &str,
        width: f32,
        most: usize,
        style: Style,
        sizes: &[f32],
    ) -> (Vec<String>, Style) {
        let styles = || std::iter::once(style).chain(sizes.iter().map(|size| style.sized(*size)));
        let whole = |style| text.split_whitespace().all(|word| self.width(word, style) <= width);
        let fits = |style| {
            let lines = self.wrapped(text, width, style);
            (lines.len() <= most).then_some((lines, style))
        };
        if let Some(best) = styles().filter(|style| whole(*style)).find_map(fits) {
            return best;
        }
        if let Some(best) = styles().find_map(fits) {
            return best;
        }
        let smallest = styles().last().unwrap_or(style);
        let mut lines = self.wrapped(text, width, smallest);
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            last.pop();
            last.push('…');
        }
        (lines, smallest)
    }

    /// A filled rectangle.
    pub fn block(&mut self, (x, y): (f32, f32), (width, height): (f32, f32), colour: Colour) {
        let Some(rect) = Rect::from_xywh(x, y, width, height) else { return };
        let mut path = PathBuilder::new();
        path.push_rect(rect);
        if let Some(path) = path.finish() {
            self.area(&path, colour);
        }
    }

    /// A filled rectangle with round corners.
    pub fn card(
        &mut self,
        (x, y): (f32, f32),
        (width, height): (f32, f32),
        round: f32,
        colour: Colour,
    ) {
        let mut path = PathBuilder::new();
        let (right, bottom) = (x + width, y + height);
        path.move_to(x + round, y);
        path.line_to(right - round, y);
        path.quad_to(right, y, right, y + round);
        path.line_to(right, bottom - round);
        path.quad_to(right, bottom, right - round, bottom);
        path.line_to(x + round, bottom);
        path.quad_to(x, bottom, x, bottom - round);
        path.line_to(x, y + round);
        path.quad_to(x, y, x + round, y);
        path.close();
        if let Some(path) = path.finish() {
            self.area(&path, colour);
        }
    }

    /// A straight line from left to right.
    pub fn rule(&mut self, (x, y): (f32, f32), width: f32, thick: f32, colour: Colour) {
        self.block((x, y - thick / 2.0), (width, thick), colour);
    }

    /// A filled figure.
    pub fn area(&mut self, path: &Path, colour: Colour) {
        self.fill(colour);
        self.surface.draw_path(path);
    }

    /// The outline of a figure.
    pub fn outline(&mut self, path: &Path, thick: f32, colour: Colour) {
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(Stroke {
            paint: rgb(colour).into(),
            width: thick,
            ..Stroke::default()
        }));
        self.surface.draw_path(path);
        self.surface.set_stroke(None);
    }

    fn fill(&mut self, colour: Colour) {
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(Fill {
            paint: rgb(colour).into(),
            opacity: NormalizedF32::ONE,
            rule: FillRule::NonZero,
        }));
    }
}

fn rgb((red, green, blue): Colour) -> rgb::Color {
    rgb::Color::new(red, green, blue)
}
