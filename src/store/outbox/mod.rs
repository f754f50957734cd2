//! The outbox: notices from the moment they are stored to the moment their fate is known.

mod bounce;
mod claim;
mod opened;
mod part;
mod receipt;
mod reply;
pub(super) mod settle;
mod sweep;

pub(super) use self::part::WAITED_FOR;
pub use self::{bounce::Bounced, part::PartKey};

use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;

pub use self::sweep::{Bounds, Swept};
use super::{
    Store, StoreError,
    engine::{Tx, on_engine, padded_rows, push_keys},
    sealed::{self, Place},
};
use crate::{
    clock::{Timestamp, Zone},
    identity::{ChatId, Msisdn},
    menu::view::Card,
    outbox::{
        Class, Enclosure, Fate, Framed, Lane, Notice, NoticeId, Over, Recipient, Sender,
        chat::WINDOW,
        route::WHATSAPP,
        work::{By, Letter, Moved},
    },
    vault::{SubscriberKey, Vault},
};

/// Notices written by one statement; a multiple of it is written by several.
const ROWS: usize = 512;

impl Store {
    /// Stores notices, all of them or none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], also where a name is taken: draw others, and try again.
    pub async fn enqueue(&self, notices: &[Notice]) -> Result<(), StoreError> {
        let mut tx = self.begin_tx().await?;
        let notices: Vec<&Notice> = notices.iter().collect();
        write(&mut tx, &self.vault, &notices).await?;
        on_engine!(tx, |_Db, tx| tx.commit().await?);
        Ok(())
    }
}

/// Writes notices in a transaction that is under way.
pub(super) async fn write(
    tx: &mut Tx,
    vault: &Vault,
    notices: &[&Notice],
) -> Result<(), sqlx::Error> {
    for notices in notices.chunks(ROWS) {
        on_engine!(&mut *tx, |Db, tx| {
            let mut sql = QueryBuilder::<Db>::new(
                "with fresh (id, subscriber, route, campaign, lane, body, due, expires, day, \
                 free) as (",
            );
            sql.push_values(padded_rows(notices), |mut row, notice| {
                row.push_bind(notice.map(|notice| notice.id.as_i64()))
                    .push_bind(notice.map(|notice| owner(vault, &notice.to).as_bytes().to_vec()))
                    .push_bind(notice.map(|notice| notice.route.clone()))
                    .push_bind(notice.map(|notice| notice.campaign))
                    .push_bind(notice.map(|notice| notice.lane.as_i64()))
                    .push_bind(notice.map(|notice| {
                        sealed::seal(vault, Place::Notice(notice.id), &written(notice))
                    }))
                    .push_bind(notice.map(|notice| notice.due.millis()))
                    .push_bind(notice.map(|notice| notice.expires.millis()))
                    .push_bind(notice.map(|notice| notice.day))
                    .push_bind(notice.map(|notice| i64::from(notice.over == Over::Any)));
            });
            sql.push(
                ") insert into notice \
                 (id, subscriber, route, campaign, lane, body, due, expires, day, state) \
                 select id, subscriber, case when free = 1 and ",
            );
            // Whoever wrote on a chat within the day is told there.
            sql.push(
                "exists (select 1 from chat where chat.subscriber = fresh.subscriber \
                     and chat.bound_until > fresh.due and chat.heard_at > fresh.due - ",
            )
            .push_bind(i64::try_from(WINDOW.as_millis()).unwrap_or(i64::MAX))
            .push(") then ")
            .push_bind(WHATSAPP)
            .push(" else route end, campaign, lane, body, due, expires, day, ");
            sql.push_bind(Fate::Waiting.as_str()).push(" from fresh where id is not null");
            sql.build().execute(&mut **tx).await?;
        });
    }
    let fresh = |notice: &&Notice| {
        let Notice { lane, campaign, .. } = **notice;
        // Of no campaign is the rest, whose way the statement chose.
        Moved { lane, campaign, fate: Fate::Waiting, by: By::of(&notice.route) }
    };
    let fresh: Vec<Moved> = notices.iter().map(fresh).collect();
    settle::count(tx, &fresh, None).await
}

