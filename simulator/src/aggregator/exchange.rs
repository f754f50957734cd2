//! One step of a session: the request, what came back, and what the phone shows of it.

use super::post::{self, PostError, Response};
use super::provider::{Step, Why};
use super::{Aggregator, Open, Retries, SCREEN_MAX, Sent, Settings, State};
use crate::alphabet;
use crate::number::Number;
use crate::operator::PhoneEvent;
use crate::operator::face::{AirKind, Ending, Face};
use crate::operator::speech::{Refusal, Reply, ReplyKind};

impl Aggregator {
    /// Sends a step of the open session.
    pub(super) fn send(&self, state: &mut State, number: Number, step: Step, kind: AirKind) {
        let retries = state.retries;
        let Some(phone) = state.phones.get_mut(&number) else { return };
        let Some(open) = &phone.open else { return };
        let provider = self.0.settings.provider;
        let Some(request) = provider.request(&self.path(), &open.session, &step) else { return };
        let sequence = open.session.sequence;
        let sent = Sent { number, serial: open.serial, sequence, step, request };
        phone.last = Some(sent.clone());
        self.aired(number, kind, sent.request.body.len().max(sent.request.target.len()));
        self.exchange(state, sent, retries);
    }

    /// Tells the gateway that a session is over, if this aggregator tells such things.
    pub(super) fn over(&self, state: &mut State, open: Open, why: Why) {
        let Open { serial, mut session, .. } = open;
        session.sequence += 1;
        let (number, sequence, step) = (session.number, session.sequence, Step::End(why));
        let Some(request) = self.0.settings.provider.request(&self.path(), &session, &step) else {
            return;
        };
        if why != Why::Service {
            self.aired(number, AirKind::Abort, request.body.len());
        }
        self.exchange(state, Sent { number, serial, sequence, step, request }, Retries::Off);
    }

    pub(super) fn exchange(&self, state: &mut State, sent: Sent, retries: Retries) {
        let Some(gateway) = state.gateway else {
            let lost = (sent, Err(PostError::Unreachable));
            return self.settle(state, lost.0, lost.1);
        };
        let Some(phone) = state.phones.get_mut(&sent.number) else { return };
        let before = phone.running.take();
        let aggregator = self.clone();
        phone.running = Some(tokio::spawn(async move {
            if let Some(before) = before {
                // One that panicked has told so itself.
                let _ = before.await;
            }
            let _connection = aggregator.0.connections.acquire().await;
            let Settings { proof, patience, .. } = aggregator.settings();
            if retries == Retries::EveryStep {
                // What comes of it shows in the second try.
                let _ = post::send_and_go(gateway, proof, &sent.request).await;
            }
            let came = post::exchange(gateway, proof, &sent.request, *patience).await;
            aggregator.settle(&mut aggregator.state(), sent, came);
        }));
    }

    /// A step was answered, or was not.
    fn settle(&self, state: &mut State, sent: Sent, came: Result<Response, PostError>) {
        if matches!(sent.step, Step::End(_)) {
            if !matches!(&came, Ok(response) if response.status == 200) {
                state.figures.rejected += 1;
            }
            return;
        }
        let said = came.map_err(|error| match error {
            PostError::Unreachable => Ending::NoService,
            PostError::Late => Ending::NoReply,
            PostError::Odd => Ending::Rejected,
        });
        let said = said.and_then(|response| self.read(&response).ok_or(Ending::Rejected));
        let (text, open, next) = match said {
            Ok(said) => said,
            Err(ending) => return self.nothing_came(state, &sent, ending),
        };
        let length = alphabet::septets(&text).map_or(usize::MAX, |septets| septets.len());
        let kind = if open { ReplyKind::Ask } else { ReplyKind::End };
        let reply = Reply { kind, text: text.clone(), length };
        let Some(phone) = state.phones.get_mut(&sent.number) else { return };
        let current = phone
            .open
            .as_mut()
            .filter(|open| open.serial == sent.serial && open.session.sequence == sent.sequence);
        let Some(now) = current else {
            phone.tell(PhoneEvent::Came(reply, Err(Refusal::NoSession)));
            state.figures.too_late += 1;
            return;
        };
        if length > SCREEN_MAX {
            let refusal = Refusal::TooLong { length, limit: SCREEN_MAX };
            phone.tell(PhoneEvent::Came(reply, Err(refusal)));
            phone.open = None;
            phone.ended(Ending::Rejected);
            state.figures.too_long += 1;
            return self.aired(sent.number, AirKind::Refused(refusal), length);
        }
        now.waits_for_gateway = false;
        now.session.next = next;
        let ended = if open { None } else { phone.open.take() };
        phone.tell(PhoneEvent::Came(reply, Ok(())));
        phone.show(match open {
            true => Face::Ask { text },
            false => Face::Ended { by: Ending::Service, text },
        });
        match ended {
            None => {
                state.figures.asks += 1;
                self.aired(sent.number, AirKind::Ask, length);
            }
            Some(ended) => {
                state.figures.ends += 1;
                self.aired(sent.number, AirKind::End, length);
                self.over(state, ended, Why::Service);
            }
        }
    }

    fn read(&self, response: &Response) -> Option<(String, bool, Option<String>)> {
        if response.status != 200 {
            tracing::info!(status = response.status, "the gateway refused a step");
            return None;
        }
        match self.0.settings.provider.reply(&response.content_type, &response.body) {
            Ok(reply) => Some((reply.text, reply.open, reply.next)),
            Err(odd) => {
                tracing::warn!(%odd, "the gateway said something odd");
                None
            }
        }
    }

    fn nothing_came(&self, state: &mut State, sent: &Sent, ending: Ending) {
        match ending {
            Ending::Rejected => state.figures.rejected += 1,
            _ => state.figures.no_replies += 1,
        }
        let Some(phone) = state.phones.get_mut(&sent.number) else { return };
        if phone.open.as_ref().is_some_and(|open| open.serial == sent.serial) {
            phone.open = None;
            phone.ended(ending);
            self.aired(sent.number, AirKind::NoReply, 0);
        }
    }
}
