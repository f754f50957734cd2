//! What is said in a dialect: texts and signals to a `deliver_sm`, a `submit_sm` to a reply.
//!
//! Reads the rows of [`Dialect`] and nothing else: no dialect is named here. Strict towards the
//! gateway, as networks are: what does not fit the row is refused, with the status that says why.
//! // SMPP 3.4 §4.4.1, §4.6.1 (the two messages), §5.3.2.43-44

mod push;

pub use push::PushKind;

use super::dialect::{
    Destination, Dialect, Dialled, EndBit, Key, PSSR_INDICATION, Signal, UCS2, USSR_CONFIRM,
};
use super::message::{
    Address, Deliver, ITS_SESSION_INFO, Submit, USER_MESSAGE_REFERENCE, USSD_SERVICE_OP,
};
use crate::alphabet::{self, Alphabet};
use crate::number::Number;

/// Characters of the longest address. `// SMPP 3.4 §4.6.1`
const ADDRESS_MAX: usize = 20;
/// The lowest bit of `its_session_info`: this message ends the session.
const END_BIT: u16 = 1;

/// What one session of a phone goes by on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// `its_session_info` with the end bit clear.
    pub info: u16,
    /// `user_message_reference`.
    pub reference: u16,
    /// Messages sent to the gateway so far.
    pub sent: u8,
    /// The string that was dialled.
    pub dialled: Box<str>,
}

/// What the network has to say to the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said<'a> {
    /// The phone dialled; the string is in the [`Tag`].
    Begin,
    /// The person typed this.
    Answer(&'a str),
    /// The person hung up.
    UserAbort,
    /// The network ended the session.
    NetworkAbort,
    /// The person read a notice.
    Read,
}

/// A reply of the gateway, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// What happens to the session.
    pub kind: ReplyKind,
    /// The screen.
    pub text: String,
    /// Length of the screen, in septets or, in UCS-2, octets.
    pub length: usize,
}

/// What a reply does to the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyKind {
    /// It stays open and waits for an answer.
    Ask,
    /// It ends.
    End,
}

/// Why the network does not take a message from the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such session, or no longer.
    #[error("no such session")]
    NoSession,
    /// The subscriber is out of reach of the network, or nobody has the number.
    #[error("the subscriber is absent")]
    Absent,
    /// The subscriber is in a session, and cannot be asked anything else.
    #[error("the subscriber is busy")]
    Busy,
    /// The session was begun with another account.
    #[error("the session belongs to another account")]
    OtherAccount,
    /// The destination is no number of this country.
    #[error("the destination is no subscriber")]
    BadDestination,
    /// The source is not the service that the phone dialled.
    #[error("the source is not the service that was dialled")]
    BadSource,
    /// The `service_type` is not the dialect's.
    #[error("the service type is not used here")]
    BadServiceType,
    /// `ussd_service_op` is missing, odd, or not used by this dialect.
    #[error("the operation is not used here")]
    BadOperation,
    /// `its_session_info` or `user_message_reference` is missing or not the session's.
    #[error("the session key is missing or wrong")]
    BadKey,
    /// The `data_coding` is not taken here, or the octets do not fit it.
    #[error("the data coding or the text does not fit")]
    BadText,
    /// The text is longer than the network carries.
    #[error("the text is too long: {length} where {limit} fit")]
    TooLong {
        /// Septets, or octets in UCS-2.
        length: usize,
        /// The most that fits.
        limit: usize,
    },
}

impl Refusal {
    /// The `command_status` that says so. `// SMPP 3.4 §5.1.3`
    pub fn status(self) -> u32 {
        match self {
            Self::NoSession | Self::OtherAccount | Self::Busy => 0x45,
            Self::Absent => 0xfe,
            Self::BadDestination => 0x0b,
            Self::BadSource => 0x0a,
            Self::BadServiceType => 0x15,
            Self::BadOperation | Self::BadKey => 0xc4,
            Self::BadText => 0x104,
            Self::TooLong { .. } => 0x01,
        }
    }
}

