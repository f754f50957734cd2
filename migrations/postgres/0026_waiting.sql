-- Who waits for room at a place, in the order of `since`, each once. `day`: the only one that will do.
-- `not_before`: the day on which the dose is due. `vaccine`: that of the course, if it has begun.
-- `lane`: the queue of what is sent to them (as in `notice`). `missed`: offers that nobody answered.
-- `offer_start`, `offer_seat`, `offer_until`: the seat that is kept for them, and how long.
create table wait_list (
    facility text not null,
    nik_index bytea not null,
    dose bigint not null,
    day text,
    not_before text not null,
    vaccine text,
    subscriber bytea not null,
    service text not null,
    lane bigint not null,
    since bigint not null,
    missed bigint not null default 0,
    offer_start bigint,
    offer_seat bigint,
    offer_until bigint,
    primary key (facility, nik_index)
);

create index wait_list_since on wait_list (facility, since, nik_index);
create index wait_list_person on wait_list (nik_index);
create index wait_list_age on wait_list (since);

-- A place that is closed for good, from a day on. Where it is, in millionths of a degree.
alter table facility add column closed_from text;
alter table facility add column latitude bigint;
alter table facility add column longitude bigint;

-- `stranded_at`: since when the place cannot take whoever has this ticket. `told_at`: since when they
-- were told.
alter table appointment add column stranded_at bigint;
alter table appointment add column told_at bigint;

create index appointment_untold on appointment (stranded_at)
    where stranded_at is not null and told_at is null and state = 'booked';
create index appointment_stranded on appointment (facility)
    where stranded_at is not null and state = 'booked';
