//! What crosses the link, in the operator's words: a message to the gateway and one from it.
//!
//! The seam between the USSD and SMS centres, which know no SMPP, and the SMSC, which knows neither.

/// `its_session_info`: session number, sequence and end bit. `// SMPP 3.4 §5.3.2.43`
pub const ITS_SESSION_INFO: u16 = 0x1383;
/// `ussd_service_op`. `// SMPP 3.4 §5.3.2.44`
pub const USSD_SERVICE_OP: u16 = 0x0501;
/// `user_message_reference`. `// SMPP 3.4 §5.3.2.17`
pub const USER_MESSAGE_REFERENCE: u16 = 0x0204;

/// `receipted_message_id`. `// SMPP 3.4 §5.3.2.12`
pub const RECEIPTED_MESSAGE_ID: u16 = 0x001e;
/// `sar_msg_ref_num`. `// SMPP 3.4 §5.3.2.22`
pub const SAR_MSG_REF_NUM: u16 = 0x020c;
/// `sar_total_segments`. `// SMPP 3.4 §5.3.2.23`
pub const SAR_TOTAL_SEGMENTS: u16 = 0x020e;
/// `sar_segment_seqnum`. `// SMPP 3.4 §5.3.2.24`
pub const SAR_SEGMENT_SEQNUM: u16 = 0x020f;
/// `message_state`. `// SMPP 3.4 §5.3.2.35`
pub const MESSAGE_STATE: u16 = 0x0427;

/// An address with its type of number and numbering plan. `// SMPP 3.4 §5.2.5`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// Type of number: 0 unknown, 1 international, 3 network specific, 5 alphanumeric.
    pub ton: u8,
    /// Numbering plan: 0 unknown, 1 E.164.
    pub npi: u8,
    /// The digits or letters, without a NUL.
    pub text: String,
}

/// A `deliver_sm`: from the network to the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deliver {
    /// `service_type`, without a NUL.
    pub service_type: &'static str,
    /// Who says it: the phone.
    pub source: Address,
    /// Whom it is for: the service.
    pub destination: Address,
    /// `esm_class`. `// SMPP 3.4 §5.2.12`
    pub esm_class: u8,
    /// `data_coding`. `// SMPP 3.4 §5.2.19`
    pub data_coding: u8,
    /// The text as octets.
    pub text: Vec<u8>,
    /// Optional parameters as (tag, value), in the order of the wire.
    pub optional: Vec<(u16, Vec<u8>)>,
}

/// A `submit_sm`: from the gateway to the network.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Submit {
    /// `service_type`, without a NUL.
    pub service_type: String,
    /// Who says it: the service.
    pub source: Address,
    /// Whom it is for: the phone.
    pub destination: Address,
    /// `esm_class`. `// SMPP 3.4 §5.2.12`
    pub esm_class: u8,
    /// `registered_delivery`. `// SMPP 3.4 §5.2.17`
    pub registered_delivery: u8,
    /// `validity_period`, empty for the default. `// SMPP 3.4 §5.2.16`
    pub validity: String,
    /// `data_coding`. `// SMPP 3.4 §5.2.19`
    pub data_coding: u8,
    /// The text as octets, from `short_message` or `message_payload`.
    pub text: Vec<u8>,
    /// Optional parameters as (tag, value), in the order of the wire.
    pub optional: Vec<(u16, Vec<u8>)>,
}

impl Submit {
    /// The value of the first optional parameter with this tag.
    pub fn optional(&self, tag: u16) -> Option<&[u8]> {
        self.optional.iter().find(|(known, _)| *known == tag).map(|(_, value)| value.as_slice())
    }
}
