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
        outbox::{DATABASE_PAUSE, now},
        whatsapp::cloud::Renewed,
    },
    channel::whatsapp::render::Address,
    clock::{self, Timestamp, Zone},
    identity::Msisdn,
    outbox::{
        Class, Fate, Lane, Recipient,
        policy::{Looked, Queue, shares},
        route::WHATSAPP,
        work::{Claimed, Consent, Letter, Portion, Settlement, Verdict},
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
        let lanes: Vec<Lane> = Class::ALL
            .into_iter()
            .flat_map(|class| [Zone::Wib, Zone::Wita, Zone::Wit].map(|zone| Lane { class, zone }))
            .filter(|lane| self.patience.hours.allow(*lane, at))
            .collect();
        let queue = |lane: &Lane| {
            let looked = self.known.get(lane).copied().unwrap_or(Looked::More);
            Queue { class: lane.class, looked, most: u32::MAX }
        };
        let queues: Vec<Queue> = lanes.iter().map(queue).collect();
        let shares = shares(u32::try_from(room).unwrap_or(u32::MAX), &queues);
        let portion = |(lane, most): (&Lane, &u32)| Portion {
            route: WHATSAPP.into(),
            campaign: 0,
            lane: *lane,
            most: *most,
        };
        let portions: Vec<Portion> = lanes.iter().zip(&shares).map(portion).collect();
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
        for (lane, share) in lanes.iter().zip(&shares).filter(|(_, share)| **share > 0) {
            let found = claimed.iter().filter(|notice| notice.lane == *lane).count();
            let more = found > 0 && found >= *share as usize;
            self.known.insert(*lane, if more { Looked::More } else { Looked::Empty });
        }
        if let Err(error) = self.find_chats(&mut claimed, at).await {
            tracing::error!(account = WHATSAPP, %error, "nobody knows where a chat is");
            self.metrics.outbox().database_failed();
            return DATABASE_PAUSE;
        }
        let found = claimed.len();
        for notice in claimed {
            match self.look(notice, at, claimed_at + self.patience.lease / 2) {
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

    /// What is for a phone is for the chat that speaks for it, if there still is one.
    async fn find_chats(&self, claimed: &mut [Claimed], at: Timestamp) -> Result<(), StoreError> {
        let mut letters: Vec<&mut Letter> = claimed
            .iter_mut()
            .filter_map(|notice| notice.letter.as_mut())
            .filter(|letter| matches!(letter.to, Recipient::Phone(_)))
            .collect();
        let phones: Vec<Msisdn> =
            letters.iter().filter_map(|letter| letter.to.phone().cloned()).collect();
        let chats = self.store.chats_of(&phones, at).await?;
        for ((letter, phone), chat) in letters.iter_mut().zip(phones).zip(chats) {
            if let Some(chat) = chat {
                letter.to = Recipient::Chat { chat, phone: Some(phone) };
            }
        }
        Ok(())
    }

    /// What is sent, or how it is settled at once.
    fn look(&self, mut notice: Claimed, at: Timestamp, until: Instant) -> Result<Item, Settlement> {
        let ended = |fate| Verdict::Ended(fate);
        if notice.consent == Consent::OptedOut {
            return Err(settlement(&notice, ended(Fate::OptedOut)));
        }
        if notice.expires <= at {
            return Err(settlement(&notice, ended(Fate::Expired)));
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
        Ok(Item { claimed: notice, letter, to, user, by_sms, form: Form::Free, until })
    }
}
