//! The way into GSM 7-bit for text that has left it.
//!
//! Owns the choice of what stands for a character that the alphabet lacks: what editors and chat
//! programs put in (curly quotes, long dashes, no-break blanks, emoji) and what names bring along
//! (accents, digits of other scripts). One such character would turn a 160-character SMS into
//! UCS-2 of 70, or a USSD string into question marks. Knows no language.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

use super::gsm7;

/// `text` in characters of GSM 7-bit (TS 23.038 §6.2.1), unchanged where it already is.
///
/// In this order: a character of the alphabet stays; a known stand-in is written; accents and
/// compatibility forms are taken off; emoji, joiners and control characters go; `?` stands for the
/// rest. The answer always encodes, and transliterating it again changes nothing.
pub fn to_gsm7(text: &str) -> Cow<'_, str> {
    if gsm7::count(text).is_ok() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    // Composed first: `e` with a loose acute is a letter of the alphabet.
    for char in text.nfc() {
        push(&mut out, char);
    }
    Cow::Owned(out)
}

fn push(out: &mut String, char: char) {
    if gsm7::septets_of(char).is_some() {
        out.push(char);
    } else if let Some(known) = stand_in(char) {
        out.push_str(known);
    } else if let Some(digit) = digit(char) {
        out.push(digit);
    } else if !is_dropped(char) {
        push_decomposed(out, char);
    }
}

fn push_decomposed(out: &mut String, char: char) {
    let mut written = false;
    decompose_compatible(char, |part| {
        if is_combining_mark(part) || is_dropped(part) {
            return;
        }
        written = true;
        if gsm7::septets_of(part).is_some() {
            out.push(part);
        } else {
            out.push_str(stand_in(part).unwrap_or("?"));
        }
    });
    // A mark that belongs to no letter leaves nothing; everything else leaves a trace.
    if !written && !is_combining_mark(char) {
        out.push('?');
    }
}

fn stand_in(char: char) -> Option<&'static str> {
    Some(match char {
        '‘' | '’' | '‚' | '‛' | '`' | '´' | '′' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ʾ' | 'ʿ' | 'ˈ' | '‹'
        | '›' => "'",
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' | '〝' | '〞' => "\"",
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '•' | '‣' | '◦' | '●' | '○' | '▪' | '■' | '□'
        | '∙' | '⁃' => "-",
        '·' => ".",
        '⁄' | '∕' | '÷' => "/",
        '\t' => " ",
        '\u{0B}' | '\u{85}' | '\u{2028}' | '\u{2029}' => "\n",
        '×' | '✕' | '✖' => "x",
        '±' => "+/-",
        '≤' => "<=",
        '≥' => ">=",
        '≠' => "<>",
        '≈' => "~",
        '→' | '➔' | '➜' | '➡' => "->",
        '←' | '⬅' => "<-",
        '©' => "(c)",
        '®' => "(r)",
        '¢' => "c",
        // `37,5 °C` reads as well without it.
        '°' | 'º' | 'ª' => "",
        'µ' | 'μ' => "u",
        'ç' => "c",
        'đ' | 'ð' => "d",
        'Đ' | 'Ð' => "D",
        'ł' => "l",
        'Ł' => "L",
        'ħ' => "h",
        'Ħ' => "H",
        'ŧ' => "t",
        'Ŧ' => "T",
        'ı' => "i",
        'œ' => "oe",
        'Œ' => "OE",
        'þ' => "th",
        'Þ' => "Th",
        'ŋ' => "ng",
        'ẞ' => "SS",
        // Capitals that look Latin, and that the alphabet therefore leaves out.
        'Α' => "A",
        'Β' => "B",
        'Ε' => "E",
        'Ζ' => "Z",
        'Η' => "H",
        'Ι' => "I",
        'Κ' => "K",
        'Μ' => "M",
        'Ν' => "N",
        'Ο' => "O",
        'Ρ' => "P",
        'Τ' => "T",
        'Υ' => "Y",
        'Χ' => "X",
        _ => return None,
    })
}

