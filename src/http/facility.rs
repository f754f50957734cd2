//! `/admin/facilities`: places where vaccines are given, brought in, listed and closed over the web, as
//! `setara facility` does it.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    front::facility::FacilityError,
    http::{
        Site,
        refusal::{self, NotDone},
    },
    service::facility::{Facility, FacilityCode, WHOLE},
    store::{Mode, Shut, Stranding},
};

/// Places of one list, at most.
const MOST: u32 = 500;

/// Paths and what describes them. Who may ask is the business of `admin`.
pub(super) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list, put))
        .routes(routes!(show))
        .routes(routes!(close))
        .routes(routes!(open))
}

/// A place where vaccines are given.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// 2 to 20 capital letters, digits and dashes.
    #[schema(example = "3174-A")]
    code: String,
    /// At most 30 characters that every phone has.
    name: String,
    /// At most 60 of them.
    address: String,
    /// Four digits.
    #[schema(example = "3174")]
    regency: String,
    /// At most 30 characters.
    district: String,
    /// On the clock of the place.
    #[schema(example = "sen-jum 08:00-14:00; sab 08:00-11:00")]
    hours: String,
    /// Codes of the configuration.
    vaccines: Vec<String>,
    /// From 5.
    slot_minutes: u16,
    /// Seats of a slot. A lower one takes no seat away.
    quota: u16,
    /// Degrees, south of the equator with a minus; with a longitude or not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    latitude: Option<f64>,
    /// Degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    longitude: Option<f64>,
    /// Days on which it is closed all the same; not for `POST`.
    #[serde(default, skip_deserializing, skip_serializing_if = "Vec::is_empty")]
    closed: Vec<String>,
    /// The day from which it is closed for good; not for `POST`.
    #[serde(default, skip_deserializing, skip_serializing_if = "Option::is_none")]
    closed_from: Option<String>,
    /// Appointments that are still to come; not for `POST`.
    #[serde(default, skip_deserializing, skip_serializing_if = "Option::is_none")]
    booked: Option<u64>,
    /// People whom it cannot take although they have tickets; not for `POST`.
    #[serde(default, skip_deserializing, skip_serializing_if = "Option::is_none")]
    stranded: Option<Stranded>,
}

/// People whom a place cannot take although they have tickets, until they have changed or cancelled them.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[schema(as = FacilityStranded)]
pub struct Stranded {
    /// How many.
    tickets: u64,
    /// How many of them have been told by notice.
    told: u64,
}

impl Shown {
    /// A place, with how much is booked there if that is known.
    pub fn of(place: &Facility, booked: Option<u64>) -> Self {
        Self {
            code: place.code.as_str().to_owned(),
            name: place.name.clone(),
            address: place.address.clone(),
            regency: place.regency.clone(),
            district: place.district.clone(),
            hours: place.hours.to_string(),
            vaccines: place.vaccines.iter().cloned().collect(),
            slot_minutes: place.slot_minutes,
            quota: place.quota,
            latitude: place.at.map(|at| at.degrees().0),
            longitude: place.at.map(|at| at.degrees().1),
            closed: place.closed.iter().map(Date::to_string).collect(),
            closed_from: place.closed_from.map(|day| day.to_string()),
            booked,
            stranded: None,
        }
    }

    /// With how many people it cannot take.
    pub fn stranding(self, stranded: Stranding) -> Self {
        let Stranding { tickets, told } = stranded;
        Self { stranded: (tickets > 0).then_some(Stranded { tickets, told }), ..self }
    }

    fn to_row(&self) -> [String; WHOLE.len()] {
        let degrees = |of: Option<f64>| of.map(|degrees| degrees.to_string()).unwrap_or_default();
        [
            self.code.clone(),
            self.name.clone(),
            self.address.clone(),
            self.regency.clone(),
            self.district.clone(),
            self.hours.clone(),
            self.vaccines.join(" "),
            self.slot_minutes.to_string(),
            self.quota.to_string(),
            degrees(self.latitude),
            degrees(self.longitude),
        ]
    }
}

/// The day on which a place is closed, or opened again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Closing {
    /// YYYY-MM-DD
    #[schema(value_type = String, example = "2021-08-17")]
    day: Date,
    /// From that day on, for good.
    #[serde(default)]
    for_good: bool,
    /// Only says how many tickets it is about.
    #[serde(default)]
    dry_run: bool,
}

/// A place was closed.
#[derive(Serialize, ToSchema)]
#[schema(as = FacilityClosed)]
struct Closed {
    /// People with tickets whom it cannot take any more; they are told.
    tickets: u64,
}

/// A place was opened again.
#[derive(Serialize, ToSchema)]
#[schema(as = FacilityOpened)]
struct Opened {
    /// People with tickets whom it can take after all; who was told otherwise is told.
    tickets: u64,
}

/// How many places were taken.
#[derive(Serialize, ToSchema)]
struct Taken {
    places: usize,
    /// People with tickets whom places cannot take any more; they are told.
    tickets: u64,
}

#[derive(Deserialize)]
struct PutQuery {
    #[serde(default)]
    dry_run: bool,
}

#[derive(Deserialize)]
struct ListQuery {
    regency: Option<String>,
    after: Option<String>,
}

