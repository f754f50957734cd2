-- The tables of the spine. The same file for PostgreSQL stands in ../postgres; a test compares
-- the two schemas. Times are milliseconds since 1970 (UTC); dates are 'YYYY-MM-DD'. Columns named
-- `number` of a subscriber, `identity`, `body` and `reply` are sealed (src/vault).

-- A known text, sealed: tells a wrong key file at start.
create table vault (
    one integer not null primary key check (one = 1),
    proof blob not null
) strict;

-- A phone. Everything keyed by it can be sharded by it.
create table subscriber (
    key blob not null primary key,
    number blob not null,
    language text,
    created_at integer not null,
    seen_at integer not null
) strict, without rowid;

-- A person of the national record. `identity`: NIK, name, birth date, phone.
create table person (
    nik_index blob not null primary key,
    identity blob not null,
    phone_key blob,
    target_group text,
    regency text,
    eligible_from text,
    blocked integer not null
) strict, without rowid;

create table dose (
    nik_index blob not null,
    number integer not null,
    given_on text,
    vaccine text not null,
    batch text not null,
    place text not null,
    certificate text,
    primary key (nik_index, number)
) strict, without rowid;

-- `identity`: NIK, name and birth date as typed. `hidden_at`: since then the phone that made it,
-- while it waits, does not show it any longer, because its number may have been sold.
create table registration (
    number text not null primary key,
    standing text not null check (standing in ('registered', 'waiting')),
    nik_index blob not null,
    subscriber blob not null,
    identity blob not null,
    regency text not null,
    screening text not null,
    consent text not null,
    channel text,
    at integer not null,
    hidden_at integer
) strict;

create unique index registration_standing on registration (nik_index)
    where standing = 'registered';
create unique index registration_waiting on registration (nik_index, subscriber)
    where standing = 'waiting';
create index registration_subscriber on registration (subscriber, at);

-- Whom a phone may see.
create table acquaintance (
    subscriber blob not null,
    nik_index blob not null,
    since integer not null,
    primary key (subscriber, nik_index)
) strict, without rowid;

create table consent (
    subscriber blob not null,
    version text not null,
    channel text,
    at integer not null,
    withdrawn_at integer,
    primary key (subscriber, version, at)
) strict, without rowid;

create table conversation (
    subscriber blob not null,
    service text not null,
    version integer not null,
    body blob not null,
    ended text,
    screen text not null,
    channel text not null,
    open_until integer not null,
    keep_until integer not null,
    primary key (subscriber, service)
) strict, without rowid;

-- When a sweep has to look at it next. One index for both sweeps, because every turn moves it.
create index conversation_due on conversation
    ((case when ended is null then open_until else keep_until end));

-- The reply to an inbound message, so that its duplicate gets the same one.
create table receipt (
    key blob not null primary key,
    reply blob not null,
    keep_until integer not null
) strict;

create index receipt_keep on receipt (keep_until);

-- The one import that is under way. `staging`: rows come in, and a crash throws them away.
-- `applying`: the file was good to its end, and whoever starts next finishes the work, from
-- `applied_to` on.
create table import (
    one integer not null primary key check (one = 1),
    token blob not null,
    state text not null check (state in ('staging', 'applying')),
    touched_at integer not null,
    applied_to blob not null default x''
) strict;

-- Rows of the file, in the shape of `person`.
create table staged_person (
    nik_index blob not null primary key,
    line integer not null,
    identity blob not null,
    phone_key blob,
    target_group text,
    regency text,
    eligible_from text,
    blocked integer not null
) strict, without rowid;

create table staged_dose (
    nik_index blob not null,
    number integer not null,
    given_on text,
    vaccine text not null,
    batch text not null,
    place text not null,
    certificate text,
    primary key (nik_index, number)
) strict, without rowid;
