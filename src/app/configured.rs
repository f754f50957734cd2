//! What a configuration comes to: rules, quotas, and who carries the messages of its operators.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use super::{
    operator::Account,
    outbox::tempo::Tempo,
    sessions::Sessions,
    sms::{Lately, Post},
    ussd::Counter,
};
use crate::{
    config::{Config, Sms},
    engine::{Allowance, Rules},
    front::Front,
    limits::Quotas,
};

pub(super) fn quotas(config: &Config) -> Quotas {
    let limits = &config.limits;
    Quotas {
        subscriber_per_minute: limits.subscriber_per_minute,
        subscriber_burst: limits.subscriber_burst,
        link_per_second: limits.link_per_second,
        global_per_second: limits.global_per_second,
        push_per_second: limits.push_per_second,
        checks_per_minute: config.checks.web_per_minute,
        checks_per_second: config.checks.web_per_second,
        most_addresses: config.checks.web_addresses,
        most_subscribers: limits.most_subscribers,
    }
}

/// What carries the USSD of an account.
pub(super) fn counter(
    config: &Config,
    account: &Account<'_>,
    front: &Arc<Front>,
    tempos: &BTreeMap<String, Arc<Tempo>>,
) -> Option<Counter> {
    let counted = account.config.sms.as_ref().is_some_and(|sms| sms.counts_ussd);
    Some(Counter {
        operator: account.name.to_owned(),
        dialect: config.dialect.get(account.config.dialect.as_ref()?)?.clone(),
        push_from: account.config.push_from.clone(),
        links: account.links.clone(),
        tempo: tempos.get(account.name).filter(|_| counted).cloned(),
        front: Arc::clone(front),
        sessions: sessions(config),
        reply_for: Duration::from_secs(config.turns.reply_seconds.into()),
    })
}

/// Who takes the texts of every operator that carries SMS.
pub(super) fn posts(config: &Config, front: &Arc<Front>) -> Vec<Arc<Post>> {
    let sms = config.operator.iter().filter_map(|(name, of)| Some((name, of.sms.as_ref()?)));
    let post = |(name, sms): (&String, &Sms)| {
        Arc::new(Post {
            operator: name.clone(),
            short_code: sms.short_code.clone(),
            alphabet: sms.alphabet,
            front: Arc::clone(front),
            sessions: sessions(config),
            open_for: minutes(config.conversation.sms_minutes),
            parts_for: Duration::from_secs(config.conversation.parts_seconds.into()),
            repeats_for: Duration::from_secs(config.conversation.sms_repeat_seconds.into()),
            lately: Lately::default(),
        })
    };
    sms.map(post).collect()
}

pub(super) fn minutes(minutes: u32) -> Duration {
    Duration::from_secs(60 * u64::from(minutes))
}

fn sessions(config: &Config) -> Mutex<Sessions> {
    let seed = rand::random::<u64>() >> 1;
    Mutex::new(Sessions::new(config.limits.most_subscribers, seed))
}

/// How turns are taken, by a configuration.
pub fn rules(config: &Config) -> Rules {
    let one_writer = config.database.url.starts_with("sqlite:");
    Rules {
        resume_for: minutes(config.conversation.resume_minutes),
        receipt_for: minutes(config.conversation.receipt_minutes),
        silent_after: Duration::from_secs(86_400 * u64::from(config.conversation.silent_days)),
        zone: config.menu.zone.into(),
        lanes: if one_writer { 1 } else { config.turns.lanes },
        batch: config.turns.batch,
        waiting: config.turns.waiting,
        patience: Duration::from_secs(config.turns.reply_seconds.into()),
        routes: config.routes(),
        allowance: Allowance::per_minute(
            config.limits.subscriber_per_minute,
            config.limits.subscriber_burst,
        ),
    }
}
