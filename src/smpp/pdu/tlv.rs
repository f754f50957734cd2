//! Optional parameters: an ordered list of raw (tag, value) with typed readers on top.
//!
//! SMPP 3.4 §3.2.4 and §5.3. The list keeps what arrived in the order it arrived, unknown tags and
//! odd lengths included; the readers make the best of odd lengths instead of refusing them.

use std::fmt;

use bytes::Bytes;

/// A parameter tag. SMPP 3.4 §5.3.2; 0x1400 to 0x3FFF belong to vendors.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag(pub u16);

macro_rules! tags {
    ($($name:ident = $value:literal, $lengths:pat => $text:literal;)*) => {
        impl Tag {
            $(#[doc = concat!("`", $text, "`.")] pub const $name: Self = Self($value);)*

            /// The standard's name, if the tag is one of those this crate reads.
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some($text),)*
                    _ => None,
                }
            }

            /// Whether a value of `octets` octets is what the standard says for this tag.
            /// Tags that are not known here may have any length.
            pub const fn allows(self, octets: usize) -> bool {
                match self.0 {
                    $($value => matches!(octets, $lengths),)*
                    _ => true,
                }
            }
        }
    };
}

tags! {
    DEST_ADDR_SUBUNIT = 0x0005, 1 => "dest_addr_subunit";
    SOURCE_ADDR_SUBUNIT = 0x000D, 1 => "source_addr_subunit";
    RECEIPTED_MESSAGE_ID = 0x001E, 1..=65 => "receipted_message_id";
    MS_MSG_WAIT_FACILITIES = 0x0030, 1 => "ms_msg_wait_facilities";
    PRIVACY_INDICATOR = 0x0201, 1 => "privacy_indicator";
    USER_MESSAGE_REFERENCE = 0x0204, 2 => "user_message_reference";
    USER_RESPONSE_CODE = 0x0205, 1 => "user_response_code";
    SOURCE_PORT = 0x020A, 2 => "source_port";
    DESTINATION_PORT = 0x020B, 2 => "destination_port";
    SAR_MSG_REF_NUM = 0x020C, 2 => "sar_msg_ref_num";
    LANGUAGE_INDICATOR = 0x020D, 1 => "language_indicator";
    SAR_TOTAL_SEGMENTS = 0x020E, 1 => "sar_total_segments";
    SAR_SEGMENT_SEQNUM = 0x020F, 1 => "sar_segment_seqnum";
    SC_INTERFACE_VERSION = 0x0210, 1 => "sc_interface_version";
    DPF_RESULT = 0x0420, 1 => "dpf_result";
    MS_AVAILABILITY_STATUS = 0x0422, 1 => "ms_availability_status";
    NETWORK_ERROR_CODE = 0x0423, 3 => "network_error_code";
    MESSAGE_PAYLOAD = 0x0424, _ => "message_payload";
    DELIVERY_FAILURE_REASON = 0x0425, 1 => "delivery_failure_reason";
    MORE_MESSAGES_TO_SEND = 0x0426, 1 => "more_messages_to_send";
    MESSAGE_STATE = 0x0427, 1 => "message_state";
    USSD_SERVICE_OP = 0x0501, 1 => "ussd_service_op";
    ITS_REPLY_TYPE = 0x1380, 1 => "its_reply_type";
    ITS_SESSION_INFO = 0x1383, 2 => "its_session_info";
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "tag {:#06x}", self.0),
        }
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// One optional parameter as it stood on the wire. `Debug` shows no value: it may be a text.
#[derive(Clone, PartialEq, Eq)]
pub struct Tlv {
    /// Which parameter.
    pub tag: Tag,
    /// Its octets, at most 65,535.
    pub value: Bytes,
}

impl fmt::Debug for Tlv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]", self.tag, self.value.len())
    }
}

/// The optional parameters of one PDU in wire order. A tag may stand more than once.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Tlvs(Vec<Tlv>);

impl Tlvs {
    /// No parameters.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// All parameters in wire order.
    pub fn iter(&self) -> std::slice::Iter<'_, Tlv> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a parameter at the end, also when the tag is there already.
    pub fn push(&mut self, tag: Tag, value: impl Into<Bytes>) {
        self.0.push(Tlv { tag, value: value.into() });
    }

    /// Replaces every parameter of this tag by one, at the end of the list.
    pub fn set(&mut self, tag: Tag, value: impl Into<Bytes>) {
        self.remove(tag);
        self.push(tag, value);
    }

    /// [`Tlvs::set`] of one octet.
    pub fn set_u8(&mut self, tag: Tag, value: u8) {
        self.set(tag, Bytes::copy_from_slice(&[value]));
    }

    /// [`Tlvs::set`] of two octets, the high one first.
    pub fn set_u16(&mut self, tag: Tag, value: u16) {
        self.set(tag, Bytes::copy_from_slice(&value.to_be_bytes()));
    }

    /// Takes every parameter of this tag out.
    pub fn remove(&mut self, tag: Tag) {
        self.0.retain(|tlv| tlv.tag != tag);
    }

    /// The raw value of the first parameter of this tag.
    pub fn get(&self, tag: Tag) -> Option<&Bytes> {
        self.0.iter().find(|tlv| tlv.tag == tag).map(|tlv| &tlv.value)
    }

