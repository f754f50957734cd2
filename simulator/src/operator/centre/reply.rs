//! What the gateway says: replies to phones, and sessions that it begins itself.

use std::cmp::Reverse;
use std::time::Instant;

use super::{Centre, Effect, Phone, Session, Signal, Timer, WaitsFor, info_of};
use crate::number::Number;
use crate::operator::dialect::{Dialect, PushKey};
use crate::operator::face::{Air, AirKind, Ending, Face};
use crate::operator::message::Submit;
use crate::operator::speech::{PushKind, Refusal, Reply, ReplyKind, Tag};

impl Centre {
    /// A `submit_sm` of the gateway, over a bind of `account`. An error is the `submit_sm_resp`.
    pub fn submit(&mut self, account: &str, submit: &Submit, now: Instant) -> Result<(), Refusal> {
        let taken = self.take(account, submit, now);
        if let Err(refusal) = taken {
            self.figures.count(refusal);
            if let Ok(number) = Dialect::addressee(submit) {
                self.air(number, AirKind::Refused(refusal));
            }
        }
        taken
    }

    fn take(&mut self, account: &str, submit: &Submit, now: Instant) -> Result<(), Refusal> {
        let dialect = self.dialect;
        let number = Dialect::addressee(submit)?;
        let push = dialect.push_kind(submit);
        let reply = self.timing.reply;
        let Some(phone) = self.phones.get_mut(&number) else {
            return Err(push.map_or(Refusal::NoSession, |_| Refusal::Absent));
        };
        let replies = phone.replies(dialect, submit) || phone.is_owed_a_reply(reply, now);
        if let Some(push) = push.filter(|_| !replies) {
            return self.push(account, number, push, submit, now);
        }
        phone.owed = phone.owed.saturating_sub(1);
        let Some(session) = phone.session.as_mut() else {
            // The session is dead, but a tester still wants to see what came back.
            if let Some(reply) =
                phone.last.as_ref().and_then(|(_, tag)| dialect.reply(submit, tag, 0).ok())
            {
                self.effects.push_back(Effect::Came(number, reply, Err(Refusal::NoSession)));
            }
            return Err(Refusal::NoSession);
        };
        if session.account.as_deref().is_some_and(|known| known != account) {
            return Err(Refusal::OtherAccount);
        }
        let reply = dialect.reply(submit, &session.tag, session.screens)?;
        session.screens += 1;
        session.waits_for = WaitsFor::Person;
        session.turn += 1;
        session.shown.clone_from(&reply.text);
        self.effects.push_back(Effect::Came(number, reply.clone(), Ok(())));
        let Reply { kind, text, length } = reply;
        let (air, face) = match kind {
            ReplyKind::Ask => (AirKind::Ask, Face::Ask { text }),
            ReplyKind::End => {
                phone.session = None;
                (AirKind::End, Face::Ended { by: Ending::Service, text })
            }
        };
        self.figures.count_reply(kind);
        self.effects.push_back(Effect::Air(Air { number, kind: air, length }));
        self.effects.push_back(Effect::Face(number, face));
        Ok(())
    }

    /// The service begins a session with a phone that is in reach and in no other.
    fn push(
        &mut self,
        account: &str,
        number: Number,
        kind: PushKind,
        submit: &Submit,
        now: Instant,
    ) -> Result<(), Refusal> {
        let dialect = self.dialect;
        self.serial += 1;
        let serial = self.serial;
        let phone = self.phones.get_mut(&number).ok_or(Refusal::Absent)?;
        if phone.signal == Signal::Off {
            return Err(Refusal::Absent);
        }
        let reference = phone.reference;
        let fresh = Tag { info: info_of(serial), reference, sent: 0, dialled: "".into() };
        let tag = dialect.push_tag(submit, &self.codes, fresh)?;
        let said = dialect.pushed(submit, kind)?;
        if phone.session.is_some() {
            return Err(Refusal::Busy);
        }
        let (waits_for, air) = match kind {
            PushKind::Question => (WaitsFor::Person, AirKind::Push),
            PushKind::Notice => (WaitsFor::Reader, AirKind::Notice),
        };
        phone.session = Some(Session {
            serial,
            turn: 0,
            tag,
            waits_for,
            screens: 1,
            shown: said.text.clone(),
            account: Some(account.to_owned()),
        });
        let time_to_live = self.timing.session.unwrap_or(dialect.time_to_live());
        self.timers.push(Reverse((now + time_to_live, Timer::Session { number, session: serial })));
        match kind {
            PushKind::Question => self.figures.pushes += 1,
            PushKind::Notice => self.figures.notices += 1,
        }
        self.effects.push_back(Effect::Came(number, said.clone(), Ok(())));
        let face = self.face(number);
        self.effects.push_back(Effect::Air(Air { number, kind: air, length: said.length }));
        self.effects.push_back(Effect::Face(number, face));
        Ok(())
    }
}

impl Phone {
    /// Whether a message carries the key of a session that this phone is or was in, or one that
    /// only the network could have given.
    fn replies(&self, dialect: &Dialect, submit: &Submit) -> bool {
        let tag = self.session.as_ref().map(|session| &session.tag);
        let tag = tag.or(self.last.as_ref().map(|(_, tag)| tag));
        match tag.and_then(|tag| dialect.is_for(submit, tag)) {
            Some(same) => same || dialect.push_key == PushKey::Network,
            None => false,
        }
    }
}
