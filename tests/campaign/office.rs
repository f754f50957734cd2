//! A campaign's office: a database of either kind with somebody to write to, and short ways to say it.

use std::time::Duration;

use setara::{
    clock::{Timestamp, Zone},
    config::Config,
    front::campaign::{BadRows, Campaigns, Order},
    menu::{check::check, model::Menu},
    menus::read,
    outbox::{
        Class, Lane,
        work::{Claimed, Portion, Settlement, Verdict},
    },
    service::{
        DESKS,
        campaign::{Audience, Filter, Step},
    },
    store::{Campaign, Queued},
};
use sqlx::{Connection, PgConnection, Row, SqliteConnection};

use crate::bed::{self, Bed};

pub struct Office {
    pub bed: Bed,
    pub campaigns: Campaigns,
    menu: Menu,
}

/// A row of the outbox: class and zone, when it is due, of which campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Queue {
    pub campaign: i64,
    pub lane: i64,
    pub due: i64,
}

pub async fn both() -> [Office; 2] {
    bed::both().await.map(Office::at)
}

fn config(prefix: &str) -> Config {
    Config::parse(&format!(
        "[operator.telco]\nlink = []\n[operator.telco.sms]\nshort_code = \"1199\"\n\
         sender = \"PEDULICOVID\"\nper_second = 100\nprefixes = [{prefix:?}]\n"
    ))
    .unwrap()
}

impl Office {
    fn at(bed: Bed) -> Self {
        let config = config("");
        let campaigns = Campaigns::new(bed.store.clone(), bed::vault(), &config);
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("menus/pedulilindungi");
        let menu = check(&read(&folder).unwrap(), DESKS, &config.profiles()).unwrap().menu;
        Self { bed, campaigns, menu }
    }

    /// The same, where the one operator carries phones of this prefix only.
    pub fn of_prefix(mut self, prefix: &str) -> Self {
        self.campaigns = Campaigns::new(self.bed.store.clone(), bed::vault(), &config(prefix));
        self
    }

    /// A campaign for people of the record, started.
    pub async fn record(&self, name: &str, text: &str, filter: Filter) -> Campaign {
        let made = self.make(name, text, Audience::Record(filter), 7).await;
        self.step(&made, Step::Start).await
    }

    /// A campaign with a list, started.
    pub async fn list(&self, name: &str, list: &str, valid_days: u32) -> Campaign {
        let made = self.make(name, "invitation", Audience::List, valid_days).await;
        self.campaigns.take_list(&made, list.as_bytes(), BadRows::Refuse).await.unwrap();
        self.step(&made, Step::Start).await
    }

    pub async fn make(
        &self,
        name: &str,
        text: &str,
        audience: Audience,
        valid_days: u32,
    ) -> Campaign {
        let order = Order {
            name: name.into(),
            service: None,
            text: text.into(),
            audience,
            per_second: 0,
            valid_days,
        };
        self.campaigns.create(order, &[&self.menu]).await.unwrap()
    }

    pub async fn step(&self, campaign: &Campaign, step: Step) -> Campaign {
        self.campaigns.step(&campaign.made.name, step).await.unwrap()
    }

    /// The campaign as it is now.
    pub async fn again(&self, campaign: &Campaign) -> Campaign {
        self.campaigns.named(&campaign.made.name).await.unwrap()
    }

    /// Queues everybody, and gives the campaign back as it is then.
    pub async fn queue_all(&self, campaign: &Campaign, now: Timestamp) -> Campaign {
        loop {
            let campaign = self.again(campaign).await;
            if campaign.expanded {
                return campaign;
            }
            let queued = self.campaigns.queue(&campaign, now).await.unwrap();
            assert_ne!(queued, Queued::Overtaken);
        }
    }

    /// Claims a few of a campaign for an hour.
    pub async fn claim(&self, campaign: &Campaign, at: Timestamp) -> Vec<Claimed> {
        let lane = Lane { class: Class::Campaign, zone: Zone::Wib };
        let portion = Portion { route: "telco".into(), campaign: campaign.id, lane, most: 9 };
        let until = at.plus(Duration::from_secs(3600));
        self.bed.store.claim(&[portion], at, until).await.unwrap()
    }

    /// These left, and that is written down.
    pub async fn sent(&self, claimed: &[Claimed], left: Timestamp, at: Timestamp) {
        let sent = claimed.iter().map(|one| Settlement {
            id: one.id,
            attempts: one.attempts,
            day: one.day,
            verdict: Verdict::Sent {
                account: "telco".into(),
                message_id: one.id.as_i64().to_string(),
                left,
            },
        });
        self.bed.store.settle(&sent.collect::<Vec<_>>(), at).await.unwrap();
    }

    /// Every row of the outbox, in the order of its columns.
    pub async fn outbox(&self) -> Vec<Queue> {
        let sql = "select campaign, lane, due from notice order by campaign, lane, due";
        let row = |campaign, lane, due| Queue { campaign, lane, due };
        if self.bed.url.starts_with("postgres") {
            let mut connection = PgConnection::connect(&self.bed.url).await.unwrap();
            let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
            rows.iter().map(|of| row(of.get(0), of.get(1), of.get(2))).collect()
        } else {
            let mut connection = SqliteConnection::connect(&self.bed.url).await.unwrap();
            let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
            rows.iter().map(|of| row(of.get(0), of.get(1), of.get(2))).collect()
        }
    }

    /// Does something to the database.
    pub async fn run(&self, sql: &'static str) {
        if self.bed.url.starts_with("postgres") {
            let mut connection = PgConnection::connect(&self.bed.url).await.unwrap();
            sqlx::query(sql).execute(&mut connection).await.unwrap();
        } else {
            let mut connection = SqliteConnection::connect(&self.bed.url).await.unwrap();
            sqlx::query(sql).execute(&mut connection).await.unwrap();
        }
    }

    /// A phone that wants no broadcasts.
    pub async fn refuse(&self, number: &str) {
        let key = self.bed.phone(number).as_bytes().to_vec();
        if self.bed.url.starts_with("postgres") {
            let mut connection = PgConnection::connect(&self.bed.url).await.unwrap();
            let sql = "insert into opt_out (subscriber, channel, at) values ($1, 'sms', 1)";
            sqlx::query(sql).bind(key).execute(&mut connection).await.unwrap();
        } else {
            let mut connection = SqliteConnection::connect(&self.bed.url).await.unwrap();
            let sql = "insert into opt_out (subscriber, channel, at) values ($1, 'sms', 1)";
            sqlx::query(sql).bind(key).execute(&mut connection).await.unwrap();
        }
    }
}
