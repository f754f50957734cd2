//! `/admin/officers`: who registers people without a phone, enrolled, listed and suspended over the web, as
//! `setara officer` does it. Whoever asks has the token, and says who of the staff does it.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
};
use jiff::Timestamp as Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    clock::Timestamp,
    front::officer::{By, Newcomer, OfficerError, Wish},
    http::{
        Site,
        refusal::{self, NotDone},
        ticket,
    },
    identity::{Msisdn, PersonName},
    menu::model::Menu,
    service::{
        audit::StaffName,
        officer::{Officer, OfficerKind, Post},
    },
    store::Logged,
    vault::SubscriberKey,
};

/// Officers of one list, and acts of one officer, at most.
const MOST: u32 = 500;

/// Paths and what describes them. Who may ask is the business of `admin`.
pub(super) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(list, enrol)).routes(routes!(act)).routes(routes!(acts))
}

/// An officer.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Officer)]
pub struct Shown {
    /// The officer's keyed name: 32 hexadecimal digits.
    id: String,
    /// The officer's own name.
    name: String,
    /// Masked.
    phone: String,
    /// `babinsa`, `bhabinkamtibmas`, `puskesmas`, `posyandu` or `village`.
    kind: String,
    /// Code of a regency or of a place.
    post: String,
    /// `invited` (no PIN yet), `active` or `suspended`.
    state: String,
    /// Who enrolled them.
    staff: String,
    /// RFC 3339.
    enrolled: String,
    /// The last day on which they registered somebody.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_day: Option<String>,
    /// How many they registered on it.
    registered: u32,
}

impl Shown {
    /// An officer as they stand.
    pub fn of(officer: &Officer) -> Self {
        let who = &officer.who;
        Self {
            id: who.key.to_hex(),
            name: who.name.as_str().to_owned(),
            phone: who.phone.masked(),
            kind: who.kind.as_str().to_owned(),
            post: who.post.as_str().to_owned(),
            state: officer.state().as_str().to_owned(),
            staff: who.staff.as_str().to_owned(),
            enrolled: written(officer.enrolled),
            last_day: officer.tally.date.map(|date| date.to_string()),
            registered: officer.tally.day,
        }
    }
}

/// Something that an officer did.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OfficerDeed)]
pub struct Did {
    /// As with a ticket.
    #[serde(flatten)]
    entry: ticket::Entry,
    /// Of a registration: its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
}

impl Did {
    /// A row of the audit log.
    pub fn of(row: &Logged) -> Self {
        Self { entry: ticket::Entry::of(row), number: row.act.new.clone() }
    }
}

/// Somebody who is to be an officer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Enrolment {
    /// Who of the staff says so: 2 to 40 small letters, digits, dots, dashes.
    #[schema(example = "rina.k")]
    staff: String,
    /// The phone from which they register others.
    #[schema(example = "081234567890")]
    phone: String,
    /// Their own name.
    name: String,
    /// `babinsa`, `bhabinkamtibmas`, `puskesmas`, `posyandu` or `village`.
    #[schema(value_type = String, example = "babinsa")]
    kind: OfficerKind,
    /// Code of a regency or of a place.
    #[schema(example = "3174")]
    post: String,
}

/// Who does it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OfficerStaff)]
struct Doing {
    /// 2 to 40 small letters, digits, dots, dashes.
    #[schema(example = "rina.k")]
    staff: String,
}

#[derive(Deserialize)]
struct ListQuery {
    after: Option<String>,
}

/// Officers in the order in which they were enrolled, 500 at most; `after` continues behind one.
#[utoipa::path(get, path = "/admin/officers", params(("after" = Option<String>, Query)),
    responses((status = 200, body = Vec<Shown>), (status = 401, description = "no token"),
        (status = 404, body = NotDone), (status = 422, body = NotDone)))]
async fn list(
    State(site): State<Site>,
    Query(ListQuery { after }): Query<ListQuery>,
) -> Result<Json<Vec<Shown>>, NotDone> {
    let after = after.as_deref().map(key).transpose()?;
    let officers = site.officers.list(after, MOST).await?;
    Ok(Json(officers.iter().map(Shown::of).collect()))
}

