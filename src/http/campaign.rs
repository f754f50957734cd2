//! `/admin/campaigns`: campaigns made, looked at and moved over the web, as `setara campaign` does
//! it. The pages are described by OpenAPI 3.1 at `/admin/openapi.json`, made of what stands here.

use axum::{
    Json,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::{
    Modify, OpenApi, ToSchema,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    front::campaign::{BadRows, ListError, Listed, Order, OrderError, Preview, StepError},
    http::{
        Site,
        refusal::{self, NotDone},
    },
    menu::model::Menu,
    outbox::Fate,
    service::{
        campaign::{Audience, Filter, Phase, Step},
        roster::Group,
    },
    store::{Campaign, Figures, OneWay},
};

/// Paths and what describes them; a list has `longest` octets at most. Who may ask is the business of `admin`.
pub(super) fn routes(longest: usize) -> OpenApiRouter<Site> {
    let lists = OpenApiRouter::new().routes(routes!(people)).layer(DefaultBodyLimit::max(longest));
    OpenApiRouter::with_openapi(Described::openapi())
        .routes(routes!(list, create))
        .routes(routes!(status))
        .routes(routes!(preview))
        .routes(routes!(step))
        .merge(lists)
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Setara: what staff do",
        description = "Broadcasts to many people, tickets, places and appointments, officers, certificates, the rights of a person. Every page wants the token of [admin] token_file.",
        version = "1",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    modifiers(&Token),
    security(("token" = []))
)]
struct Described;

struct Token;

impl Modify for Token {
    fn modify(&self, described: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = described.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}

/// A campaign that is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// Small letters, digits and dashes.
    #[schema(example = "june-invitations")]
    name: String,
    /// The text, as in `[campaign.…]` of a menu.
    #[schema(example = "invitation")]
    text: String,
    /// The service whose text it is, if several have it.
    #[serde(default)]
    service: Option<String>,
    /// People of the record of whom all of this holds. Without it the campaign is for a list, which
    /// is put to `/admin/campaigns/{name}/people`.
    #[serde(default)]
    record: Option<Who>,
    /// Messages a second; 0 is as fast as the networks take them.
    #[serde(default)]
    per_second: u32,
    /// For so many days it is of use.
    #[serde(default = "week")]
    valid_days: u32,
}

fn week() -> u32 {
    7
}

/// Conditions on people of the record.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct Who {
    /// Of one of these groups: health, officer, elderly, vulnerable, general, teen, child.
    groups: Vec<String>,
    /// Living in a province (two digits) or a regency (four).
    region: Option<String>,
    /// Not registered yet.
    unregistered: bool,
    /// The turn of their group has come.
    eligible: bool,
    /// The second dose was due, or is within so many days.
    dose_due_days: Option<u16>,
    /// At least so old.
    age_from: Option<u8>,
    /// At most so old.
    age_to: Option<u8>,
}

/// How a campaign stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Shown {
    /// Its name.
    name: String,
    /// Its text.
    text: String,
    /// The service whose text it is.
    service: String,
    /// `loading`, `draft`, `running`, `finished` (nothing of it waits any more), `paused` or `cancelled`.
    state: String,
    /// Whether all of its audience is queued.
    expanded: bool,
    /// People found so far.
    people: u64,
    /// Those of whom no phone is known.
    unreachable: u64,
    /// Those who refused broadcasts before they were queued.
    refused_before: u64,
    /// Those whose phones get enough already.
    crowded_out: u64,
    /// Notices made.
    queued: u64,
    /// How those stand; not in a list of campaigns.
    #[serde(skip_serializing_if = "Option::is_none")]
    notices: Option<Fates>,
}

/// What became of the notices of a campaign.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Fates {
    waiting: u64,
    /// Taken by a network; the receipt is awaited.
    sent: u64,
    delivered: u64,
    undeliverable: u64,
    expired: u64,
    refused: u64,
    /// Taken by a network; no receipt came.
    unknown: u64,
    opted_out: u64,
    cancelled: u64,
    /// Phones that wrote or dialled afterwards.
    replied: u64,
    /// Phones that registered somebody afterwards.
    registered: u64,
    /// Those of them that go by SMS.
    by_sms: OfRoute,
    /// Those of them that go to chats.
    to_chats: OfRoute,
    /// Those that were to go to chats and went by SMS; they are counted there.
    rerouted: u64,
}