/// Places by code, 500 at most; `after` continues behind one.
#[utoipa::path(get, path = "/admin/facilities",
    params(("regency" = Option<String>, Query), ("after" = Option<String>, Query)),
    responses((status = 200, body = Vec<Shown>), (status = 401, description = "no token"),
        (status = 422, body = NotDone)))]
async fn list(
    State(site): State<Site>,
    Query(ListQuery { regency, after }): Query<ListQuery>,
) -> Result<Json<Vec<Shown>>, NotDone> {
    let after = after.as_deref().map(FacilityCode::parse).transpose().map_err(NotDone::wrong)?;
    let lines = site.facilities.list(regency.as_deref(), after.as_ref(), MOST).await?;
    let shown = lines.iter().map(|line| Shown::of(&line.facility, Some(line.booked)));
    Ok(Json(shown.collect()))
}

/// Takes places, all of them or none; what is known of their codes is replaced. With `dry_run=true` it is
/// only said how many people with tickets it is about.
#[utoipa::path(post, path = "/admin/facilities", request_body = Vec<Shown>,
    params(("dry_run" = Option<bool>, Query)),
    responses((status = 200, body = Taken), (status = 400, body = NotDone),
        (status = 401, description = "no token"),
        (status = 422, description = "a place is wrong; they count from line 2", body = NotDone)))]
async fn put(
    State(site): State<Site>,
    Query(PutQuery { dry_run }): Query<PutQuery>,
    body: Bytes,
) -> Result<Json<Taken>, NotDone> {
    let places: Vec<Shown> = refusal::body(&body)?;
    // The same road as a file, so that the same is right and wrong.
    let mut file = csv::Writer::from_writer(Vec::new());
    let mut written = file.write_record(WHOLE);
    for place in &places {
        written = written.and_then(|()| file.write_record(place.to_row()));
    }
    let file = written.ok().and_then(|()| file.into_inner().ok()).unwrap_or_default();
    let read = site.facilities.read(file.as_slice())?;
    let stranded = site.facilities.put(&read, mode(dry_run), |_| ()).await?;
    let tickets = stranded.values().sum();
    Ok(Json(Taken { places: read.len(), tickets }))
}

/// A place.
#[utoipa::path(get, path = "/admin/facilities/{code}", params(("code" = String, Path)),
    responses((status = 200, body = Shown), (status = 401, description = "no token"),
        (status = 404, body = NotDone), (status = 422, body = NotDone)))]
async fn show(State(site): State<Site>, Path(code): Path<String>) -> Result<Json<Shown>, NotDone> {
    let code = FacilityCode::parse(&code).map_err(NotDone::wrong)?;
    let (place, stranded) = site.facilities.show(&code).await?;
    Ok(Json(Shown::of(&place, None).stranding(stranded)))
}

/// Closes a place on a day, or for good. Who has a ticket there is told, and comes before others elsewhere.
#[utoipa::path(post, path = "/admin/facilities/{code}/close", request_body = Closing,
    params(("code" = String, Path)),
    responses((status = 200, body = Closed), (status = 400, body = NotDone),
        (status = 401, description = "no token"), (status = 404, body = NotDone),
        (status = 422, body = NotDone)))]
async fn close(
    State(site): State<Site>,
    Path(code): Path<String>,
    body: Bytes,
) -> Result<Json<Closed>, NotDone> {
    let Closing { day, for_good, dry_run } = refusal::body(&body)?;
    let code = FacilityCode::parse(&code).map_err(NotDone::wrong)?;
    let shut = Shut::of(day, for_good);
    let tickets = site.facilities.close(&code, shut, mode(dry_run)).await?;
    Ok(Json(Closed { tickets }))
}

/// Opens a place again that was closed on a day, or for good from that day on. Tickets that it can take are
/// good again, and whoever was told otherwise is told.
#[utoipa::path(post, path = "/admin/facilities/{code}/open", request_body = Closing,
    params(("code" = String, Path)),
    responses((status = 200, body = Opened), (status = 400, body = NotDone),
        (status = 401, description = "no token"), (status = 404, body = NotDone),
        (status = 409, description = "closed for good from an earlier day on", body = NotDone),
        (status = 422, body = NotDone)))]
async fn open(
    State(site): State<Site>,
    Path(code): Path<String>,
    body: Bytes,
) -> Result<Json<Opened>, NotDone> {
    let Closing { day, for_good, dry_run } = refusal::body(&body)?;
    let code = FacilityCode::parse(&code).map_err(NotDone::wrong)?;
    let tickets = site.facilities.open(&code, Shut::of(day, for_good), mode(dry_run)).await?;
    Ok(Json(Opened { tickets }))
}

fn mode(dry_run: bool) -> Mode {
    if dry_run { Mode::Trial } else { Mode::Real }
}

impl From<FacilityError> for NotDone {
    fn from(error: FacilityError) -> Self {
        match error {
            FacilityError::NoSuch => Self::new(StatusCode::NOT_FOUND, error),
            FacilityError::ClosedFrom(_) => Self::new(StatusCode::CONFLICT, error),
            FacilityError::Header(_) | FacilityError::Rows { .. } => Self::wrong(error),
            FacilityError::Store(error) => error.into(),
        }
    }
}
