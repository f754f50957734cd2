//! What happens, as a browser hears it: short names, which its script turns into sentences of either
//! language, and what it is called on the wire.

use super::sms;
use super::talk::{Told, millis};
use crate::network::Network;
use crate::operator::dialect::{DIALECTS, Dialect, EndBit, PSSR_INDICATION, USSR_CONFIRM};
use crate::operator::face::{Air, AirKind, Ending, Face, NotNow};
use crate::operator::sms::Passed;
use crate::operator::speech::Said;

/// A line of what goes over the air.
pub(super) fn air_line(on: usize, network: &Network, air: Air) -> Told<'static> {
    let (kind, mut code, why) = match network {
        Network::Operator(operator) => air_words(operator.dialect(), air.kind),
        // What goes over the air is the same; only its names on the wire are not SMPP's.
        Network::Aggregator(_) => air_words(&DIALECTS[0], air.kind),
    };
    if let Network::Aggregator(aggregator) = network {
        code = http_words(aggregator.settings().provider.name(), air.kind);
    }
    let size = match air.kind {
        _ if air.length == 0 => String::new(),
        AirKind::Ask
        | AirKind::End
        | AirKind::Push
        | AirKind::Notice
        | AirKind::Sms(Passed::Message) => {
            format!("{} sept", air.length)
        }
        _ => format!("{} oct", air.length),
    };
    Told::Air { at: millis(), network: on, number: air.number.masked(), kind, code, size, why }
}

/// How a network is spoken to.
pub(super) fn kind(network: &Network) -> &'static str {
    match network {
        Network::Operator(_) => "smpp",
        Network::Aggregator(_) => "http",
    }
}

fn http_words(provider: &str, kind: AirKind) -> String {
    match kind {
        AirKind::Begin | AirKind::Answer | AirKind::Abort | AirKind::Redelivered => {
            format!("{provider} request")
        }
        AirKind::Ask | AirKind::End => format!("{provider} response"),
        // No aggregator pushes a screen, so none is read.
        AirKind::Push | AirKind::Notice | AirKind::Read => String::new(),
        AirKind::Refused(_) | AirKind::Lost | AirKind::TimeOut | AirKind::NoReply => String::new(),
        // No aggregator carries texts.
        AirKind::Sms(_) => String::new(),
    }
}

fn air_words(dialect: &Dialect, kind: AirKind) -> (&'static str, String, String) {
    let operation = |pdu: &str, operation: u8, end_bit: EndBit| {
        let end = if end_bit == EndBit::Set { " + end" } else { "" };
        format!("{pdu} op {operation}{end}")
    };
    let plain = |pdu: &str, code| operation(pdu, code, EndBit::Clear);
    match kind {
        AirKind::Begin => ("begin", plain("deliver_sm", PSSR_INDICATION), String::new()),
        AirKind::Answer => ("answer", plain("deliver_sm", USSR_CONFIRM), String::new()),
        AirKind::Push => ("push", plain("submit_sm", dialect.ask), String::new()),
        AirKind::Notice => ("notice", plain("submit_sm", dialect.notify), String::new()),
        AirKind::Read => ("read", plain("deliver_sm", dialect.read), String::new()),
        AirKind::Ask => ("ask", plain("submit_sm", dialect.ask), String::new()),
        AirKind::End => (
            "end",
            operation("submit_sm", dialect.end.operation, dialect.end.end_bit),
            String::new(),
        ),
        AirKind::Abort => {
            let signal = dialect.signal(Said::UserAbort);
            ("abort", operation("deliver_sm", signal.operation, signal.end_bit), String::new())
        }
        AirKind::Redelivered => ("redelivered", "deliver_sm".to_owned(), String::new()),
        AirKind::Refused(refusal) => {
            ("refused", format!("{:#x}", refusal.status()), refusal.to_string())
        }
        AirKind::Sms(passed) => sms::words(passed),
        AirKind::Lost => ("lost", String::new(), String::new()),
        AirKind::TimeOut => ("time_out", String::new(), String::new()),
        AirKind::NoReply => ("no_reply", String::new(), String::new()),
    }
}

/// A phone's state, who brought it about, and its text.
pub(super) fn face_words(face: &Face) -> (&'static str, &'static str, &str) {
    match face {
        Face::Idle => ("idle", "", ""),
        Face::NoSignal => ("no_signal", "", ""),
        Face::Running => ("running", "", ""),
        Face::Ask { text } => ("ask", "service", text),
        Face::Notice { text } => ("notice", "service", text),
        Face::Ended { by, text } => ("ended", ending_word(*by), text),
    }
}

fn ending_word(ending: Ending) -> &'static str {
    match ending {
        Ending::Service => "service",
        Ending::User => "user",
        Ending::Network => "network",
        Ending::TimeOut => "time_out",
        Ending::NoReply => "no_reply",
        Ending::Rejected => "rejected",
        Ending::NoService => "no_service",
        Ending::UnknownCode => "unknown_code",
    }
}

/// Why something cannot be done now.
pub(super) fn not_now_word(not_now: NotNow) -> &'static str {
    match not_now {
        NotNow::NoSignal => "no_signal",
        NotNow::NoSession => "no_session",
        NotNow::Running => "still_running",
        NotNow::NotRepeated => "not_repeated",
        NotNow::NetworkFull => "network_full",
        NotNow::NoTexts => "no_texts",
        NotNow::NotAnswered => "not_answered",
    }
}
