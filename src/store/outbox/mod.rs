//! The outbox: notices from the moment they are stored to the moment their fate is known.

mod claim;
mod part;
mod receipt;
mod reply;
mod settle;
mod sweep;

pub use self::part::PartKey;

use sqlx::QueryBuilder;

pub use self::sweep::{Bounds, Swept};
use super::{
    Store, StoreError,
    engine::{Tx, on_engine, padded_rows},
    sealed::{self, Place},
};
use crate::{
    identity::Msisdn,
    outbox::{Fate, Notice, NoticeId, Sender, work::Moved},
    vault::Vault,
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
                "with fresh (id, subscriber, route, campaign, lane, body, due, expires, day) as (",
            );
            sql.push_values(padded_rows(notices), |mut row, notice| {
                row.push_bind(notice.map(|notice| notice.id.as_i64()))
                    .push_bind(
                        notice.map(|notice| vault.subscriber_key(&notice.to).as_bytes().to_vec()),
                    )
                    .push_bind(notice.map(|notice| notice.route.clone()))
                    .push_bind(notice.map(|notice| notice.campaign))
                    .push_bind(notice.map(|notice| notice.lane.as_i64()))
                    .push_bind(notice.map(|notice| {
                        sealed::seal(vault, Place::Notice(notice.id), &Letter::of(notice).octets())
                    }))
                    .push_bind(notice.map(|notice| notice.due.millis()))
                    .push_bind(notice.map(|notice| notice.expires.millis()))
                    .push_bind(notice.map(|notice| notice.day));
            });
            sql.push(
                ") insert into notice \
                 (id, subscriber, route, campaign, lane, body, due, expires, day, state) \
                 select id, subscriber, route, campaign, lane, body, due, expires, day, ",
            );
            sql.push_bind(Fate::Waiting.as_str()).push(" from fresh where id is not null");
            sql.build().execute(&mut **tx).await?;
        });
    }
    let fresh = |notice: &&Notice| {
        let Notice { lane, campaign, .. } = **notice;
        Moved { lane, campaign, fate: Fate::Waiting }
    };
    let fresh: Vec<Moved> = notices.iter().map(fresh).collect();
    settle::count(tx, &fresh, None).await
}

/// What is sealed of a notice.
struct Letter<'n> {
    to: &'n str,
    sender: Sender,
    text: &'n str,
}

impl<'n> Letter<'n> {
    fn of(notice: &'n Notice) -> Self {
        Self { to: notice.to.as_str(), sender: notice.sender, text: &notice.text }
    }

    /// A letter for the sender, the number, a line end, the text.
    fn octets(&self) -> Vec<u8> {
        let sender = match self.sender {
            Sender::Code => 'c',
            Sender::Name => 'n',
        };
        format!("{sender}{}\n{}", self.to, self.text).into_bytes()
    }
}

/// Opens what [`Letter`] sealed: whom it is for, as whom it is sent, and what it says.
///
/// # Errors
/// [`StoreError::Unreadable`].
pub(super) fn open_letter(
    vault: &Vault,
    id: NoticeId,
    sealed: &[u8],
) -> Result<(Msisdn, Sender, String), StoreError> {
    let plain = sealed::open(vault, Place::Notice(id), sealed)?;
    read_letter(plain).ok_or(StoreError::Unreadable("notice"))
}

fn read_letter(plain: Vec<u8>) -> Option<(Msisdn, Sender, String)> {
    let plain = String::from_utf8(plain).ok()?;
    let (head, text) = plain.split_once('\n')?;
    let sender = match head.get(..1)? {
        "c" => Sender::Code,
        "n" => Sender::Name,
        _ => return None,
    };
    Some((Msisdn::parse_any(head.get(1..)?).ok()?, sender, text.to_owned()))
}
