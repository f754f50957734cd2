//! What comes in: frames to PDUs to answers and events.
//!
//! Whatever a peer sends, a request gets exactly one answer, an answer gets none, and only a length
//! that cannot be framed ends the session.

use std::time::Instant;

use bytes::Bytes;

use super::conductor::{Kind, Role, Session, State};
use super::{Closed, Event, Inbound, Outcome, ReplyTo};
use crate::smpp::pdu::{
    Bind, BindResp, CommandId, CommandStatus, Decoded, MessageResp, Oddity, Packet, Pdu, Tlvs,
    Unknown, decode,
};

impl<T> Session<T> {
    /// Octets came, in pieces of any size.
    pub fn handle_octets(&mut self, octets: &[u8], now: Instant) {
        if self.closed().is_some() {
            return;
        }
        self.framer.push(octets);
        while self.closed().is_none() && self.handle_next_frame(now) {}
        self.refill(now);
    }

    /// Whether there was one.
    fn handle_next_frame(&mut self, now: Instant) -> bool {
        let frame = match self.framer.next_frame() {
            Ok(Some(frame)) => frame,
            Ok(None) => return false,
            Err(unframable) => {
                // §4.3: the sequence number cannot be trusted, so it is null.
                self.answer(Pdu::GenericNack, 0, CommandStatus::RINVCMDLEN);
                self.close(Closed::Unframable { length: unframable.length });
                return false;
            }
        };
        let (command, sequence) = (frame.command, frame.sequence);
        self.timers.peer_action(now);
        match decode(&frame) {
            Ok(decoded) => self.handle_pdu(decoded, now),
            Err(unreadable) => {
                self.odd(
                    command,
                    sequence,
                    Oddity::Unreadable { command, field: unreadable.field },
                );
                let status = match self.role {
                    // Refused for good: a temporary refusal would bring the same octets back.
                    Role::Esme => CommandStatus::RX_P_APPN,
                    Role::Smsc => CommandStatus::RINVCMDLEN,
                };
                self.answer(MessageResp::default().to(command), sequence, status);
            }
        }
        true
    }

    fn handle_pdu(&mut self, decoded: Decoded, now: Instant) {
        let Decoded { packet: Packet { status, sequence, pdu }, oddities, .. } = decoded;
        let command = pdu.command();
        let message = match pdu {
            Pdu::SubmitSm(message) | Pdu::DeliverSm(message) | Pdu::DataSm(message) => message,
            pdu => {
                for oddity in oddities {
                    self.odd(command, sequence, oddity);
                }
                return self.handle_other(pdu, status, sequence, now);
            }
        };
        if let Err(status) = self.may_receive(command) {
            if status == CommandStatus::RINVBNDSTS {
                self.odd(command, sequence, Oddity::OutOfPlace { command });
            } else {
                self.turned_away += 1;
            }
            return self.answer(MessageResp::default().to(command), sequence, status);
        }
        self.unanswered += 1;
        self.timers.transaction(now);
        let reply = ReplyTo { command, sequence };
        self.events.push_back(Event::Inbound(Inbound { message, oddities, reply }));
    }

    fn may_receive(&self, command: CommandId) -> Result<(), CommandStatus> {
        let fits = match (self.role, self.state) {
            // An SMSC that delivers to a transmitter is odd and harmless.
            (Role::Esme, State::Bound(_)) => command != CommandId::SUBMIT_SM,
            (Role::Smsc, State::Bound(kind)) => kind.sends() && command != CommandId::DELIVER_SM,
            (_, State::Unbinding { .. }) => return Err(self.busy()),
            (_, State::Opening | State::Asked { .. } | State::Closed(_)) => false,
        };
        if !fits {
            return Err(CommandStatus::RINVBNDSTS);
        }
        if self.unanswered >= self.settings.inbound {
            return Err(self.busy());
        }
        Ok(())
    }

    /// The refusal that makes the peer try again later.
    fn busy(&self) -> CommandStatus {
        match self.role {
            Role::Esme => CommandStatus::RX_T_APPN,
            Role::Smsc => CommandStatus::RTHROTTLED,
        }
    }

