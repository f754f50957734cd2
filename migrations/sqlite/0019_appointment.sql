-- Appointments. Two sides, so that each can be sharded by its own key: what a place has (`facility`,
-- `facility_closed`, `slot`, `seat`, `wait_list`: by the code of the place) and what a person has
-- (`appointment`: by the person). A booking touches one of each; between two databases the hold is
-- the promise: the seat is held, the appointment written, the seat booked, and a hold that nobody
-- books is free when its time is over. A ticket shown at a desk is found by `appointment_seat` on the
-- side of the place, so no index over all shards is needed there.

-- A place where vaccines are given. `regency`: four digits; the time zone follows from it. `hours` as
-- in the file it came with. `vaccines`: codes with blanks between them. `quota`: seats of a slot; a
-- lower one gives no more seats away and takes none back.
create table facility (
    code text not null primary key,
    name text not null,
    address text not null,
    regency text not null,
    district text not null,
    hours text not null,
    vaccines text not null,
    slot_minutes integer not null,
    quota integer not null,
    changed_at integer not null
) strict, without rowid;

create index facility_regency on facility (regency, district, name);

-- Days on which a place is closed although its hours say otherwise.
create table facility_closed (
    facility text not null,
    day text not null,
    primary key (facility, day)
) strict, without rowid;

-- A slot that somebody wanted a seat of. Whoever gives seats away holds its row until the end of the
-- transaction. `start`: its first moment. `drawn`: how many seats were ever given.
create table slot (
    facility text not null,
    start integer not null,
    drawn integer not null,
    primary key (facility, start)
) strict, without rowid;

-- A seat that is somebody's: from 1 to the quota, each once. `until`: a row is of no account from then
-- on; a booked one is forever.
create table seat (
    facility text not null,
    start integer not null,
    seat integer not null,
    state text not null check (state in ('held', 'offered', 'booked')),
    nik_index blob not null,
    dose integer not null,
    subscriber blob not null,
    until integer not null,
    primary key (facility, start, seat)
) strict, without rowid;

create index seat_held on seat (subscriber) where state = 'held';
create index seat_until on seat (until) where state <> 'booked';
create index seat_start on seat (start);

-- An appointment. `number`: of its ticket. `subscriber`: the phone that made it. `reminder`: the notice
-- of the day before. `staff`: who checked the person in.
create table appointment (
    nik_index blob not null,
    number text not null,
    dose integer not null,
    facility text not null,
    start integer not null,
    seat integer not null,
    minutes integer not null,
    subscriber blob not null,
    state text not null check (state in ('booked', 'attended', 'cancelled', 'missed')),
    channel text,
    booked_at integer not null,
    changed_at integer not null,
    reminder integer,
    staff text,
    primary key (nik_index, number)
) strict, without rowid;

create unique index appointment_number on appointment (number);
-- One that stands, for a person and a dose.
create unique index appointment_standing on appointment (nik_index, dose) where state = 'booked';
create unique index appointment_seat on appointment (facility, start, seat)
    where state in ('booked', 'attended');

-- Who waits for room at a place, in the order in which they came. `not_before`: the day on which the
-- dose is due. `offer_start`, `offer_seat`, `offer_until`: the seat that is kept for them, and how long.
create table wait_list (
    facility text not null,
    nik_index blob not null,
    dose integer not null,
    not_before text not null,
    subscriber blob not null,
    since integer not null,
    offer_start integer,
    offer_seat integer,
    offer_until integer,
    primary key (facility, nik_index, dose)
) strict, without rowid;

create index wait_list_since on wait_list (facility, since);
create index wait_list_person on wait_list (nik_index);
create index wait_list_offer on wait_list (offer_until) where offer_until is not null;