/// What became of the notices of a campaign that go one way.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OfRoute {
    /// All of them.
    queued: u64,
    waiting: u64,
    /// Taken by the network or the provider, whatever became of it.
    sent: u64,
    delivered: u64,
    /// Opened, as far as the provider says so; nobody says it of an SMS.
    #[serde(skip_serializing_if = "Option::is_none")]
    read: Option<u64>,
    replied: u64,
    registered: u64,
}

impl Shown {
    /// A campaign, with its figures if they were looked up.
    pub fn of(campaign: &Campaign, figures: Option<&Figures>) -> Self {
        let (made, counts) = (&campaign.made, campaign.counts);
        Self {
            name: made.name.clone(),
            text: made.text.clone(),
            service: made.service.clone(),
            state: campaign.standing().to_owned(),
            expanded: campaign.expanded,
            people: counts.people,
            unreachable: counts.unreachable,
            refused_before: counts.opted_out,
            crowded_out: counts.crowded_out,
            queued: counts.queued,
            notices: figures.map(Fates::of),
        }
    }
}

impl Fates {
    fn of(figures: &Figures) -> Self {
        let of = |fate| figures.fates.get(&fate).copied().unwrap_or_default();
        Self {
            waiting: of(Fate::Waiting),
            sent: of(Fate::Sent),
            delivered: of(Fate::Delivered),
            undeliverable: of(Fate::Undeliverable),
            expired: of(Fate::Expired),
            refused: of(Fate::Refused),
            unknown: of(Fate::Unknown),
            opted_out: of(Fate::OptedOut),
            cancelled: of(Fate::Cancelled),
            replied: figures.replied,
            registered: figures.registered,
            by_sms: OfRoute::of(&figures.by_sms(), None),
            to_chats: OfRoute::of(&figures.chats, Some(figures.chats.read)),
            rerouted: figures.chats.rerouted,
        }
    }
}

impl OfRoute {
    fn of(figures: &OneWay, read: Option<u64>) -> Self {
        let of = |fate| figures.fates.get(&fate).copied().unwrap_or_default();
        Self {
            queued: figures.fates.values().sum(),
            waiting: of(Fate::Waiting),
            sent: figures.sent(),
            delivered: of(Fate::Delivered),
            read,
            replied: figures.replied,
            registered: figures.registered,
        }
    }
}

/// What a campaign would be.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Previewed {
    people: u64,
    unreachable: u64,
    opted_out: u64,
    /// People who get an SMS.
    by_sms: u64,
    /// People who get the words of the SMS in their chat: they wrote there within the day.
    to_chats: u64,
    /// People who get a template in their chat.
    in_templates: u64,
    /// SMS in all.
    parts: u64,
    /// What they cost, at the price given.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<f64>,
    per_second: u64,
    /// Seconds of decent hours.
    seconds: u64,
    /// Days over which they are spread.
    days: u64,
    samples: Vec<SampleShown>,
}

/// The text for somebody, masked.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct SampleShown {
    phone: String,
    language: String,
    /// `sms`, `chat` or `template`.
    way: String,
    /// What it says; in a template its values, each on a line.
    text: String,
    /// The template, and the code of its language.
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<String>,
    parts: u8,
}

impl Previewed {
    /// A preview, with what an SMS costs if that is known.
    pub fn of(preview: &Preview, price_per_part: Option<f64>) -> Self {
        let samples = preview.samples.iter().map(|of| SampleShown {
            phone: of.phone.clone(),
            language: of.language.clone(),
            way: of.way.as_str().to_owned(),
            text: of.text.clone(),
            template: of.template.as_ref().map(|(name, code)| format!("{name} ({code})")),
            parts: of.parts,
        });
        Self {
            people: preview.people,
            unreachable: preview.unreachable,
            opted_out: preview.opted_out,
            by_sms: preview.by_sms,
            to_chats: preview.to_chats,
            in_templates: preview.in_templates,
            parts: preview.parts,
            cost: price_per_part.map(|price| price * preview.parts as f64),
            per_second: preview.per_second,
            seconds: preview.seconds,
            days: preview.days,
            samples: samples.collect(),
        }
    }
}