    /// The first parameter of this tag as a one-octet number.
    pub fn get_u8(&self, tag: Tag) -> Option<u8> {
        narrow(self.get(tag)?, 1).map(|value| value as u8)
    }

    /// The first parameter of this tag as a two-octet number.
    pub fn get_u16(&self, tag: Tag) -> Option<u16> {
        narrow(self.get(tag)?, 2).map(|value| value as u16)
    }

    /// The first parameter of this tag as octets that end before the first NUL, if there is one.
    pub fn get_c_octets(&self, tag: Tag) -> Option<Bytes> {
        let value = self.get(tag)?;
        let end = value.iter().position(|&octet| octet == 0).unwrap_or(value.len());
        Some(value.slice(..end))
    }

    /// SMPP 3.4 §5.3.2.44: what a USSD message is within its session.
    pub fn ussd_service_op(&self) -> Option<u8> {
        self.get_u8(Tag::USSD_SERVICE_OP)
    }

    /// SMPP 3.4 §5.3.2.43: session number in the high octet; 7-bit sequence and end bit in the low.
    pub fn its_session_info(&self) -> Option<u16> {
        self.get_u16(Tag::ITS_SESSION_INFO)
    }

    /// SMPP 3.4 §5.3.2.17.
    pub fn user_message_reference(&self) -> Option<u16> {
        self.get_u16(Tag::USER_MESSAGE_REFERENCE)
    }

    /// SMPP 3.4 §5.3.2.32: the text, where `short_message` is too small for it.
    pub fn message_payload(&self) -> Option<&Bytes> {
        self.get(Tag::MESSAGE_PAYLOAD)
    }

    /// SMPP 3.4 §5.3.2.12: which message a receipt is for.
    pub fn receipted_message_id(&self) -> Option<Bytes> {
        self.get_c_octets(Tag::RECEIPTED_MESSAGE_ID)
    }

    /// SMPP 3.4 §5.3.2.35. The standard begins at 1; 0 is seen live.
    pub fn message_state(&self) -> Option<u8> {
        self.get_u8(Tag::MESSAGE_STATE)
    }

    /// SMPP 3.4 §5.3.2.22: (reference, total, number of this segment), if all three are there.
    pub fn segment(&self) -> Option<(u16, u8, u8)> {
        Some((
            self.get_u16(Tag::SAR_MSG_REF_NUM)?,
            self.get_u8(Tag::SAR_TOTAL_SEGMENTS)?,
            self.get_u8(Tag::SAR_SEGMENT_SEQNUM)?,
        ))
    }

    /// SMPP 3.4 §5.3.2.25: what the SMSC speaks, as 0x33, 0x34 or 0x50.
    pub fn sc_interface_version(&self) -> Option<u8> {
        self.get_u8(Tag::SC_INTERFACE_VERSION)
    }
}

/// Reads a number that ought to have `octets` octets. Longer values are read as one big-endian
/// number when it fits, else by their first octets (a NUL was put behind); shorter ones as they are.
fn narrow(value: &[u8], octets: usize) -> Option<u32> {
    if value.is_empty() {
        return None;
    }
    let spare = value.len().saturating_sub(octets);
    let (head, tail) = value.split_at(spare);
    let kept = if head.iter().all(|&octet| octet == 0) { tail } else { value.get(..octets)? };
    Some(kept.iter().fold(0, |number, &octet| number << 8 | u32::from(octet)))
}

impl FromIterator<Tlv> for Tlvs {
    fn from_iter<I: IntoIterator<Item = Tlv>>(tlvs: I) -> Self {
        Self(tlvs.into_iter().collect())
    }
}

impl<'a> IntoIterator for &'a Tlvs {
    type Item = &'a Tlv;
    type IntoIter = std::slice::Iter<'a, Tlv>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Debug for Tlvs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_odd_lengths_are_read_as_well_as_can_be() {
        for (value, one, two) in [
            (&[][..], None, None),
            (&[0x11], Some(0x11), Some(0x0011)),
            (&[0x00, 0x11], Some(0x11), Some(0x0011)),
            (&[0x11, 0x00], Some(0x11), Some(0x1100)),
            (&[0x00, 0x00, 0x00, 0x12], Some(0x12), Some(0x0012)),
            (&[0x12, 0x34, 0x00], Some(0x12), Some(0x1234)),
        ] {
            let mut tlvs = Tlvs::new();
            tlvs.push(Tag(0x0501), Bytes::copy_from_slice(value));
            assert_eq!(tlvs.get_u8(Tag(0x0501)), one, "{value:?}");
            assert_eq!(tlvs.get_u16(Tag(0x0501)), two, "{value:?}");
        }
    }

    #[test]
    fn the_first_of_a_tag_counts_and_set_leaves_one() {
        let mut tlvs = Tlvs::new();
        tlvs.push(Tag::MESSAGE_STATE, &[2][..]);
        tlvs.push(Tag::RECEIPTED_MESSAGE_ID, &b"abc\0\0"[..]);
        tlvs.push(Tag::MESSAGE_STATE, &[5][..]);
        assert_eq!(tlvs.message_state(), Some(2));
        assert_eq!(tlvs.receipted_message_id().as_deref(), Some(&b"abc"[..]));
        tlvs.set_u8(Tag::MESSAGE_STATE, 0);
        assert_eq!(tlvs.message_state(), Some(0));
        assert_eq!(format!("{tlvs:?}"), "[receipted_message_id[5], message_state[1]]");
    }
}
