//! Claims what is for chats, and settles at once what is not to be sent to one.

use std::{
    collections::VecDeque,
    hash::BuildHasher,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{Account, BREATH, Form, Item, LOOK, Sender, elsewhere, settlement};
use crate::{
    app::{
        outbox::{
            DATABASE_PAUSE, now,
            queues::{Open, plan_again},
        },
        whatsapp::cloud::Renewed,
    },
    channel::whatsapp::render::Address,
    clock::{self, Timestamp},
    identity::Msisdn,
    menu::language::Language,
    outbox::{
        Fate, Recipient,
        chat::WINDOW,
        route::WHATSAPP,
        work::{Claimed, Consent, Portion, Settlement, Verdict},
    },
    store::StoreError,
};

impl Sender {
    /// Claims what is due, and says when to look again.
    pub(super) async fn claim(&mut self) -> Duration {
        if self.account != Account::Good && self.renew() == Renewed::Yes {
            self.held = now();
        }
        let room = (2 * self.at_once).saturating_sub(self.waiting() + self.under_way.len());
        if room == 0 || (now() < self.held && !self.has_given_up()) {
            return LOOK;
        }
        let at = clock::now();
        self.waits.retain(|_, (_, due)| *due > at);
        let hours = self.patience.hours;
        let running = self.running.load();
        let mut open = self.queues.open(&[WHATSAPP.into()], &running, |lane| hours.allow(lane, at));
        let room = u32::try_from(room).unwrap_or(u32::MAX);
        self.queues.share(&mut open, room, self.budget.of_all(now()), now());
        let portions: Vec<Portion> = open.iter().map(Open::portion).collect();
        let claimed_at = now();
        let lease_until = at.plus(self.patience.lease);
        let mut claimed = match self.store.claim(&portions, at, lease_until).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::error!(account = WHATSAPP, %error, "nothing could be claimed");
                self.metrics.outbox().database_failed();
                return DATABASE_PAUSE;
            }
        };
        self.metrics.outbox().claimed(WHATSAPP, claimed.len());
        self.metrics.outbox().factor(WHATSAPP, self.pace.factor(now()));
        self.queues.keep_only(&open);
        self.queues.learn(open, &claimed);
        match plan_again(&self.store, &self.patience, &mut claimed, at).await {
            Ok(back) => {
                for settlement in back {
                    let _ = self.settled.send(settlement).await;
                }
            }
            Err(error) => {
                tracing::error!(account = WHATSAPP, %error, "nothing could be planned");
                self.metrics.outbox().database_failed();
            }
        }
        let reached = match self.find_chats(&mut claimed, at).await {
            Ok(reached) => reached,
            Err(error) => {
                tracing::error!(account = WHATSAPP, %error, "nobody knows where a chat is");
                self.metrics.outbox().database_failed();
                return DATABASE_PAUSE;
            }
        };
        let found = claimed.len();
        for (notice, reader) in claimed.into_iter().zip(reached) {
            match self.look(notice, reader, at, claimed_at + self.patience.lease / 2) {
                Ok(item) => self.line.push(item.claimed.lane.class, item),
                Err(settlement) => drop(self.settled.send(settlement).await),
            }
        }
        if !self.has_given_up() {
            return LOOK;
        }
        self.send_elsewhere(at).await;
        if found > 0 { BREATH } else { LOOK }
    }

    /// Whether the account takes nothing for so long that nobody is to wait for it any more.
    pub(super) fn has_given_up(&self) -> bool {
        matches!(self.account, Account::Refused(since) if now() >= since + self.give_up)
    }

    /// What can go by SMS goes there, and the rest goes back; but one tries whether the account is good
    /// again.
    async fn send_elsewhere(&mut self, at: Timestamp) {
        let mut waiting: VecDeque<Item> = self.behind.drain(..).chain(self.line.drain()).collect();
        if self.under_way.is_empty() {
            self.behind.extend(waiting.pop_front());
        }
        for item in waiting {
            self.settle(&item, elsewhere(&item, at)).await;
        }
    }

    /// What is for a phone is for the chat that speaks for it, if there still is one. Says what is known of
    /// the reader of each that is claimed.
    async fn find_chats(
        &self,
        claimed: &mut [Claimed],
        at: Timestamp,
    ) -> Result<Vec<Reader>, StoreError> {
        let phone = |notice: &Claimed| notice.letter.as_ref()?.to.phone().cloned();
        let all = claimed.iter().enumerate();
        let (places, phones): (Vec<usize>, Vec<Msisdn>) =
            all.filter_map(|(place, notice)| Some((place, phone(notice)?))).unzip();
        let chats = self.store.chats_of(&phones, at).await?;
        let mut readers = vec![Reader::default(); claimed.len()];
        for ((place, phone), reached) in places.into_iter().zip(phones).zip(chats) {
            let letter = claimed.get_mut(place).and_then(|notice| notice.letter.as_mut());
            let (Some(letter), Some(reached)) = (letter, reached) else { continue };
            let Some(reader) = readers.get_mut(place) else { continue };
            reader.language = reached.language;
            if matches!(letter.to, Recipient::Phone(_)) {
                // What answers a chat was asked for there just now; that is not looked up again.
                reader.heard = Some(reached.heard_at);
                letter.to = Recipient::Chat { chat: reached.chat, phone: Some(phone) };
            }
        }
        Ok(readers)
    }

    /// What is sent, or how it is settled at once.
    fn look(
        &self,
        mut notice: Claimed,
        reader: Reader,
        at: Timestamp,
        until: Instant,
    ) -> Result<Item, Settlement> {
        let ended = |fate| Verdict::Ended(fate);
        if notice.consent == Consent::OptedOut {
            return Err(settlement(&notice, ended(Fate::OptedOut)));
        }
        if notice.expires <= at {
            return Err(settlement(&notice, ended(notice.doubt.out_of_time())));
        }
        let Some(letter) = notice.letter.take() else {
            tracing::error!(account = WHATSAPP, "a notice cannot be read");
            return Err(settlement(&notice, ended(Fate::Refused)));
        };
        let network = letter.to.phone().map(|phone| self.routes.of(phone));
        let by_sms = network.filter(|network| !network.is_empty()).map(Arc::from);
        let to = match &letter.to {
            Recipient::Chat { chat, .. } => Address::from(chat),
            // It was cut, or its time is up.
            Recipient::Phone(_) => {
                self.metrics.outbox().tried_again(WHATSAPP, "by_sms");
                let verdict =
                    by_sms.map_or(ended(Fate::Undeliverable), |route| Verdict::Reroute { route });
                return Err(settlement(&notice, verdict));
            }
        };
        let user = self.hasher.hash_one(match &to {
            Address::Phone(digits) => digits,
            Address::User(id) => id,
        });
        let language = reader.language;
        let form = Form::Free;
        let looked = now();
        let mut item =
            Item { claimed: notice, letter, to, user, by_sms, language, form, until, looked };
        let silent = reader.heard.is_some_and(|heard| heard.plus(WINDOW) <= at);
        let broadcast = item.claimed.lane.class.is_broadcast();
        match (&item.by_sms, self.template(&item, now()).is_some()) {
            (_, true) if silent => item.form = Form::Template,
            // The chat would not take it in words of its own.
            (Some(route), false) if silent && broadcast => {
                self.metrics.outbox().tried_again(WHATSAPP, "by_sms");
                let verdict = Verdict::Reroute { route: Arc::clone(route) };
                return Err(settlement(&item.claimed, verdict));
            }
            _ => {}
        }
        Ok(item)
    }
}

/// What is known of whoever reads a notice.
#[derive(Debug, Clone, Default)]
struct Reader {
    /// When their chat was last heard.
    heard: Option<Timestamp>,
    /// The language that they chose.
    language: Option<Language>,
}