impl Dialect {
    /// The `deliver_sm` that says this of this session. Counts the message into the tag.
    pub fn deliver(&self, number: Number, tag: &mut Tag, said: Said<'_>) -> Deliver {
        let signal = self.signal(said);
        let text = match said {
            Said::Begin if self.dialled == Dialled::Text || tag.dialled.len() > ADDRESS_MAX => {
                &tag.dialled
            }
            Said::Answer(text) => text,
            Said::Begin | Said::UserAbort | Said::NetworkAbort | Said::Read => "",
        };
        let (data_coding, text) = self.encode(text);
        let mut optional = vec![(USSD_SERVICE_OP, vec![signal.operation])];
        if let Some(info) = self.info(tag, signal.end_bit) {
            optional.push((ITS_SESSION_INFO, info.to_be_bytes().to_vec()));
        }
        if self.key == Key::StaleReference {
            optional.push((USER_MESSAGE_REFERENCE, tag.reference.to_be_bytes().to_vec()));
        }
        tag.sent = tag.sent.wrapping_add(1);
        Deliver {
            service_type: self.service_type,
            source: Address { ton: 1, npi: 1, text: number.to_string() },
            destination: self.service_address(tag),
            esm_class: 0,
            data_coding,
            text,
            optional,
        }
    }

    /// The number that a message from the gateway is for.
    pub fn addressee(submit: &Submit) -> Result<Number, Refusal> {
        submit.destination.text.parse().map_err(|_| Refusal::BadDestination)
    }

    /// What a message from the gateway says to this session, whose `screens` so far are counted.
    pub fn reply(&self, submit: &Submit, tag: &Tag, screens: u32) -> Result<Reply, Refusal> {
        let service = self.service_address(tag);
        if !service.text.is_empty() && submit.source.text != service.text {
            return Err(Refusal::BadSource);
        }
        if submit.service_type != self.service_type {
            return Err(Refusal::BadServiceType);
        }
        let end_bit = self.check_key(submit, tag)?;
        let kind = self.reply_kind(submit, end_bit)?;
        let (text, length) = self.check_text(submit, screens)?;
        Ok(Reply { kind, text, length })
    }

    /// The text and its length.
    fn check_text(&self, submit: &Submit, screens: u32) -> Result<(String, usize), Refusal> {
        let alphabet = self.alphabet(submit.data_coding).ok_or(Refusal::BadText)?;
        let text = alphabet.decode(&submit.text).map_err(|_| Refusal::BadText)?;
        let length = self.check_length(alphabet, &text, screens)?;
        Ok((text, length))
    }

    /// Whether the dialect would take `text` as its next screen.
    fn check_length(&self, alphabet: Alphabet, text: &str, screens: u32) -> Result<usize, Refusal> {
        let (length, limit) = if alphabet == Alphabet::Ucs2 {
            (text.encode_utf16().count() * 2, self.limits.octets)
        } else {
            let septets = alphabet::septets(text).map_err(|_| Refusal::BadText)?.len();
            let first = screens == 0;
            (septets, if first { self.limits.first_septets } else { self.limits.next_septets })
        };
        if length > limit { Err(Refusal::TooLong { length, limit }) } else { Ok(length) }
    }

    /// The operation and end bit under which this is said.
    pub fn signal(&self, said: Said<'_>) -> Signal {
        match said {
            Said::Begin => Signal { operation: PSSR_INDICATION, end_bit: EndBit::Clear },
            Said::Answer(_) => Signal { operation: USSR_CONFIRM, end_bit: EndBit::Clear },
            Said::Read => Signal { operation: self.read, end_bit: EndBit::Clear },
            Said::UserAbort => self.user_abort,
            Said::NetworkAbort => self.network_abort,
        }
    }