/// What was taken of a list.
#[derive(Serialize, ToSchema)]
struct Taken {
    /// People on it.
    people: u64,
    /// Rows that are wrong.
    bad: u64,
    /// The first of those.
    rows: Vec<BadRow>,
}

/// A row that is wrong.
#[derive(Serialize, ToSchema)]
struct BadRow {
    line: u64,
    error: String,
}

impl Taken {
    fn of(listed: &Listed) -> Self {
        let rows = listed
            .told
            .iter()
            .map(|(line, error)| BadRow { line: *line, error: error.to_string() });
        Self { people: listed.people, bad: listed.bad, rows: rows.collect() }
    }
}

/// Why a list was not taken.
#[derive(Serialize, ToSchema)]
struct NotListed {
    error: String,
    /// Rows of it that are wrong.
    rows: Vec<BadRow>,
}

/// All campaigns, the latest first.
#[utoipa::path(get, path = "/admin/campaigns",
    responses((status = 200, body = Vec<Shown>), (status = 401, description = "no token")))]
async fn list(State(site): State<Site>) -> Result<Json<Vec<Shown>>, NotDone> {
    let all = site.campaigns.store().campaigns().await?;
    Ok(Json(all.iter().map(|of| Shown::of(of, None)).collect()))
}

/// Makes a campaign. Nothing is sent before it is started.
#[utoipa::path(post, path = "/admin/campaigns", request_body = Asked,
    responses((status = 201, body = Shown), (status = 400, body = NotDone),
        (status = 401, description = "no token"),
        (status = 409, description = "there is one of that name", body = NotDone),
        (status = 422, body = NotDone)))]
async fn create(
    State(site): State<Site>,
    body: Bytes,
) -> Result<(StatusCode, Json<Shown>), NotDone> {
    let asked: Asked = refusal::body(&body)?;
    let filter = asked.record.map(filter).transpose().map_err(NotDone::wrong)?;
    let audience = filter.map_or(Audience::List, Audience::Record);
    let order = Order {
        name: asked.name,
        service: asked.service,
        text: asked.text,
        audience,
        per_second: asked.per_second,
        valid_days: asked.valid_days,
    };
    let shelf = site.menus.engine().shelf();
    let menus: Vec<&Menu> = shelf.current().iter().map(|service| &service.menu).collect();
    let campaign = site.campaigns.create(order, &menus).await?;
    Ok((StatusCode::CREATED, Json(Shown::of(&campaign, None))))
}

impl From<OrderError> for NotDone {
    fn from(error: OrderError) -> Self {
        match error {
            OrderError::Taken => Self::new(StatusCode::CONFLICT, error),
            OrderError::Store(error) => error.into(),
            error => Self::wrong(error),
        }
    }
}

fn filter(who: Who) -> Result<Filter, &'static str> {
    let groups = who.groups.iter().map(|word| Group::parse(word));
    Ok(Filter {
        groups: groups.collect::<Option<_>>().ok_or("there is no such group")?,
        region: who.region,
        unregistered: who.unregistered,
        eligible: who.eligible,
        dose_due_days: who.dose_due_days,
        age_from: who.age_from,
        age_to: who.age_to,
    })
}

#[derive(Deserialize)]
struct PeopleQuery {
    #[serde(default)]
    skip_bad: bool,
}

/// Gives a campaign its list: CSV with a header of phone and, if they are known, name, nik, language.
#[utoipa::path(put, path = "/admin/campaigns/{name}/people",
    params(("name" = String, Path), ("skip_bad" = Option<bool>, Query,
        description = "leave wrong rows out, instead of refusing the list")),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = Taken), (status = 401, description = "no token"),
        (status = 404, body = NotDone),
        (status = 409, description = "it has its people already", body = NotDone),
        (status = 422, body = NotListed)))]
