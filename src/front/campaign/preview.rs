//! What a campaign would be: how many go which way, what some of them say, and how long it takes. Nothing
//! is written.

use super::{Campaigns, PIECE};
use crate::{
    clock::{self, Timestamp},
    menu::language::Language,
    outbox::parts,
    service::campaign::{
        Recipient,
        way::{Reach, Way},
    },
    store::{Acquainted, Campaign, StoreError},
};

/// What a campaign would be.
#[derive(Debug, Default)]
pub struct Preview {
    /// Everybody.
    pub people: u64,
    /// Nobody knows their phones, or nobody carries anything to them.
    pub unreachable: u64,
    /// They refused broadcasts.
    pub opted_out: u64,
    /// By SMS.
    pub by_sms: u64,
    /// To chats, in the words of the SMS: they wrote there within the day.
    pub to_chats: u64,
    /// To chats, in a template.
    pub in_templates: u64,
    /// SMS in all.
    pub parts: u64,
    /// The text for some of them.
    pub samples: Vec<Sample>,
    /// Messages a second.
    pub per_second: u64,
    /// How long sending takes, in seconds of decent hours.
    pub seconds: u64,
    /// The days that this is spread over.
    pub days: u64,
}

/// The text for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The phone, masked.
    pub phone: String,
    /// The language.
    pub language: String,
    /// Which way it goes.
    pub way: Way,
    /// What it says; in a template its values, each on a line.
    pub text: String,
    /// The template that it goes in, and the code of its language.
    pub template: Option<(String, String)>,
    /// SMS that it takes.
    pub parts: u8,
}

/// People of each way that a preview shows.
const SAMPLES: usize = 3;

impl Campaigns {
    /// What a campaign would be, from where it stands: everybody is looked at, and nothing is
    /// written.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn preview(&self, campaign: &Campaign) -> Result<Preview, StoreError> {
        let now = clock::now();
        let today = now.date(self.zone);
        let mut preview = Preview::default();
        let mut before = None;
        loop {
            let portion = self
                .store
                .audience(campaign, before.as_ref(), &self.vaccines, today, PIECE)
                .await?;
            preview.unreachable += portion.unreachable;
            preview.people += portion.unreachable + portion.people.len() as u64;
            let chats_at = self.templates.as_ref().map(|_| now);
            let acquainted = self.store.acquainted(&portion.people, chats_at).await?;
            for (person, known) in portion.people.iter().zip(&acquainted) {
                self.foresee(&mut preview, campaign, person, known, now);
            }
            let last = portion.last;
            before = Some(portion);
            if last {
                break;
            }
        }
        // SMS and chats go side by side; a pace of the campaign's own is for both together.
        let chats = preview.to_chats + preview.in_templates;
        let all = self.per_second + if chats == 0 { 0 } else { self.chats_per_second };
        let own = u64::from(campaign.made.per_second);
        let rate = if own == 0 { all } else { own.min(all) };
        let hours = self.decency.hours;
        let a_day = 3600 * u64::from((hours.until - hours.from).unsigned_abs()).max(1);
        preview.per_second = rate;
        let by_sms = preview.parts.div_ceil(self.per_second.max(1));
        let by_chat = chats.div_ceil(self.chats_per_second.max(1));
        let together = (preview.parts + chats).div_ceil(rate.max(1));
        preview.seconds = by_sms.max(by_chat).max(together);
        preview.days = preview.seconds.div_ceil(a_day);
        Ok(preview)
    }

    /// What would be done for somebody if it were done now.
    fn foresee(
        &self,
        preview: &mut Preview,
        campaign: &Campaign,
        person: &Recipient,
        known: &Acquainted,
        now: Timestamp,
    ) {
        let (wording, of) = (&campaign.made.wording, campaign.made.text_of());
        let network = self.routes.of(&person.phone);
        let chosen = known.language.as_ref();
        let language = wording.language(person, chosen);
        let templates = self.templates.as_ref();
        let template = templates.zip(language).and_then(|(all, is)| all.for_text(of, is));
        let reach = Reach {
            heard: known.heard,
            carried: !network.is_empty(),
            template: template.is_some(),
        };
        let due = self.first_moment(person, now);
        let Some(way) = Way::of(reach, due) else {
            preview.unreachable += 1;
            return;
        };
        if known.refused {
            preview.opted_out += 1;
            return;
        }
        let code = self.routes.code_for(network);
        let text = wording.write(person, code, chosen);
        let parts = if way == Way::Sms { parts::count(&text) } else { 0 };
        preview.parts += u64::from(parts);
        match way {
            Way::Sms => preview.by_sms += 1,
            Way::Chat => preview.to_chats += 1,
            Way::Template => preview.in_templates += 1,
        }
        if preview.samples.iter().filter(|of| of.way == way).count() >= SAMPLES {
            return;
        }
        let framed = wording.frame(of, person, code, chosen);
        let template = template.filter(|_| way == Way::Template);
        preview.samples.push(Sample {
            phone: person.phone.masked(),
            language: language.map(Language::as_str).unwrap_or_default().to_owned(),
            way,
            text: template.map_or(text.clone(), |template| {
                template.filled(&text, framed.as_ref()).join("\n")
            }),
            template: template.map(|of| (of.name.clone(), of.code().to_owned())),
            parts,
        });
    }

    /// When somebody would be written to first, if it began now.
    fn first_moment(&self, person: &Recipient, now: Timestamp) -> Timestamp {
        let slot = match person.zone() {
            Some(zone) => self.decency.slot(zone, now, 0),
            None => self.decency.slot_everywhere(now, 0),
        };
        slot.map_or(now, |slot| slot.due)
    }
}