/// Digits that phones of this country produce: Arabic-Indic, Persian, Javanese, full-width.
fn digit(char: char) -> Option<char> {
    let zero = match char {
        '\u{0660}'..='\u{0669}' => 0x0660,
        '\u{06F0}'..='\u{06F9}' => 0x06F0,
        '\u{A9D0}'..='\u{A9D9}' => 0xA9D0,
        '\u{FF10}'..='\u{FF19}' => 0xFF10,
        _ => return None,
    };
    char::from_digit(u32::from(char) - zero, 10)
}

/// What is seen as nothing, or means nothing without its picture.
fn is_dropped(char: char) -> bool {
    matches!(char,
        '\u{00AD}'                    // soft hyphen
        | '\u{061C}'
        | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}'     // zero width, joiners, direction
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{20D0}'..='\u{20FF}'     // marks for symbols, the keycap among them
        | '\u{2190}'..='\u{21FF}'     // arrows without a stand-in
        | '\u{2300}'..='\u{23FF}'
        | '\u{2580}'..='\u{27BF}'     // blocks, shapes, symbols, dingbats
        | '\u{2900}'..='\u{297F}'
        | '\u{2B00}'..='\u{2BFF}'
        | '\u{E000}'..='\u{F8FF}'     // private use: some operator's pictures
        | '\u{FE00}'..='\u{FE0F}'     // variation selectors
        | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{1F000}'..='\u{1F0FF}'
        | '\u{1F1E6}'..='\u{1F1FF}'   // flags
        | '\u{1F300}'..='\u{1FAFF}'   // emoji
        | '\u{E0000}'..='\u{E0FFF}'   // tags, more selectors
    ) || char.is_control()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_indonesian_texts_really_contain() {
        for (text, plain) in [
            ("“Satu Data” – Ma’ruf…", "\"Satu Data\" - Ma'ruf..."),
            ("• Dosis\u{A0}1", "- Dosis 1"),
            ("✅ Berhasil 🙏🏽", " Berhasil "),
            ("1️⃣ Daftar", "1 Daftar"),
            ("👨‍👩‍👧 keluarga 🇮🇩", " keluarga "),
            ("José Façade Ōtani Šimun", "José Facade Otani Simun"),
            ("e\u{301}a\u{301}", "éa"),
            ("á í ó ú â ê", "a i o u a e"),
            ("suhu ≥ 37,5 °C", "suhu >= 37,5 C"),
            ("０８１２ ٠٨١٢ ۰۸ ꧐꧘", "0812 0812 08 08"),
            ("ＮＩＫ ﬁle ½ ² №", "NIK file 1/2 2 No"),
            ("a\tb\u{200B}c\u{FEFF}", "a bc"),
            ("`kutip´", "'kutip'"),
            ("satu\r\ndua\u{2028}tiga", "satu\r\ndua\ntiga"),
            ("ꦲꦏ 漢字", "?? ??"),
            ("\u{301}", ""),
            ("[saja] €5 ~", "[saja] €5 ~"),
            ("≠", "<>"),
            ("𝐁𝐨𝐥𝐝", "Bold"),
        ] {
            assert_eq!(to_gsm7(text), plain, "{text}");
        }
    }

    #[test]
    fn what_is_in_the_alphabet_is_not_copied() {
        assert!(matches!(to_gsm7("Ketik 16 angka NIK Anda @ {ya}"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn the_answer_encodes_and_stays(text: String) {
            let once = to_gsm7(&text).into_owned();
            prop_assert!(gsm7::count(&once).is_ok());
            prop_assert_eq!(to_gsm7(&once), once.as_str());
        }

        #[test]
        fn every_character_has_an_answer(char: char) {
            prop_assert!(gsm7::count(&to_gsm7(&char.to_string())).is_ok());
        }
    }
}