    fn info(&self, tag: &Tag, end_bit: EndBit) -> Option<u16> {
        let end = if end_bit == EndBit::Set { END_BIT } else { 0 };
        match self.key {
            Key::SessionInfo => Some(tag.info & !END_BIT | end),
            // Octet 1 the session, octet 2 a sequence of seven bits above the end bit.
            Key::CountingInfo => Some(tag.info & 0xff00 | u16::from(tag.sent & 0x7f) << 1 | end),
            Key::Number | Key::StaleReference => None,
        }
    }

    fn service_address(&self, tag: &Tag) -> Address {
        let short = |text: String| Address { ton: 3, npi: 0, text };
        match self.destination {
            // What an address cannot hold stands in the text, and the address is the bare code.
            Destination::Dialled if tag.dialled.len() > ADDRESS_MAX => {
                short(format!("*{}#", service_digits(&tag.dialled)))
            }
            Destination::Dialled => short(tag.dialled.to_string()),
            Destination::ShortCode => short(service_digits(&tag.dialled).to_owned()),
            Destination::Telephone(number) => Address { ton: 1, npi: 1, text: number.to_owned() },
            Destination::Empty => Address::default(),
        }
    }

    fn check_key(&self, submit: &Submit, tag: &Tag) -> Result<EndBit, Refusal> {
        let word = |tag| {
            submit.optional(tag).and_then(|value| value.try_into().ok()).map(u16::from_be_bytes)
        };
        match self.key {
            Key::Number | Key::CountingInfo => Ok(EndBit::Clear),
            Key::SessionInfo => match word(ITS_SESSION_INFO) {
                Some(info) if info & !END_BIT == tag.info & !END_BIT => {
                    Ok(if info & END_BIT == END_BIT { EndBit::Set } else { EndBit::Clear })
                }
                _ => Err(Refusal::BadKey),
            },
            Key::StaleReference if word(USER_MESSAGE_REFERENCE) == Some(tag.reference) => {
                Ok(EndBit::Clear)
            }
            Key::StaleReference => Err(Refusal::BadKey),
        }
    }

    fn reply_kind(&self, submit: &Submit, end_bit: EndBit) -> Result<ReplyKind, Refusal> {
        let &[operation] = submit.optional(USSD_SERVICE_OP).unwrap_or_default() else {
            return Err(Refusal::BadOperation);
        };
        let heard = Signal { operation, end_bit };
        if heard == self.end {
            Ok(ReplyKind::End)
        } else if heard == (Signal { operation: self.ask, end_bit: EndBit::Clear }) {
            Ok(ReplyKind::Ask)
        } else {
            Err(Refusal::BadOperation)
        }
    }

    fn alphabet(&self, data_coding: u8) -> Option<Alphabet> {
        let mut known = [self.coding].into_iter().chain(self.also_takes.iter().copied());
        known.find(|(known, _)| *known == data_coding).map(|(_, alphabet)| alphabet)
    }

