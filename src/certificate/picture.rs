//! A code as a picture: for a chat, where a page would be too much. PNG by the `png` crate, the encoder that
//! the field uses.

use super::pdf::code::{Code, QUIET};

/// Points of a module: a phone shows it large enough for a reader across a desk.
const SCALE: usize = 12;

/// The QR code of a text, dark on white, as a PNG of 8 bits and RGB (Cloud API, "Media": "images must be
/// 8-bit, RGB or RGBA"). `None` if the text does not fit into a code.
pub fn qr(text: &str) -> Option<Vec<u8>> {
    let code = Code::of(text)?;
    let side = (code.width() + 2 * QUIET) * SCALE;
    let mut points = Vec::with_capacity(side * side * 3);
    for y in 0..side {
        for x in 0..side {
            let module = |at: usize| (at / SCALE).checked_sub(QUIET);
            let dark = module(x).zip(module(y)).is_some_and(|(x, y)| code.is_dark(x, y));
            points.extend([if dark { 0 } else { 255 }; 3]);
        }
    }
    let side = u32::try_from(side).ok()?;
    let mut octets = Vec::new();
    let mut encoder = png::Encoder::new(&mut octets, side, side);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&points).ok()?;
    writer.finish().ok()?;
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_a_square_with_a_quiet_zone() {
        let octets = qr("1234567897").unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(octets)).read_info().unwrap();
        let mut points = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut points).unwrap();
        assert_eq!((info.color_type, info.bit_depth), (png::ColorType::Rgb, png::BitDepth::Eight));
        assert_eq!((info.width, info.height), (348, 348), "version 1: 21 modules, and 4 around");
        let at = |x: usize, y: usize| points[(y * 348 + x) * 3];
        assert_eq!((at(47, 47), at(48, 48)), (255, 0), "the corner of the first finder");
        assert!(qr(&"x".repeat(10_000)).is_none());
    }
}
