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
    slot_minutes bigint not null,
    quota bigint not null,
    changed_at bigint not null
);

create index facility_regency on facility (regency, district, name);

-- Days on which a place is closed although its hours say otherwise.
create table facility_closed (
    facility text not null,
    day text not null,
    primary key (facility, day)
);

-- A slot that somebody wanted a seat of. Whoever gives seats away holds its row until the end of the
-- transaction. `start`: its first moment. `drawn`: how many seats were ever given.
create table slot (
    facility text not null,
    start bigint not null,
    drawn bigint not null,
    primary key (facility, start)
);

-- A seat that is somebody's: from 1 to the quota, each once. `until`: a row is of no account from then
-- on; a booked one is forever.
create table seat (
    facility text not null,
    start bigint not null,
    seat bigint not null,
    state text not null check (state in ('held', 'offered', 'booked')),
    nik_index bytea not null,
    dose bigint not null,
    subscriber bytea not null,
    until bigint not null,
    primary key (facility, start, seat)
);

create index seat_held on seat (subscriber) where state = 'held';
create index seat_until on seat (until) where state <> 'booked';
create index seat_start on seat (start);

-- An appointment. `number`: of its ticket. `subscriber`: the phone that made it. `reminder`: the notice
-- of the day before. `staff`: who checked the person in.
create table appointment (
    nik_index bytea not null,
    number text not null,
    dose bigint not null,
    facility text not null,
    start bigint not null,
    seat bigint not null,
    minutes bigint not null,
    subscriber bytea not null,
    state text not null check (state in ('booked', 'attended', 'cancelled', 'missed')),
    channel text,
    booked_at bigint not null,
    changed_at bigint not null,
    reminder bigint,
    staff text,
    primary key (nik_index, number)
);

create unique index appointment_number on appointment (number);
-- One that stands, for a person and a dose.
create unique index appointment_standing on appointment (nik_index, dose) where state = 'booked';
create unique index appointment_seat on appointment (facility, start, seat)
    where state in ('booked', 'attended');

-- Who waits for room at a place, in the order in which they came. `not_before`: the day on which the
-- dose is due. `offer_start`, `offer_seat`, `offer_until`: the seat that is kept for them, and how long.
create table wait_list (
    facility text not null,
    nik_index bytea not null,
    dose bigint not null,
    not_before text not null,
    subscriber bytea not null,
    since bigint not null,
    offer_start bigint,
    offer_seat bigint,
    offer_until bigint,
    primary key (facility, nik_index, dose)
);

create index wait_list_since on wait_list (facility, since);
create index wait_list_person on wait_list (nik_index);
create index wait_list_offer on wait_list (offer_until) where offer_until is not null;