    /// What a person typed, in the dialect's alphabet, or in UCS-2 when that lacks a character.
    fn encode(&self, text: &str) -> (u8, Vec<u8>) {
        let (data_coding, alphabet) = self.coding;
        match alphabet.encode(text) {
            Ok(octets) => (data_coding, octets),
            Err(_) => (UCS2, text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        }
    }
}

/// The first group of digits of a dialled string: `*119*2#` is `119`.
fn service_digits(dialled: &str) -> &str {
    dialled.split(['*', '#']).find(|group| !group.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator::dialect::named;

    fn tag() -> Tag {
        Tag { info: 0x4a10, reference: 7, sent: 0, dialled: "*119#".into() }
    }

    fn number() -> Number {
        "081211900001".parse().unwrap()
    }

    /// Optional parameters as the table of the wire description gives them, row by row.
    #[test]
    fn each_dialect_begins_answers_and_aborts_in_its_own_way() {
        type Row = (&'static str, &'static str, &'static str, u8, [(u16, &'static [u8]); 2]);
        const NONE: (u16, &[u8]) = (0, &[]);
        let begins: [Row; 6] = [
            ("plain", "*119#", "119", 0, [(USSD_SERVICE_OP, &[1]), NONE]),
            ("its", "", "*119#", 0, [(USSD_SERVICE_OP, &[1]), (ITS_SESSION_INFO, &[0x4a, 0x10])]),
            (
                "sixdee",
                "*119#",
                "119",
                0,
                [(USSD_SERVICE_OP, &[1]), (ITS_SESSION_INFO, &[0x4a, 0x10])],
            ),
            ("mica", "*119#", "", 0, [(USSD_SERVICE_OP, &[1]), (USER_MESSAGE_REFERENCE, &[0, 7])]),
            ("p2", "*119#", "6621190001", 15, [(USSD_SERVICE_OP, &[1]), NONE]),
            (
                "huawei",
                "*119#",
                "119",
                0,
                [(USSD_SERVICE_OP, &[1]), (ITS_SESSION_INFO, &[0x4a, 0])],
            ),
        ];
        for (name, text, destination, data_coding, optional) in begins {
            let deliver = named(name).unwrap().deliver(number(), &mut tag(), Said::Begin);
            assert_eq!(deliver.source.text, "6281211900001");
            assert_eq!(deliver.text, text.as_bytes(), "{name}");
            assert_eq!(deliver.destination.text, destination, "{name}");
            assert_eq!(deliver.data_coding, data_coding, "{name}");
            let wanted: Vec<_> = optional.iter().filter(|(tag, _)| *tag != 0).collect();
            assert_eq!(deliver.optional.len(), wanted.len(), "{name}");
            for ((tag, value), (heard, octets)) in wanted.into_iter().zip(&deliver.optional) {
                assert_eq!((tag, *value), (heard, octets.as_slice()), "{name}");
            }
        }
        let aborts: [(&str, &[u8]); 6] = [
            ("plain", &[129]),
            ("its", &[18, 0x4a, 0x11]),
            ("sixdee", &[129, 0x4a, 0x10]),
            ("mica", &[129, 0, 7]),
            ("p2", &[129]),
            ("huawei", &[129, 0x4a, 0]),
        ];
        for (name, octets) in aborts {
            let deliver = named(name).unwrap().deliver(number(), &mut tag(), Said::UserAbort);
            let heard: Vec<u8> =
                deliver.optional.into_iter().flat_map(|(_, value)| value).collect();
            assert_eq!(heard, octets, "{name}");
        }
    }

    #[test]
    fn session_info_counts_where_the_dialect_counts() {
        let huawei = named("huawei").unwrap();
        let mut tag = tag();
        huawei.deliver(number(), &mut tag, Said::Begin);
        let answer = huawei.deliver(number(), &mut tag, Said::Answer("1"));
        assert_eq!(answer.optional[1], (ITS_SESSION_INFO, vec![0x4a, 2]));
    }

    fn submit(name: &str, optional: &[(u16, &[u8])], text: &str) -> Submit {
        let source = match name {
            "its" => "*119#",
            "p2" => "6621190001",
            _ => "119",
        };
        Submit {
            source: Address { text: source.to_owned(), ..Address::default() },
            destination: Address { ton: 1, npi: 1, text: "6281211900001".to_owned() },
            data_coding: named(name).unwrap().coding.0,
            service_type: named(name).unwrap().service_type.to_owned(),
            text: text.as_bytes().to_vec(),
            optional: optional.iter().map(|(tag, value)| (*tag, value.to_vec())).collect(),
            ..Submit::default()
        }
    }

