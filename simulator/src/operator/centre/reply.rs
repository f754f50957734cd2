//! What the gateway says: the reply to what a phone said.

use super::{Centre, Effect, WaitsFor};
use crate::operator::dialect::Dialect;
use crate::operator::face::{Air, AirKind, Ending, Face};
use crate::operator::message::Submit;
use crate::operator::speech::{Refusal, Reply, ReplyKind};

impl Centre {
    /// A `submit_sm` of the gateway, over a bind of `account`. An error is the `submit_sm_resp`.
    pub fn submit(&mut self, account: &str, submit: &Submit) -> Result<(), Refusal> {
        let taken = self.take(account, submit);
        if let Err(refusal) = taken {
            self.figures.count(refusal);
            if let Ok(number) = Dialect::addressee(submit) {
                self.air(number, AirKind::Refused(refusal));
            }
        }
        taken
    }

    fn take(&mut self, account: &str, submit: &Submit) -> Result<(), Refusal> {
        let dialect = self.dialect;
        let number = Dialect::addressee(submit)?;
        let phone = self.phones.get_mut(&number).ok_or(Refusal::NoSession)?;
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
}
