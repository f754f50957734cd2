//! The body that `submit_sm`, `deliver_sm` and `data_sm` share. SMPP 3.4 §4.4.1, §4.6.1, §4.7.1.

use std::fmt;

use bytes::Bytes;

use super::{Tag, Tlvs};

/// The most octets `short_message` takes. SMPP 3.4 §5.2.21.
pub const MAX_SHORT_MESSAGE: usize = 254;

/// An address: type of number, numbering plan, and octets that are mostly digits.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Address {
    /// SMPP 3.4 §5.2.5: 1 international, 3 network specific, 5 alphanumeric.
    pub ton: u8,
    /// SMPP 3.4 §5.2.6: 1 for telephone numbers, 0 unknown.
    pub npi: u8,
    /// At most 20 octets (64 in `data_sm`), no NUL.
    pub octets: Bytes,
}

impl Address {
    /// Any address.
    pub fn new(ton: u8, npi: u8, octets: impl Into<Bytes>) -> Self {
        Self { ton, npi, octets: octets.into() }
    }

    /// A telephone number in international form, digits only: TON 1, NPI 1.
    pub fn international(digits: impl Into<Bytes>) -> Self {
        Self::new(1, 1, digits)
    }

    /// A sender's name: TON 5, NPI 0.
    pub fn alphanumeric(name: impl Into<Bytes>) -> Self {
        Self::new(5, 0, name)
    }

    /// A short code as many networks want it: TON 3, NPI 0.
    pub fn short_code(digits: impl Into<Bytes>) -> Self {
        Self::new(3, 0, digits)
    }
}

/// Shows short codes and names whole, and of anything long enough to be a person's number only the
/// last three digits.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/", self.ton, self.npi)?;
        if self.ton == 5 || self.octets.len() <= 6 {
            return write!(f, "{}", self.octets.escape_ascii());
        }
        let last = self.octets.len() - 3;
        let shown = self.octets.get(last..).unwrap_or_default();
        write!(f, "{}{}", "*".repeat(last), shown.escape_ascii())
    }
}

/// A short message in either direction. Fields as in SMPP 3.4 §4.4.1, in its order.
///
/// The default is an empty message: no service type, immediate, no receipt.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// At most 5 octets; `USSD` on some networks, empty on most.
    pub service_type: Bytes,
    /// Who sends.
    pub source: Address,
    /// Who receives.
    pub destination: Address,
    /// Mode, type and features (§5.2.12): 0x40 says that the text begins with a UDH.
    pub esm_class: u8,
    /// GSM's PID (§5.2.13).
    pub protocol_id: u8,
    /// 0 to 3 (§5.2.14).
    pub priority: u8,
    /// 16 octets or none (§5.2.15).
    pub schedule: Bytes,
    /// 16 octets or none (§5.2.16).
    pub validity: Bytes,
    /// Which receipts are wanted (§5.2.17).
    pub registered_delivery: u8,
    /// Whether an earlier message is replaced (§5.2.18).
    pub replace_if_present: u8,
    /// The alphabet, as the operator counts it (§5.2.19).
    pub data_coding: u8,
    /// A message the SMSC keeps (§5.2.20).
    pub sm_default_msg_id: u8,
    /// At most [`MAX_SHORT_MESSAGE`] octets; longer texts are a `message_payload`.
    pub short_message: Bytes,
    /// Optional parameters.
    pub tlvs: Tlvs,
}

impl Message {
    /// A message with these addresses and text, everything else as in the default.
    pub fn new(source: Address, destination: Address, text: impl Into<Bytes>) -> Self {
        let mut message = Self { source, destination, ..Self::default() };
        message.set_text_octets(text);
        message
    }

    /// The text, wherever it stands: `short_message`, or `message_payload` where that is empty.
    pub fn text_octets(&self) -> &Bytes {
        match self.tlvs.message_payload() {
            Some(payload) if self.short_message.is_empty() => payload,
            _ => &self.short_message,
        }
    }

    /// Puts the text where it fits: up to 254 octets into `short_message`, more into
    /// `message_payload`. SMPP 3.4 §5.3.2.32: only one of the two is used.
    pub fn set_text_octets(&mut self, text: impl Into<Bytes>) {
        let text = text.into();
        self.tlvs.remove(Tag::MESSAGE_PAYLOAD);
        if text.len() <= MAX_SHORT_MESSAGE {
            self.short_message = text;
        } else {
            self.short_message = Bytes::new();
            self.tlvs.push(Tag::MESSAGE_PAYLOAD, text);
        }
    }

    /// Whether this is a delivery receipt. SMPP 3.4 §5.2.12: message type 0001.
    pub fn is_receipt(&self) -> bool {
        self.esm_class & MESSAGE_TYPE == 0x04
    }

    /// Whether it only tells that a message is on its way. SMPP 3.4 §5.2.12: message type 1000.
    pub fn is_intermediate(&self) -> bool {
        self.esm_class & MESSAGE_TYPE == 0x20
    }
}

/// The bits of `esm_class` that tell texts of people from words of the network. SMPP 3.4 §5.2.12.
const MESSAGE_TYPE: u8 = 0x3C;

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("service_type", &self.service_type)
            .field("source", &self.source)
            .field("destination", &self.destination)
            .field("esm_class", &self.esm_class)
            .field("data_coding", &self.data_coding)
            .field("text_octets", &self.text_octets().len())
            .field("tlvs", &self.tlvs)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_goes_where_it_fits() {
        let mut message = Message::default();
        message.set_text_octets(vec![b'a'; 254]);
        assert_eq!((message.short_message.len(), message.tlvs.len()), (254, 0));
        message.set_text_octets(vec![b'a'; 255]);
        assert_eq!((message.short_message.len(), message.tlvs.len()), (0, 1));
        assert_eq!(message.text_octets().len(), 255);
        message.set_text_octets("ok");
        assert_eq!((message.text_octets().as_ref(), message.tlvs.len()), (&b"ok"[..], 0));
    }

    #[test]
    fn words_of_the_network_are_told_from_texts() {
        for (esm_class, kind) in [
            (0x00, (false, false)),
            (0x40, (false, false)),
            (0x03, (false, false)),
            (0x04, (true, false)),
            (0x44, (true, false)),
            (0x20, (false, true)),
            (0x63, (false, true)),
            (0x24, (false, false)),
        ] {
            let message = Message { esm_class, ..Message::default() };
            let told = (message.is_receipt(), message.is_intermediate());
            assert_eq!(told, kind, "{esm_class:#x}");
        }
    }

    #[test]
    fn debug_shows_no_text_and_no_whole_number() {
        let message =
            Message::new(Address::international("6281234567890"), Address::short_code("119"), "1");
        let shown = format!("{message:?}");
        assert!(shown.contains("1/1/**********890"), "{shown}");
        assert!(shown.contains("3/0/119") && shown.contains("text_octets: 1"), "{shown}");
        let other = Message { short_message: "rahasia".into(), ..message };
        assert!(!format!("{other:?}").contains("rahasia"));
    }
}
