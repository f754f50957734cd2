//! `/admin/tickets`: tickets listed, read and moved over the web, as `setara ticket` does it. Whoever
//! asks has the token, and says who of the staff does it: every act is a row of the audit log.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    clock::{self, Timestamp},
    front::ticket::{Case, Proof, TicketError, Wish},
    http::{
        Site,
        refusal::{self, NotDone},
    },
    identity::name::Likeness,
    menu::model::Menu,
    service::{
        audit::{Doer, StaffName},
        number::Number,
        ticket::{Answered, Category, Refused, Severity, TicketState},
    },
    store::{Logged, TicketLine},
};

/// Tickets of one list, at most.
const MOST: u32 = 500;

/// Paths and what describes them. Who may ask is the business of `admin`.
pub(super) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show)).routes(routes!(act))
}

/// A ticket in a list: nobody's name, and no words.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Line {
    /// Ten digits.
    number: String,
    /// `certificate`, `wrong_data`, `nik_used`, `kipi`, `other`, `name`, `phone`, `identity`, `copy`,
    /// `erasure`, `withdrawal` or `registration`.
    category: String,
    /// Of a reaction: `mild`, `moderate` or `severe`.
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<String>,
    /// `open`, `taken`, `answered`, `closed` or `merged`.
    state: String,
    /// Who has it.
    staff: Option<String>,
    /// RFC 3339.
    opened: String,
    /// When the law wants it answered (UU 27/2022 art. 30).
    due: Option<String>,
    /// Whether that is over.
    overdue: bool,
}

impl Line {
    /// A ticket as it stands now.
    pub fn of(line: &TicketLine, now: Timestamp) -> Self {
        let late = line.due.is_some_and(|due| due < now);
        Self {
            number: line.number.as_str().to_owned(),
            category: line.category.as_str().to_owned(),
            severity: line.severity.map(|of| Severity::as_str(of).to_owned()),
            state: line.state.as_str().to_owned(),
            staff: line.staff.clone(),
            opened: written(line.opened),
            due: line.due.map(written),
            overdue: late && line.state.is_pending(),
        }
    }
}

/// A ticket with all that staff have to know. The NIK is masked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Whole {
    /// As in a list.
    #[serde(flatten)]
    line: Line,
    /// No change is made because of it any earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<String>,
    /// Of a reaction: `half_hour`, `day`, `week` or `later`.
    #[serde(skip_serializing_if = "Option::is_none")]
    onset: Option<String>,
    /// In the person's own words.
    text: String,
    /// `by_phone`: the phone was tied to the person; `typed`: NIK and birth date match; `none`: they do
    /// not, and nothing may be told or changed without documents; `nobody`: it is about nobody.
    proof: String,
    /// The NIK, masked.
    nik: Option<String>,
    /// The name that the record has.
    name: Option<String>,
    /// The name that is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    wants_name: Option<String>,
    /// The phone number that is wanted, masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    wants_phone: Option<String>,
    /// The registration that is to be checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    registration: Option<Checking>,
    /// The phone that opened it, masked.
    phone: Option<String>,
    /// What staff answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
    /// The ticket that has it all.
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_into: Option<String>,
    /// What happened to it.
    events: Vec<Event>,
    /// What the audit log has because of it.
    log: Vec<Entry>,
}

/// A registration that does not match the record: what was said, and how it stands to what the record says.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct Checking {
    /// The number that the person was given.
    number: String,
    /// `not_listed`, `mismatch`, `later`, `too_often` (nothing was compared) or `refused` (by an outside
    /// record).
    because: String,
    /// Whether it still waits; else there is nothing to decide.
    waits: bool,
    /// The name, as typed.
    name: Option<String>,
    /// The birth date, as typed: `2021-08-17`.
    birth_date: Option<String>,
    /// Where the person lives: four digits.
    regency: Option<String>,
    /// The self-screening.
    screening: Option<String>,
    /// Whether an officer sent it.
    assisted: bool,
    /// Whether the record has somebody of that NIK.
    listed: bool,
    /// How the names stand to each other: `same`, `close` or `different`.
    #[serde(skip_serializing_if = "Option::is_none")]
    name_agrees: Option<String>,
    /// Whether the birth dates are the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    birth_agrees: Option<bool>,
    /// When the turn of the person's group begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    eligible_from: Option<String>,
    /// Whether a registration of the person stands.
    registered: bool,
}

