//! `/admin/appointments`: who is expected at a place, who came, and what staff call off, as
//! `setara appointment` does it.
//! Whoever asks has the token, and says who of the staff does it.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
};
use jiff::{Timestamp as Instant, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    front::appointment::{AppointmentError, Days, Expected},
    http::{
        Site,
        refusal::{self, NotDone},
    },
    service::{audit::StaffName, facility::FacilityCode, number::Number},
    store::AppointmentLine,
};

/// Paths and what describes them. Who may ask is the business of `admin`.
pub(super) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(check_in))
        .routes(routes!(cancel))
}

/// An appointment: nobody's name.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Appointment)]
pub struct Line {
    /// Ten digits: the number of the ticket.
    number: String,
    /// The code of the place.
    facility: String,
    /// The name of the place.
    place: String,
    /// When it begins, RFC 3339.
    start: String,
    /// The day, where the place is.
    day: String,
    /// How long it is.
    minutes: u16,
    dose: u8,
    /// `booked`, `attended`, `cancelled` or `missed`.
    state: String,
    /// Who checked the person in.
    #[serde(skip_serializing_if = "Option::is_none")]
    staff: Option<String>,
}

/// An appointment, and whom it is for.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AppointmentWhole)]
pub struct Whole {
    /// As in a list.
    #[serde(flatten)]
    line: Line,
    /// The name in the record.
    name: Option<String>,
    /// The NIK, masked.
    nik: Option<String>,
}

impl Line {
    /// An appointment as it stands.
    pub fn of(line: &AppointmentLine) -> Self {
        let start = Instant::from_millisecond(line.seat.start.millis());
        Self {
            number: line.number.as_str().to_owned(),
            facility: line.seat.facility.as_str().to_owned(),
            place: line.place.clone(),
            start: start.map(|at| at.to_string()).unwrap_or_default(),
            day: line.seat.start.date(line.zone).to_string(),
            minutes: line.minutes,
            dose: line.dose,
            state: line.state.as_str().to_owned(),
            staff: line.staff.clone(),
        }
    }
}

impl Whole {
    /// An appointment with whom it is for.
    pub fn of(expected: &Expected) -> Self {
        Self {
            line: Line::of(&expected.line),
            name: expected.name.as_ref().map(|name| name.as_str().to_owned()),
            nik: expected.nik.clone(),
        }
    }
}

/// Somebody came.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Came {
    /// Who checks them in: 2 to 40 small letters, digits, dots, dashes.
    #[schema(example = "rina.k")]
    staff: String,
    /// Also on another day than that of the ticket.
    #[serde(default)]
    any_day: bool,
}

#[derive(Deserialize)]
struct ListQuery {
    facility: String,
    day: Date,
}

/// Who is expected at a place on a day, and who came, in the order of their times.
#[utoipa::path(get, path = "/admin/appointments",
    params(("facility" = String, Query), ("day" = String, Query, description = "YYYY-MM-DD")),
    responses((status = 200, body = Vec<Line>), (status = 401, description = "no token"),
        (status = 404, body = NotDone), (status = 422, body = NotDone)))]
async fn list(
    State(site): State<Site>,
    Query(ListQuery { facility, day }): Query<ListQuery>,
) -> Result<Json<Vec<Line>>, NotDone> {
    let facility = FacilityCode::parse(&facility).map_err(NotDone::wrong)?;
    let lines = site.appointments.list(&facility, day).await?;
    Ok(Json(lines.iter().map(Line::of).collect()))
}

#[derive(Deserialize)]
struct Reader {
    staff: String,
}

/// The appointment of a ticket, and whom it is for. That it was read is logged.
#[utoipa::path(get, path = "/admin/appointments/{number}",
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
    let expected = site.appointments.show(&number, &staff).await?;
    Ok(Json(Whole::of(&expected)))
}

/// Checks in whoever came with a ticket, which is good once: whoever comes with it again is a conflict that
/// says when it was shown.
#[utoipa::path(post, path = "/admin/appointments/{number}/checkin", request_body = Came,
    params(("number" = String, Path)),
    responses((status = 200, body = Line), (status = 400, body = NotDone),
        (status = 401, description = "no token"), (status = 404, body = NotDone),
        (status = 409, description = "it stands no longer, was shown before, or is for another day", body = NotDone),
        (status = 422, body = NotDone)))]
async fn check_in(
    State(site): State<Site>,
    Path(number): Path<String>,
    body: Bytes,
) -> Result<Json<Line>, NotDone> {
    let Came { staff, any_day } = refusal::body(&body)?;
    let number = Number::parse(&number).map_err(NotDone::wrong)?;
    let staff = StaffName::parse(&staff).map_err(NotDone::wrong)?;
    let days = if any_day { Days::Any } else { Days::Own };
    let line = site.appointments.check_in(&number, &staff, days).await?;
    Ok(Json(Line::of(&line)))
}

/// Somebody of the staff calls an appointment off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CalledOff {
    /// Who does it: 2 to 40 small letters, digits, dots, dashes.
    #[schema(example = "rina.k")]
    staff: String,
}

/// Calls the appointment of a ticket off: its seat is free, and its person is told.
#[utoipa::path(post, path = "/admin/appointments/{number}/cancel", request_body = CalledOff,
    params(("number" = String, Path)),
    responses((status = 200, body = Line), (status = 400, body = NotDone),
        (status = 401, description = "no token"), (status = 404, body = NotDone),
        (status = 409, description = "it stands no longer", body = NotDone),
        (status = 422, body = NotDone)))]
async fn cancel(
    State(site): State<Site>,
    Path(number): Path<String>,
    body: Bytes,
) -> Result<Json<Line>, NotDone> {
    let CalledOff { staff } = refusal::body(&body)?;
    let number = Number::parse(&number).map_err(NotDone::wrong)?;
    let staff = StaffName::parse(&staff).map_err(NotDone::wrong)?;
    let line = site.appointments.cancel(&number, &staff).await?;
    Ok(Json(Line::of(&line)))
}

impl From<AppointmentError> for NotDone {
    fn from(error: AppointmentError) -> Self {
        let status = match error {
            AppointmentError::NoSuch | AppointmentError::NoPlace => StatusCode::NOT_FOUND,
            AppointmentError::Ended(_)
            | AppointmentError::OtherDay(_)
            | AppointmentError::CameBefore(_)
            | AppointmentError::Conflict => StatusCode::CONFLICT,
            AppointmentError::Store(error) => return error.into(),
        };
        Self::new(status, error)
    }
}
