//! Command statuses. SMPP 3.4 §5.1.3, with the later names of SMPP 5.0 §4.7.6 that peers do send.

use std::fmt;

/// The result a response carries. Any 32-bit value may arrive: vendors use 0x400 and up.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CommandStatus(pub u32);

macro_rules! statuses {
    ($($name:ident = $value:literal, $text:literal;)*) => {
        impl CommandStatus {
            $(#[doc = $text] pub const $name: Self = Self($value);)*

            /// The standard's name, as in `ESME_RTHROTTLED`, if the value has one.
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some(concat!("ESME_", stringify!($name))),)*
                    _ => None,
                }
            }

            /// What the value means, in a few words.
            pub const fn meaning(self) -> &'static str {
                match self.0 {
                    $($value => $text,)*
                    0x400..=0x4FF => "vendor specific",
                    _ => "reserved",
                }
            }
        }
    };
}

statuses! {
    ROK = 0x00, "no error";
    RINVMSGLEN = 0x01, "message length is invalid";
    RINVCMDLEN = 0x02, "command length is invalid";
    RINVCMDID = 0x03, "invalid command id";
    RINVBNDSTS = 0x04, "incorrect bind status for this command";
    RALYBND = 0x05, "already bound";
    RINVPRTFLG = 0x06, "invalid priority flag";
    RINVREGDLVFLG = 0x07, "invalid registered delivery flag";
    RSYSERR = 0x08, "system error";
    RINVSRCADR = 0x0A, "invalid source address";
    RINVDSTADR = 0x0B, "invalid destination address";
    RINVMSGID = 0x0C, "invalid message id";
    RBINDFAIL = 0x0D, "bind failed";
    RINVPASWD = 0x0E, "invalid password";
    RINVSYSID = 0x0F, "invalid system id";
    RCANCELFAIL = 0x11, "cancel_sm failed";
    RREPLACEFAIL = 0x13, "replace_sm failed";
    RMSGQFUL = 0x14, "message queue full";
    RINVSERTYP = 0x15, "invalid service type";
    RINVNUMDESTS = 0x33, "invalid number of destinations";
    RINVDLNAME = 0x34, "invalid distribution list name";
    RINVDESTFLAG = 0x40, "invalid destination flag";
    RINVSUBREP = 0x42, "invalid submit with replace";
    RINVESMCLASS = 0x43, "invalid esm_class";
    RCNTSUBDL = 0x44, "cannot submit to distribution list";
    RSUBMITFAIL = 0x45, "submit failed";
    RINVSRCTON = 0x48, "invalid source address type of number";
    RINVSRCNPI = 0x49, "invalid source address numbering plan";
    RINVDSTTON = 0x50, "invalid destination address type of number";
    RINVDSTNPI = 0x51, "invalid destination address numbering plan";
    RINVSYSTYP = 0x53, "invalid system type";
    RINVREPFLAG = 0x54, "invalid replace_if_present flag";
    RINVNUMMSGS = 0x55, "invalid number of messages";
    RTHROTTLED = 0x58, "throttled: allowed message limit exceeded";
    RINVSCHED = 0x61, "invalid scheduled delivery time";
    RINVEXPIRY = 0x62, "invalid validity period";
    RINVDFTMSGID = 0x63, "predefined message not found";
    RX_T_APPN = 0x64, "receiver temporary application error";
    RX_P_APPN = 0x65, "receiver permanent application error";
    RX_R_APPN = 0x66, "receiver rejects the message";
    RQUERYFAIL = 0x67, "query_sm failed";
    RINVTLVSTREAM = 0xC0, "error in the optional part of the PDU";
    RTLVNOTALLWD = 0xC1, "TLV not allowed";
    RINVTLVLEN = 0xC2, "invalid TLV length";
    RMISSINGTLV = 0xC3, "expected TLV missing";
    RINVTLVVAL = 0xC4, "invalid TLV value";
    RDELIVERYFAILURE = 0xFE, "delivery failure";
    RUNKNOWNERR = 0xFF, "unknown error";
    RSERTYPUNAUTH = 0x100, "not authorised to use this service type";
    RPROHIBITED = 0x101, "operation prohibited";
    RSERTYPUNAVAIL = 0x102, "service type unavailable";
    RSERTYPDENIED = 0x103, "service type denied";
    RINVDCS = 0x104, "invalid data coding";
}

impl CommandStatus {
    /// Success.
    pub const fn is_ok(self) -> bool {
        self.0 == Self::ROK.0
    }

    /// The peer asks for a slower pace; the message itself is fine.
    pub const fn is_throttled(self) -> bool {
        self.0 == Self::RTHROTTLED.0
    }

    /// The peer's queue is full; the message itself is fine.
    pub const fn is_queue_full(self) -> bool {
        self.0 == Self::RMSGQFUL.0
    }

    /// Trying again at once cannot help a bind refused so: somebody has to look at the account.
    pub const fn is_credentials(self) -> bool {
        matches!(self, Self::RINVPASWD | Self::RBINDFAIL | Self::RINVSYSID | Self::RINVSYSTYP)
    }

    /// The peer still counts an earlier bind of ours as alive: wait, do not hammer.
    pub const fn is_already_bound(self) -> bool {
        self.0 == Self::RALYBND.0
    }

    /// A value the standard leaves to vendors (0x400 to 0x4FF).
    pub const fn is_vendor(self) -> bool {
        matches!(self.0, 0x400..=0x4FF)
    }
}

impl fmt::Display for CommandStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} ({:#04x}, {})", self.0, self.meaning()),
            None => write!(f, "status {:#x} ({})", self.0, self.meaning()),
        }
    }
}

impl fmt::Debug for CommandStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_have_their_names_and_classes() {
        assert_eq!(CommandStatus(0x58).name(), Some("ESME_RTHROTTLED"));
        assert!(CommandStatus(0x58).is_throttled());
        assert!(CommandStatus(0x14).is_queue_full());
        assert!(CommandStatus(0x0E).is_credentials());
        assert!(CommandStatus(0x05).is_already_bound());
        assert!(CommandStatus(0x401).is_vendor());
        assert_eq!(CommandStatus(0x401).to_string(), "status 0x401 (vendor specific)");
        assert_eq!(CommandStatus(0x0E).to_string(), "ESME_RINVPASWD (0x0e, invalid password)");
    }
}
