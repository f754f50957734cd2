//! What a turn sends: its reply, where there is no session to answer in, and the notes of its calls in the
//! words of the menu.

use super::Turn;
use crate::{
    channel::{AnswerBy, Inbound},
    conversation::Finished,
    engine::Service,
    menu::language::Language,
    outbox::{
        Class, EnclosedCertificate, EnclosedTicket, Enclosure, Lane, Notice, NoticeId, Over,
        Recipient, route::WHATSAPP,
    },
    service::{Encloses, Later, Note, To},
};

/// A note, and what it says.
pub(super) struct Written {
    pub(super) note: Note,
    text: String,
    enclosure: Option<Enclosure>,
}

impl Turn<'_> {
    /// What is sent because of the turn. Where there is no session to answer in, the reply is a
    /// notice.
    pub(super) fn notices(&self, finished: &Finished) -> Vec<Notice> {
        let Inbound { from, at, answer_by, .. } = &self.job.inbound;
        let mut notices = Vec::new();
        let notice = |place: usize, to: Recipient, route: &str, class: Class, text: &str| {
            let id = NoticeId::draw(*at, self.random).after(place);
            let lane = Lane { class, zone: self.core.rules.zone };
            Notice::at_once(id, to, route, lane, text.to_owned(), *at)
        };
        let back = match answer_by {
            AnswerBy::Session => None,
            AnswerBy::Notice { route } => Some((from.clone().into(), route.as_str())),
            AnswerBy::Chat { chat, .. } => {
                let (chat, phone) = (chat.clone(), Some(from.clone()));
                Some((Recipient::Chat { chat, phone }, WHATSAPP))
            }
        };
        // An answer goes back as the question came.
        if let (Some((to, route)), Some(reply)) = (back, &finished.reply) {
            let (card, over) = (reply.card.clone(), Over::Route);
            let answer = notice(0, to, route, Class::Reply, &reply.text);
            notices.push(Notice { card, over, ..answer });
        }
        let routes = &self.core.rules.routes;
        for Written { note, text, enclosure } in &self.notes {
            if let (To::CallerToKeep | To::Caller, Some(_), AnswerBy::Chat { chat, .. }) =
                (&note.to, enclosure, answer_by)
            {
                let to = Recipient::Chat { chat: chat.clone(), phone: Some(from.clone()) };
                let told = notice(notices.len(), to, WHATSAPP, note.class, text);
                let (over, enclosure) = (Over::Route, enclosure.clone());
                notices.push(Notice { over, enclosure, ..told });
                continue;
            }
            let phone = match (&note.to, answer_by) {
                (To::Phone(phone), _) => phone,
                (To::CallerToKeep, _) | (To::Caller, AnswerBy::Session) => from,
                (To::Caller, AnswerBy::Notice { .. } | AnswerBy::Chat { .. }) => continue,
            };
            match routes.of(phone) {
                "" => tracing::warn!(text = note.text, "no operator carries SMS to a phone"),
                route => {
                    let to = phone.clone().into();
                    let mut told = notice(notices.len(), to, route, note.class, text);
                    if let Some(Later { id, due, expires, zone }) = note.later {
                        let lane = Lane { zone, ..told.lane };
                        told = Notice { id, due, expires, lane, ..told };
                    }
                    // What is to be kept on the phone goes there, and so does what its holder has to
                    // know even if somebody else has its chat.
                    let over = if note.to == To::Caller { told.over } else { Over::Route };
                    notices.push(Notice { over, ..told });
                }
            }
        }
        notices
    }

    /// A note in the words of the menu; one without a text in the menu is none.
    pub(super) fn write_note(&mut self, service: &Service, state_language: &Language, note: Note) {
        let routes = &self.core.rules.routes;
        let phone = match &note.to {
            To::Caller | To::CallerToKeep => &self.job.inbound.from,
            To::Phone(phone) => phone,
        };
        let code = routes.short_code(routes.of(phone));
        let Some(text) = service.menu.notice(note.text) else { return };
        let value = |name: &str| if name == "code" { Some(code) } else { note.values.text(name) };
        let write = |text| service.menu.write(text, state_language, value);
        let words = |name| service.menu.notice(name).map(write).unwrap_or_default();
        let enclosure = note.encloses.as_ref().map(|of| match of {
            Encloses::Certificate { person, dose, caption, gone } => {
                let (person, caption, gone) = (*person.as_bytes(), words(caption), words(gone));
                Enclosure::Certificate(EnclosedCertificate { person, dose: *dose, caption, gone })
            }
            Encloses::Ticket { number, gone } => {
                let number = number.as_str().to_owned();
                Enclosure::Ticket(EnclosedTicket { number, gone: words(gone) })
            }
        });
        let text = write(text);
        self.notes.push(Written { note, text, enclosure });
    }
}
