//! Receipts in the spellings of several operators, and the names that they give to messages.
//!
//! // SMPP 3.4 Appendix B (text), §5.3.2.12 (receipted_message_id), §5.3.2.35 (message_state)

use crate::operator::message::{MESSAGE_STATE, RECEIPTED_MESSAGE_ID};

/// How an operator writes its ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ids {
    /// Decimal, everywhere the same.
    #[default]
    Decimal,
    /// Hexadecimal in the response, decimal in the receipt.
    Hex,
    /// With leading zeros in the response, without them in the receipt.
    LeadingZeros,
}

impl Ids {
    /// The id of the response.
    pub fn response(self, number: u64) -> String {
        match self {
            Self::Decimal => number.to_string(),
            Self::Hex => format!("{number:x}"),
            Self::LeadingZeros => format!("{number:016}"),
        }
    }

    /// The id in the text of the receipt.
    pub fn receipt(self, number: u64) -> String {
        number.to_string()
    }
}

/// How an operator writes its receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Spelling {
    /// As in the standard, with TLVs.
    #[default]
    Full,
    /// As in the standard, without TLVs.
    Plain,
    /// With capitals, short counts, and no blank in the names of the dates.
    Capitals,
    /// With seconds in the dates, and neither counts nor text.
    Seconds,
    /// TLVs, and no text at all.
    TlvsOnly,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is on the phone.
    Delivered,
    /// The phone did not come back in time.
    Expired,
}

/// Everything that a receipt says.
#[derive(Debug, Clone)]
pub struct Receipt<'a> {
    /// The id of the text.
    pub id: String,
    /// The id of the TLV, as in the response.
    pub response_id: String,
    /// What became of the message.
    pub fate: Fate,
    /// When the message was taken, milliseconds since 1970.
    pub submitted: u64,
    /// When its fate was known, milliseconds since 1970.
    pub done: u64,
    /// The message.
    pub text: &'a str,
}

impl Receipt<'_> {
    /// The text, and the optional parameters.
    pub fn write(&self, spelling: Spelling) -> (String, Vec<(u16, Vec<u8>)>) {
        let Self { id, fate, .. } = self;
        let (state, stat, err) = match fate {
            Fate::Delivered => (2, "DELIVRD", 0),
            Fate::Expired => (3, "EXPIRED", 27),
        };
        let count = u8::from(*fate == Fate::Delivered);
        let (submitted, done) = (local(self.submitted), local(self.done));
        let [short, late] = [&submitted, &done].map(|date| date.get(..10).unwrap_or_default());
        let begin: String = self.text.chars().filter(char::is_ascii).take(20).collect();
        let text = match spelling {
            Spelling::Full | Spelling::Plain => format!(
                "id:{id} sub:001 dlvrd:{count:03} submit date:{short} done date:{late} \
                 stat:{stat} err:{err:03} text:{begin}"
            ),
            Spelling::Capitals => format!(
                "ID:{id} SUB:1 DLVRD:{count} SUBMITDATE:{short} DONEDATE:{late} \
                 STAT:{stat} ERR:{err} TEXT:{begin}"
            ),
            Spelling::Seconds => {
                format!("id:{id} submit date:{submitted} done date:{done} stat:{stat} err:{err:03}")
            }
            Spelling::TlvsOnly => String::new(),
        };
        let tlvs = match spelling {
            Spelling::Full | Spelling::TlvsOnly => {
                let mut named = self.response_id.clone().into_bytes();
                named.push(0);
                vec![(RECEIPTED_MESSAGE_ID, named), (MESSAGE_STATE, vec![state])]
            }
            Spelling::Plain | Spelling::Capitals | Spelling::Seconds => vec![],
        };
        (text, tlvs)
    }
}

/// `yyMMddhhmmss` in Jakarta, as networks there write it.
fn local(millis: u64) -> String {
    const JAKARTA: u64 = 7 * 3600;
    let seconds = millis / 1000 + JAKARTA;
    let (days, time) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    format!("{:02}{month:02}{day:02}{hour:02}{minute:02}{second:02}", year % 100)
}

/// The date of a day since 1970.
fn date(mut days: u64) -> (u64, u64, u64) {
    let mut year = 1970;
    loop {
        let length = if is_leap(year) { 366 } else { 365 };
        if days < length {
            break;
        }
        days -= length;
        year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-02-28 23:59:58 in Jakarta.
    const LATE: u64 = 1_772_297_998_000;

    fn receipt(fate: Fate) -> Receipt<'static> {
        Receipt {
            id: "1000000001".to_owned(),
            response_id: "3b9aca01".to_owned(),
            fate,
            submitted: LATE,
            done: LATE + 3000,
            text: "PeduliLindungi: Anda terdaftar",
        }
    }

    #[test]
    fn each_operator_spells_in_its_own_way() {
        let rows = [
            (
                Spelling::Full,
                "id:1000000001 sub:001 dlvrd:001 submit date:2602282359 done date:2603010000 \
                 stat:DELIVRD err:000 text:PeduliLindungi: Anda",
                2,
            ),
            (
                Spelling::Capitals,
                "ID:1000000001 SUB:1 DLVRD:1 SUBMITDATE:2602282359 DONEDATE:2603010000 \
                 STAT:DELIVRD ERR:0 TEXT:PeduliLindungi: Anda",
                0,
            ),
            (
                Spelling::Seconds,
                "id:1000000001 submit date:260228235958 done date:260301000001 stat:DELIVRD err:000",
                0,
            ),
            (Spelling::TlvsOnly, "", 2),
        ];
        for (spelling, text, tlvs) in rows {
            let (written, optional) = receipt(Fate::Delivered).write(spelling);
            assert_eq!((written.as_str(), optional.len()), (text, tlvs), "{spelling:?}");
        }
        let (expired, tlvs) = receipt(Fate::Expired).write(Spelling::Full);
        assert!(expired.contains("dlvrd:000") && expired.contains("stat:EXPIRED err:027"));
        assert_eq!(tlvs[0], (RECEIPTED_MESSAGE_ID, b"3b9aca01\0".to_vec()));
        assert_eq!(tlvs[1], (MESSAGE_STATE, vec![3]));
    }

    #[test]
    fn ids_differ_between_response_and_receipt() {
        let rows = [
            (Ids::Decimal, "1000000001"),
            (Ids::Hex, "3b9aca01"),
            (Ids::LeadingZeros, "0000001000000001"),
        ];
        for (ids, response) in rows {
            assert_eq!(ids.response(1_000_000_001), response);
            assert_eq!(ids.receipt(1_000_000_001), "1000000001");
        }
    }

    #[test]
    fn the_calendar_knows_leap_years() {
        let rows = [(0, (1970, 1, 1)), (11_016, (2000, 2, 29)), (20_513, (2026, 3, 1))];
        for (days, expected) in rows {
            assert_eq!(date(days), expected);
        }
    }
}