/// Makes somebody an officer: a code goes to the phone, and there a PIN is chosen.
#[utoipa::path(post, path = "/admin/officers", request_body = Enrolment,
    responses((status = 201, body = Shown), (status = 400, body = NotDone),
        (status = 401, description = "no token"),
        (status = 409, description = "the phone is an officer's already", body = NotDone),
        (status = 422, body = NotDone)))]
async fn enrol(
    State(site): State<Site>,
    body: Bytes,
) -> Result<(StatusCode, Json<Shown>), NotDone> {
    let Enrolment { staff, phone, name, kind, post } = refusal::body(&body)?;
    let staff = StaffName::parse(&staff).map_err(NotDone::wrong)?;
    let newcomer = Newcomer {
        phone: Msisdn::parse(&phone).map_err(NotDone::wrong)?,
        name: PersonName::parse(&name).map_err(NotDone::wrong)?,
        kind,
        post: Post::parse(&post).map_err(NotDone::wrong)?,
    };
    let engine = site.menus.engine();
    let shelf = engine.shelf();
    let menus: Vec<&Menu> = shelf.current().iter().map(|service| &service.menu).collect();
    let by = By { staff: &staff, menus: &menus, random: engine.draw() };
    let officer = site.officers.enrol(newcomer, by).await?;
    engine.wake().ring();
    Ok((StatusCode::CREATED, Json(Shown::of(&officer))))
}

/// `suspend`: refused from now on, also in the middle; `restore`: taken again; `reset`: a new code goes to
/// the phone, and the PIN is gone.
#[utoipa::path(post, path = "/admin/officers/{id}/{wish}", request_body = Doing,
    params(("id" = String, Path), ("wish" = String, Path, description = "suspend, restore or reset")),
    responses((status = 200, body = Shown), (status = 400, body = NotDone),
        (status = 401, description = "no token"), (status = 404, body = NotDone),
        (status = 409, body = NotDone), (status = 422, body = NotDone)))]
async fn act(
    State(site): State<Site>,
    Path((id, wish)): Path<(String, String)>,
    body: Bytes,
) -> Result<Json<Shown>, NotDone> {
    let wish = match wish.as_str() {
        "suspend" => Wish::Suspend,
        "restore" => Wish::Restore,
        "reset" => Wish::Reset,
        _ => return Err(NotDone::new(StatusCode::NOT_FOUND, "suspend, restore or reset")),
    };
    let Doing { staff } = refusal::body(&body)?;
    let (key, staff) = (key(&id)?, StaffName::parse(&staff).map_err(NotDone::wrong)?);
    let engine = site.menus.engine();
    let shelf = engine.shelf();
    let menus: Vec<&Menu> = shelf.current().iter().map(|service| &service.menu).collect();
    let by = By { staff: &staff, menus: &menus, random: engine.draw() };
    site.officers.act(key, wish, by).await?;
    engine.wake().ring();
    Ok(Json(Shown::of(&site.officers.show(key).await?)))
}

/// What an officer did, latest first, 500 at most.
#[utoipa::path(get, path = "/admin/officers/{id}/acts", params(("id" = String, Path)),
    responses((status = 200, body = Vec<Did>), (status = 401, description = "no token"),
        (status = 404, body = NotDone), (status = 422, body = NotDone)))]
async fn acts(State(site): State<Site>, Path(id): Path<String>) -> Result<Json<Vec<Did>>, NotDone> {
    let rows = site.officers.acts(key(&id)?, MOST).await?;
    Ok(Json(rows.iter().map(Did::of).collect()))
}

fn key(id: &str) -> Result<SubscriberKey, NotDone> {
    SubscriberKey::from_hex(id).map_err(NotDone::wrong)
}

/// RFC 3339.
fn written(at: Timestamp) -> String {
    Instant::from_millisecond(at.millis()).map(|at| at.to_string()).unwrap_or_default()
}

impl From<OfficerError> for NotDone {
    fn from(error: OfficerError) -> Self {
        let status = match error {
            OfficerError::NoSuch => StatusCode::NOT_FOUND,
            OfficerError::There | OfficerError::Suspended | OfficerError::Conflict => {
                StatusCode::CONFLICT
            }
            OfficerError::NoMenu | OfficerError::NoRoute => StatusCode::UNPROCESSABLE_ENTITY,
            OfficerError::Store(error) => return error.into(),
        };
        Self::new(status, error)
    }
}