    #[test]
    fn a_reply_asks_or_ends_or_is_refused() {
        use ReplyKind::{Ask, End};
        const OP: u16 = USSD_SERVICE_OP;
        const INFO: u16 = ITS_SESSION_INFO;
        type Row = (&'static str, &'static [(u16, &'static [u8])], Result<ReplyKind, Refusal>);
        let rows: [Row; 15] = [
            ("plain", &[(OP, &[2])], Ok(Ask)),
            ("plain", &[(OP, &[17])], Ok(End)),
            ("plain", &[(OP, &[0x17])], Err(Refusal::BadOperation)),
            ("plain", &[], Err(Refusal::BadOperation)),
            ("its", &[(OP, &[2]), (INFO, &[0x4a, 0x10])], Ok(Ask)),
            ("its", &[(OP, &[2]), (INFO, &[0x4a, 0x11])], Ok(End)),
            ("its", &[(OP, &[17]), (INFO, &[0x4a, 0x11])], Err(Refusal::BadOperation)),
            ("its", &[(OP, &[2]), (INFO, &[0x4a, 0x12])], Err(Refusal::BadKey)),
            ("its", &[(OP, &[2])], Err(Refusal::BadKey)),
            ("sixdee", &[(OP, &[17]), (INFO, &[0x4a, 0x11])], Ok(End)),
            ("sixdee", &[(OP, &[17]), (INFO, &[0x4a, 0x10])], Err(Refusal::BadOperation)),
            ("mica", &[(OP, &[2]), (USER_MESSAGE_REFERENCE, &[0, 7])], Ok(Ask)),
            ("mica", &[(OP, &[2]), (USER_MESSAGE_REFERENCE, &[0, 8])], Err(Refusal::BadKey)),
            ("p2", &[(OP, &[17])], Ok(End)),
            ("huawei", &[(OP, &[17])], Ok(End)),
        ];
        for (name, optional, wanted) in rows {
            let submit = submit(name, optional, "Halo");
            let heard = named(name).unwrap().reply(&submit, &tag(), 0).map(|reply| reply.kind);
            assert_eq!(heard, wanted, "{name} {optional:?}");
        }
    }

    #[test]
    fn a_text_over_the_limit_is_refused() {
        let plain = named("plain").unwrap();
        let ask = |text: &str| submit("plain", &[(USSD_SERVICE_OP, &[2])], text);
        assert_eq!(plain.reply(&ask(&"a".repeat(182)), &tag(), 0).unwrap().length, 182);
        let long = plain.reply(&ask(&"a".repeat(183)), &tag(), 0);
        assert_eq!(long, Err(Refusal::TooLong { length: 183, limit: 182 }));
        // An extension character is two septets: escape and character.
        let brackets = ask(&"\u{1b}<".repeat(92));
        let wanted = Err(Refusal::TooLong { length: 184, limit: 182 });
        assert_eq!(plain.reply(&brackets, &tag(), 0), wanted);
        let wide = Submit { data_coding: UCS2, text: [0, 0x41].repeat(81), ..ask("") };
        assert_eq!(
            plain.reply(&wide, &tag(), 0),
            Err(Refusal::TooLong { length: 162, limit: 160 })
        );
    }

    #[test]
    fn what_does_not_belong_to_the_session_is_refused() {
        let plain = named("plain").unwrap();
        let good = submit("plain", &[(USSD_SERVICE_OP, &[2])], "Halo");
        let source = Address { text: "120".to_owned(), ..Address::default() };
        let rows = [
            (Submit { source, ..good.clone() }, Refusal::BadSource),
            (Submit { data_coding: 3, ..good.clone() }, Refusal::BadText),
            (Submit { text: vec![0x80], ..good.clone() }, Refusal::BadText),
            (Submit { service_type: "CMT".to_owned(), ..good }, Refusal::BadServiceType),
        ];
        for (submit, refusal) in rows {
            assert_eq!(plain.reply(&submit, &tag(), 0), Err(refusal));
        }
    }

    #[test]
    fn what_no_alphabet_row_carries_goes_as_ucs2() {
        let deliver = named("plain").unwrap().deliver(number(), &mut tag(), Said::Answer("çé"));
        assert_eq!((deliver.data_coding, deliver.text), (8, vec![0, 0xe7, 0, 0xe9]));
    }
}
