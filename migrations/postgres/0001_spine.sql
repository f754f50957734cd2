-- The tables of the spine. The same file for SQLite stands in ../sqlite; a test compares
-- the two schemas. Times are milliseconds since 1970 (UTC); dates are 'YYYY-MM-DD'. Columns named
-- `number` of a subscriber, `identity`, `body` and `reply` are sealed (src/vault).

-- A known text, sealed: tells a wrong key file at start.
create table vault (
    one bigint not null primary key check (one = 1),
    proof bytea not null
);

-- A phone. Everything keyed by it can be sharded by it.
create table subscriber (
    key bytea not null primary key,
    number bytea not null,
    language text,
    created_at bigint not null,
    seen_at bigint not null
);

-- A person of the national record. `identity`: NIK, name, birth date, phone.
create table person (
    nik_index bytea not null primary key,
    identity bytea not null,
    phone_key bytea,
    target_group text,
    regency text,
    eligible_from text,
    blocked boolean not null
);

create table dose (
    nik_index bytea not null,
    number bigint not null,
    given_on text,
    vaccine text not null,
    batch text not null,
    place text not null,
    certificate text,
    primary key (nik_index, number)
);

-- `identity`: NIK, name and birth date as typed. `hidden_at`: since then the phone that made it,
-- while it waits, does not show it any longer, because its number may have been sold.
create table registration (
    number text not null primary key,
    standing text not null check (standing in ('registered', 'waiting')),
    nik_index bytea not null,
    subscriber bytea not null,
    identity bytea not null,
    regency text not null,
    screening text not null,
    consent text not null,
    channel text,
    at bigint not null,
    hidden_at bigint
);

create unique index registration_standing on registration (nik_index)
    where standing = 'registered';
create unique index registration_waiting on registration (nik_index, subscriber)
    where standing = 'waiting';
create index registration_subscriber on registration (subscriber, at);

-- Whom a phone may see.
create table acquaintance (
    subscriber bytea not null,
    nik_index bytea not null,
    since bigint not null,
    primary key (subscriber, nik_index)
);

create table consent (
    subscriber bytea not null,
    version text not null,
    channel text,
    at bigint not null,
    withdrawn_at bigint,
    primary key (subscriber, version, at)
);

create table conversation (
    subscriber bytea not null,
    service text not null,
    version bigint not null,
    body bytea not null,
    ended text,
    screen text not null,
    channel text not null,
    open_until bigint not null,
    keep_until bigint not null,
    primary key (subscriber, service)
);

-- When a sweep has to look at it next. One index for both sweeps, because every turn moves it.
create index conversation_due on conversation
    ((case when ended is null then open_until else keep_until end));

-- The reply to an inbound message, so that its duplicate gets the same one.
create table receipt (
    key bytea not null primary key,
    reply bytea not null,
    keep_until bigint not null
);

create index receipt_keep on receipt (keep_until);

-- The one import that is under way. `staging`: rows come in, and a crash throws them away.
-- `applying`: the file was good to its end, and whoever starts next finishes the work, from
-- `applied_to` on.
create table import (
    one bigint not null primary key check (one = 1),
    token bytea not null,
    state text not null check (state in ('staging', 'applying')),
    touched_at bigint not null,
    applied_to bytea not null default ''
);

-- Rows of the file, in the shape of `person`.
create table staged_person (
    nik_index bytea not null primary key,
    line bigint not null,
    identity bytea not null,
    phone_key bytea,
    target_group text,
    regency text,
    eligible_from text,
    blocked boolean not null
);

create table staged_dose (
    nik_index bytea not null,
    number bigint not null,
    given_on text,
    vaccine text not null,
    batch text not null,
    place text not null,
    certificate text,
    primary key (nik_index, number)
);