/// Takes notices back in a transaction that is under way. One that somebody is just sending goes; but what
/// reminds of an appointment is looked at once more before it leaves ([`Store::stands`]), and stays.
pub(super) async fn cancel(
    tx: &mut Tx,
    ids: &[NoticeId],
    now: Timestamp,
) -> Result<(), StoreError> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut moved = Vec::new();
    on_engine!(&mut *tx, |Db, tx| {
        let mut sql = QueryBuilder::<Db>::new("update notice set state = ");
        sql.push_bind(Fate::Cancelled.as_str()).push(", settled_at = ").push_bind(now.millis());
        sql.push(" where state = 'waiting' and (leased = 0 or (campaign = 0 and lane >= ");
        sql.push_bind(Lane { class: Class::Reminder, zone: Zone::Wib }.as_i64());
        sql.push(")) and id in (");
        push_keys(&mut sql, ids, |id| id.as_i64());
        sql.push(") returning campaign, lane, state, route");
        for row in sql.build().fetch_all(&mut **tx).await? {
            moved.push(settle::read_moved(&row)?);
        }
    });
    Ok(settle::count(tx, &moved, Some(Fate::Waiting)).await?)
}

/// Whose row a notice is: the phone's, or a chat's that no phone is known of.
fn owner(vault: &Vault, to: &Recipient) -> SubscriberKey {
    match to {
        Recipient::Phone(phone) | Recipient::Chat { phone: Some(phone), .. } => {
            vault.subscriber_key(phone)
        }
        Recipient::Chat { chat, phone: None } => vault.chat_key(&chat.names().concat()),
    }
}

/// What is sealed of a notice: a letter for the sender, the number, a line end, the text. Of one to a
/// chat, `w` and behind it all as JSON.
fn written(notice: &Notice) -> Vec<u8> {
    let Notice { to, sender, text, card, enclosure, framed, .. } = notice;
    let letter = match sender {
        Sender::Code => 'c',
        Sender::Name => 'n',
    };
    match (to, card, enclosure, framed) {
        (Recipient::Phone(phone), None, None, None) => {
            format!("{letter}{}\n{text}", phone.as_str()).into_bytes()
        }
        _ => {
            let (chat, phone) = match to {
                Recipient::Phone(phone) => (None, Some(phone)),
                Recipient::Chat { chat, phone } => (Some(chat), phone.as_ref()),
            };
            let phone = phone.map(Msisdn::as_str);
            // Texts only: there is nothing JSON cannot hold.
            let all = serde_json::to_vec(&ForChat {
                sender: letter,
                chat: chat.cloned(),
                phone: phone.map(str::to_owned),
                text: text.clone(),
                card: card.clone(),
                enclosure: enclosure.clone(),
                framed: framed.clone(),
            });
            [b"w", all.unwrap_or_default().as_slice()].concat()
        }
    }
}

#[derive(Serialize, Deserialize)]
struct ForChat {
    sender: char,
    chat: Option<ChatId>,
    phone: Option<String>,
    text: String,
    card: Option<Card>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    enclosure: Option<Enclosure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    framed: Option<Framed>,
}

/// Opens what [`written`] sealed.
///
/// # Errors
/// [`StoreError::Unreadable`].
pub(super) fn open_letter(
    vault: &Vault,
    id: NoticeId,
    sealed: &[u8],
) -> Result<Letter, StoreError> {
    let plain = sealed::open(vault, Place::Notice(id), sealed)?;
    read_letter(plain).ok_or(StoreError::Unreadable("notice"))
}

fn read_letter(plain: Vec<u8>) -> Option<Letter> {
    let sender = |letter: char| match letter {
        'c' => Some(Sender::Code),
        'n' => Some(Sender::Name),
        _ => None,
    };
    if let Some(all) = plain.strip_prefix(b"w") {
        let ForChat { sender: letter, chat, phone, text, card, enclosure, framed } =
            serde_json::from_slice(all).ok()?;
        let phone = phone.map(|phone| Msisdn::parse_any(&phone)).transpose().ok()?;
        let to = match (chat, phone) {
            (Some(chat), phone) => Recipient::Chat { chat, phone },
            (None, phone) => Recipient::Phone(phone?),
        };
        return Some(Letter { to, sender: sender(letter)?, text, card, enclosure, framed });
    }
    let plain = String::from_utf8(plain).ok()?;
    let (head, text) = plain.split_once('\n')?;
    let mut chars = head.chars();
    let sender = sender(chars.next()?)?;
    let to = Msisdn::parse_any(chars.as_str()).ok()?.into();
    let text = text.to_owned();
    Some(Letter { to, sender, text, card: None, enclosure: None, framed: None })
}