    fn handle_other(&mut self, pdu: Pdu, status: CommandStatus, sequence: u32, now: Instant) {
        let command = pdu.command();
        match pdu {
            Pdu::Bind(bind) => self.handle_bind(bind, sequence),
            Pdu::BindResp(resp) => self.handle_bind_resp(resp, status, sequence, now),
            Pdu::Unbind => {
                self.answer(Pdu::UnbindResp, sequence, CommandStatus::ROK);
                self.close(Closed::PeerUnbound);
            }
            Pdu::UnbindResp => match self.state {
                State::Unbinding { why, .. } => self.close(why),
                _ => self.odd(command, sequence, Oddity::Unasked { command }),
            },
            Pdu::GenericNack => self.handle_nack(status, sequence, now),
            Pdu::SubmitSmResp(resp) | Pdu::DeliverSmResp(resp) | Pdu::DataSmResp(resp) => {
                self.handle_message_resp(command, resp, status, sequence, now);
            }
            Pdu::EnquireLink => {
                self.answer(Pdu::EnquireLinkResp, sequence, CommandStatus::ROK);
            }
            Pdu::EnquireLinkResp => match self.pending.get(sequence) {
                Some(Kind::Enquire) => drop(self.pending.take(sequence)),
                _ => self.odd(command, sequence, Oddity::Unasked { command }),
            },
            Pdu::AlertNotification(alert) => self.events.push_back(Event::Alert(alert)),
            Pdu::Outbind(_) => self.odd(command, sequence, Oddity::OutOfPlace { command }),
            Pdu::Unknown(Unknown { command, .. }) => {
                self.odd(command, sequence, Oddity::UnknownCommand { command });
                // An answer is never answered.
                if !command.is_response() {
                    self.answer(Pdu::GenericNack, sequence, CommandStatus::RINVCMDID);
                }
            }
            Pdu::SubmitSm(_) | Pdu::DeliverSm(_) | Pdu::DataSm(_) => {}
        }
    }

    fn handle_bind(&mut self, bind: Box<Bind>, sequence: u32) {
        let kind = bind.kind;
        if self.role == Role::Smsc && self.state == State::Opening {
            self.state = State::Asked { kind, sequence };
            return self.events.push_back(Event::BindRequested(bind));
        }
        let command = kind.request();
        self.odd(command, sequence, Oddity::OutOfPlace { command });
        let status = match self.role {
            Role::Esme => CommandStatus::RINVBNDSTS,
            Role::Smsc => CommandStatus::RALYBND,
        };
        let resp = BindResp { kind, system_id: Bytes::new(), tlvs: Tlvs::new() };
        self.answer(Pdu::BindResp(resp), sequence, status);
    }

    /// There is one bind to be answered, so an answer with a wrong number can only mean that one.
    fn handle_bind_resp(
        &mut self,
        resp: BindResp,
        status: CommandStatus,
        sequence: u32,
        now: Instant,
    ) {
        let command = resp.kind.response();
        if self.role != Role::Esme || self.state != State::Opening {
            return self.odd(command, sequence, Oddity::Unasked { command });
        }
        let kind = match self.pending.drain().pop().map(|request| (request.sequence, request.kind))
        {
            Some((asked, Kind::Bind(kind))) => {
                if asked != sequence || kind != resp.kind {
                    self.odd(command, sequence, Oddity::WrongResponse { command });
                }
                kind
            }
            _ => resp.kind,
        };
        if !status.is_ok() {
            return self.close(Closed::BindRefused(status));
        }
        self.state = State::Bound(kind);
        self.timers.bound(now);
        let interface_version = resp.tlvs.sc_interface_version();
        self.events.push_back(Event::Bound { system_id: resp.system_id, interface_version });
    }

    fn handle_nack(&mut self, status: CommandStatus, sequence: u32, now: Instant) {
        let command = CommandId::GENERIC_NACK;
        match self.pending.take(sequence) {
            Some(Kind::Message { token, .. }) => self.settle(token, Outcome::Nacked(status), now),
            Some(Kind::Bind(_)) => self.close(Closed::BindRefused(status)),
            Some(Kind::Unbind) => self.close(Closed::Unbound),
            // Whoever refuses an enquiry is there.
            Some(Kind::Enquire) => {}
            None if self.settle_late(sequence, Outcome::Nacked(status)) => {}
            None => self.odd(command, sequence, Oddity::Unasked { command }),
        }
    }

    fn handle_message_resp(
        &mut self,
        command: CommandId,
        resp: MessageResp,
        status: CommandStatus,
        sequence: u32,
        now: Instant,
    ) {
        let expected = match self.role {
            Role::Esme => CommandId::SUBMIT_SM_RESP,
            Role::Smsc => CommandId::DELIVER_SM_RESP,
        };
        let outcome = match status.is_ok() {
            true => Outcome::Accepted { message_id: resp.message_id },
            false => Outcome::Rejected(status),
        };
        if !matches!(self.pending.get(sequence), Some(Kind::Message { .. })) {
            if !self.settle_late(sequence, outcome) {
                self.odd(command, sequence, Oddity::Unasked { command });
            }
            return;
        }
        if command != expected {
            self.odd(command, sequence, Oddity::WrongResponse { command });
        }
        let Some(Kind::Message { token, .. }) = self.pending.take(sequence) else { return };
        self.settle(token, outcome, now);
    }
}