async fn people(
    State(site): State<Site>,
    Path(name): Path<String>,
    Query(query): Query<PeopleQuery>,
    body: Bytes,
) -> Result<Json<Taken>, Response> {
    let campaign = site.campaigns.named(&name).await;
    let campaign = campaign.map_err(|error| NotDone::from(error).into_response())?;
    if campaign.state != Phase::Loading {
        let error = "the campaign has its people already";
        return Err(NotDone::new(StatusCode::CONFLICT, error).into_response());
    }
    let bad = if query.skip_bad { BadRows::Skip } else { BadRows::Refuse };
    let listed = site.campaigns.take_list(&campaign, &*body, bad).await;
    listed.map(|listed| Json(Taken::of(&listed))).map_err(not_listed)
}

fn not_listed(error: ListError) -> Response {
    let rows = match &error {
        ListError::NotAwaited => return NotDone::new(StatusCode::CONFLICT, error).into_response(),
        ListError::Store(_) => {
            return NotDone::new(StatusCode::SERVICE_UNAVAILABLE, error).into_response();
        }
        ListError::Rows(listed) => Taken::of(listed).rows,
        _ => Vec::new(),
    };
    let not = NotListed { error: error.to_string(), rows };
    (StatusCode::UNPROCESSABLE_ENTITY, Json(not)).into_response()
}

/// How far a campaign is, and what came of it.
#[utoipa::path(get, path = "/admin/campaigns/{name}", params(("name" = String, Path)),
    responses((status = 200, body = Shown), (status = 401, description = "no token"),
        (status = 404, body = NotDone)))]
async fn status(
    State(site): State<Site>,
    Path(name): Path<String>,
) -> Result<Json<Shown>, NotDone> {
    let (campaign, figures) = site.campaigns.status(&name).await?;
    Ok(Json(Shown::of(&campaign, Some(&figures))))
}

#[derive(Deserialize)]
struct PreviewQuery {
    price_per_part: Option<f64>,
}

/// What would be sent, to how many people, and what it costs. Everybody is looked at: it takes a
/// while.
#[utoipa::path(get, path = "/admin/campaigns/{name}/preview",
    params(("name" = String, Path), ("price_per_part" = Option<f64>, Query)),
    responses((status = 200, body = Previewed), (status = 401, description = "no token"),
        (status = 404, body = NotDone)))]
async fn preview(
    State(site): State<Site>,
    Path(name): Path<String>,
    Query(query): Query<PreviewQuery>,
) -> Result<Json<Previewed>, NotDone> {
    let campaign = site.campaigns.named(&name).await?;
    let preview = site.campaigns.preview(&campaign).await?;
    Ok(Json(Previewed::of(&preview, query.price_per_part)))
}

/// Starts, pauses, resumes or cancels a campaign.
#[utoipa::path(post, path = "/admin/campaigns/{name}/{step}",
    params(("name" = String, Path),
        ("step" = String, Path, description = "start, pause, resume or cancel")),
    responses((status = 200, body = Shown), (status = 401, description = "no token"),
        (status = 404, body = NotDone),
        (status = 409, description = "not in the state it is in", body = NotDone)))]
async fn step(
    State(site): State<Site>,
    Path((name, step)): Path<(String, String)>,
) -> Result<Json<Shown>, NotDone> {
    let step = match step.as_str() {
        "start" => Step::Start,
        "pause" => Step::Pause,
        "resume" => Step::Resume,
        "cancel" => Step::Cancel,
        _ => {
            let known = "a step is start, pause, resume or cancel";
            return Err(NotDone::new(StatusCode::NOT_FOUND, known));
        }
    };
    let campaign = site.campaigns.step(&name, step).await?;
    Ok(Json(Shown::of(&campaign, None)))
}

impl From<StepError> for NotDone {
    fn from(error: StepError) -> Self {
        let status = match error {
            StepError::NoSuch => StatusCode::NOT_FOUND,
            StepError::State(_) => StatusCode::CONFLICT,
            StepError::Store(error) => return error.into(),
        };
        Self::new(status, error)
    }
}
