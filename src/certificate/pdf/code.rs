//! The QR code (ISO/IEC 18004), drawn as rectangles.

use krilla::geom::{Path, PathBuilder, Rect};
use qrcode::{Color, EcLevel, QrCode};

/// Light modules that have to stand around a code (ISO/IEC 18004 §6.3.8).
pub(in crate::certificate) const QUIET: usize = 4;

/// A code.
pub(in crate::certificate) struct Code {
    dark: Vec<bool>,
    width: usize,
}

impl Code {
    /// The code of a text, level Q: a quarter of it may be lost (eHN "Electronic Health Certificate
    /// Specification" §4.2.2).
    pub(in crate::certificate) fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::Q).ok()?;
        let width = code.width();
        let dark = code.into_colors().into_iter().map(|color| color == Color::Dark).collect();
        Some(Self { dark, width })
    }

    /// Modules of a side, the quiet zone not counted.
    pub(in crate::certificate) fn width(&self) -> usize {
        self.width
    }

    /// Whether a module is dark.
    pub(in crate::certificate) fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.width && self.dark.get(y * self.width + x) == Some(&true)
    }

    /// The dark modules of a code in a square, quiet zone counted in. A row's neighbours are one rectangle: no
    /// seam can show between them.
    pub(super) fn path(&self, left: f32, top: f32, side: f32) -> Option<Path> {
        let module = side / (self.width + 2 * QUIET) as f32;
        let at = |count: usize| (count + QUIET) as f32 * module;
        let mut path = PathBuilder::new();
        for (y, row) in self.dark.chunks(self.width).enumerate() {
            let mut x = 0;
            while let Some(start) = (x..row.len()).find(|x| row.get(*x) == Some(&true)) {
                let end = (start..row.len()).find(|x| row.get(*x) == Some(&false));
                x = end.unwrap_or(row.len());
                let (width, y) = ((x - start) as f32 * module, top + at(y));
                path.push_rect(Rect::from_xywh(left + at(start), y, width, module)?);
            }
        }
        path.finish()
    }
}