impl Checking {
    fn of(case: &Case) -> Option<Self> {
        let body = &case.ticket.made.body;
        let check = body.check.as_ref()?;
        let values = check.letter.as_ref().map(|letter| &letter.values);
        let typed = |name| values.and_then(|values| values.text(name)).map(str::to_owned);
        // A blocked record is like none.
        let person = case.person.as_ref().filter(|person| !person.blocked);
        let name_agrees = person.zip(body.name()).map(|(person, name)| {
            let likeness = match person.name.compare(&name) {
                Likeness::Same => "same",
                Likeness::Close => "close",
                Likeness::Different => "different",
            };
            likeness.to_owned()
        });
        let behalf = check.letter.as_ref().and_then(|letter| letter.behalf.as_ref());
        let eligible = person.and_then(|person| person.eligible_from);
        Some(Self {
            number: check.registration.as_str().to_owned(),
            because: check.because.as_str().to_owned(),
            waits: case.waits,
            name: body.name.clone(),
            birth_date: body.birth.map(|birth| birth.to_string()),
            regency: typed("regency"),
            screening: typed("screening"),
            assisted: behalf.is_some(),
            listed: person.is_some(),
            name_agrees,
            birth_agrees: person.map(|person| Some(person.birth) == body.birth),
            eligible_from: eligible.map(|from| from.to_string()),
            registered: person.is_some_and(|person| person.registration.is_some()),
        })
    }
}

/// Something that happened to a ticket.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct Event {
    state: String,
    staff: Option<String>,
    at: String,
}

/// A row of the audit log, without what was changed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Entry {
    /// Chain and place, for `setara audit undo`.
    row: String,
    act: String,
    /// Who of the staff, or the channel of a phone.
    by: String,
    at: String,
}

impl Entry {
    /// A row as it is shown.
    pub fn of(row: &Logged) -> Self {
        let by = match &row.doer {
            Doer::Staff(name) => name.as_str().to_owned(),
            Doer::Phone { channel, .. } => channel.clone().unwrap_or_default(),
            Doer::Anybody { channel } => channel.clone(),
        };
        let at = written(row.at);
        let place = format!("{:02x}-{}", row.shard, row.seq);
        Self { row: place, act: row.act.deed.as_str().to_owned(), by, at }
    }
}

impl Whole {
    /// A ticket with all that belongs to it.
    pub fn of(case: &Case) -> Self {
        let ticket = &case.ticket;
        let (made, body) = (&ticket.made, &ticket.made.body);
        let line = TicketLine {
            number: made.number.clone(),
            category: made.category,
            severity: made.severity,
            state: ticket.state,
            staff: ticket.staff.clone(),
            opened: ticket.opened,
            due: made.due,
        };
        let proof = case.proof();
        // What the record says is shown only of whom the ticket surely is about.
        let person = case.person.as_ref();
        let person = person.filter(|_| matches!(proof, Proof::ByPhone | Proof::Typed));
        let reader = body.check.as_ref().and_then(|check| check.reader());
        let nik = body.nik().or_else(|| person.map(|person| person.nik.clone()));
        Self {
            line: Line::of(&line, case.at),
            not_before: made.not_before.map(written),
            onset: made.onset.map(|of| of.as_str().to_owned()),
            text: body.text.clone(),
            proof: match proof {
                Proof::ByPhone => "by_phone",
                Proof::Typed => "typed",
                Proof::None => "none",
                Proof::Nobody => "nobody",
            }
            .to_owned(),
            nik: nik.map(|nik| nik.masked()),
            name: person.map(|person| person.name.as_str().to_owned()),
            wants_name: body.name.clone().filter(|_| body.check.is_none()),
            wants_phone: body.phone().map(|phone| phone.masked()),
            registration: Checking::of(case),
            phone: reader.as_ref().or(case.phone.as_ref()).map(|phone| phone.masked()),
            answer: ticket.answer.clone(),
            merged_into: ticket.merged_into.as_ref().map(|number| number.as_str().to_owned()),
            events: case
                .events
                .iter()
                .map(|event| Event {
                    state: event.state.as_str().to_owned(),
                    staff: event.staff.clone(),
                    at: written(event.at),
                })
                .collect(),
            log: case.logged.iter().map(Entry::of).collect(),
        }
    }
}

fn written(at: Timestamp) -> String {
    at.to_rfc3339()
}

/// What is to be done with a ticket.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Doing {
    /// Who does it: 2 to 40 small letters, digits, dots, dashes.
    #[schema(example = "rina.k")]
    staff: String,
    /// With `answer`: at most 160 letters that every phone has.
    #[serde(default)]
    text: Option<String>,
    /// With `answer`: make the change that the ticket asks for. With `accept`: the record gets name and
    /// birth date as they were typed.
    #[serde(default)]
    change: bool,
    /// With `merge`: the number of the ticket that has it all from now on.
    #[serde(default)]
    into: Option<String>,
}

/// How a ticket stands after an act.
#[derive(Serialize, ToSchema)]
struct Now {
    state: String,
}

#[derive(Deserialize)]
struct ListQuery {
    state: Option<String>,
    category: Option<String>,
}

/// Tickets in the order in which they are due; without a state, those that wait.
#[utoipa::path(get, path = "/admin/tickets",
    params(("state" = Option<String>, Query), ("category" = Option<String>, Query)),
    responses((status = 200, body = Vec<Line>), (status = 401, description = "no token"),
        (status = 422, body = NotDone)))]
async fn list(
    State(site): State<Site>,
    Query(ListQuery { state, category }): Query<ListQuery>,
) -> Result<Json<Vec<Line>>, NotDone> {
    let state = state.map(|word| TicketState::parse(&word).ok_or("no such state"));
    let category = category.map(|word| Category::parse(&word).ok_or("no such category"));
    let state = state.transpose().map_err(NotDone::wrong)?;
    let category = category.transpose().map_err(NotDone::wrong)?;
    let lines = site.tickets.list(state, category, MOST).await?;
    let now = clock::now();
    Ok(Json(lines.iter().map(|line| Line::of(line, now)).collect()))
}

#[derive(Deserialize)]
struct Reader {
    staff: String,
}

/// A ticket, with what was written. That it was read is logged.
#[utoipa::path(get, path = "/admin/tickets/{number}",
    params(("number" = String, Path), ("staff" = String, Query, description = "who reads it")),
    responses((status = 200, body = Whole), (status = 401, description = "no token"),
        (status = 404, body = NotDone), (status = 422, body = NotDone)))]
async fn show(
    State(site): State<Site>,
    Path(number): Path<String>,
    Query(Reader { staff }): Query<Reader>,
) -> Result<Json<Whole>, NotDone> {
    let number = Number::parse(&number).map_err(NotDone::wrong)?;
    let staff = StaffName::parse(&staff).map_err(NotDone::wrong)?;
    Ok(Json(Whole::of(&site.tickets.show(&number, &staff).await?)))
}

/// Takes, answers, accepts, closes or merges a ticket. Accepted is a registration that had to be checked; an
/// answer ends it, and says why.
#[utoipa::path(post, path = "/admin/tickets/{number}/{act}", request_body = Doing,
    params(("number" = String, Path),
        ("act" = String, Path, description = "take, answer, accept, close or merge")),
    responses((status = 200, body = Now), (status = 400, body = NotDone),
        (status = 401, description = "no token"), (status = 404, body = NotDone),
        (status = 409, description = "not in the state it is in, or not yet", body = NotDone),
        (status = 422, body = NotDone)))]
async fn act(
    State(site): State<Site>,
    Path((number, act)): Path<(String, String)>,
    body: Bytes,
) -> Result<Json<Now>, NotDone> {
    let doing: Doing = refusal::body(&body)?;
    let wish = match (act.as_str(), doing.text, doing.into) {
        ("take", None, None) => Wish::Take,
        ("answer", Some(text), None) => {
            let with = if doing.change { Answered::ByChange } else { Answered::InWords };
            Wish::Answer { text, with }
        }
        ("accept", None, None) => {
            let with = if doing.change { Answered::ByChange } else { Answered::InWords };
            Wish::Accept { with }
        }
        ("close", None, None) => Wish::Close,
        ("merge", None, Some(into)) => {
            Wish::Merge { into: Number::parse(&into).map_err(NotDone::wrong)? }
        }
        ("take" | "accept" | "close", ..) => {
            return Err(NotDone::wrong("it takes no text and no other ticket"));
        }
        ("answer", ..) => return Err(NotDone::wrong("an answer has a text")),
        ("merge", ..) => return Err(NotDone::wrong("say into which ticket")),
        _ => {
            let known = "an act is take, answer, accept, close or merge";
            return Err(NotDone::new(StatusCode::NOT_FOUND, known));
        }
    };
    let number = Number::parse(&number).map_err(NotDone::wrong)?;
    let staff = StaffName::parse(&doing.staff).map_err(NotDone::wrong)?;
    let shelf = site.menus.engine().shelf();
    let menus: Vec<&Menu> = shelf.current().iter().map(|service| &service.menu).collect();
    let state = site.tickets.act(&number, &staff, &wish, &menus).await?;
    site.menus.engine().wake().ring();
    Ok(Json(Now { state: state.as_str().to_owned() }))
}

impl From<TicketError> for NotDone {
    fn from(error: TicketError) -> Self {
        let status = match error {
            TicketError::NoSuch | TicketError::NoRow => StatusCode::NOT_FOUND,
            TicketError::Refused(
                Refused::Words
                | Refused::Why
                | Refused::Into
                | Refused::NoChange
                | Refused::NoRegistration,
            )
            | TicketError::NotAChange => return Self::wrong(error),
            TicketError::Refused(_) | TicketError::Conflict | TicketError::Moved => {
                StatusCode::CONFLICT
            }
            TicketError::Store(error) => return error.into(),
        };
        Self::new(status, error)
    }
}
