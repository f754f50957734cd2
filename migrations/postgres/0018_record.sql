-- What an outside record said of a person last (`[record] from = "outside"`). `at`: when we heard it.
-- `version`: grows with each change there; an older one changes nothing. `elsewhere`: it has a
-- registration; `number` and `reference`, if they are of ours. `taken`: digest of name, birth date and
-- phone as we took them over; `disputed`: the same of what a ticket was opened for.
create table fetched (
    nik_index bytea not null primary key,
    at bigint not null,
    version bigint not null,
    standing text not null check (standing in ('listed', 'not_listed', 'double')),
    elsewhere bigint not null,
    number text,
    reference text,
    taken bytea,
    disputed bytea
);

-- What an outside record is asked later, in the order of `id`: milliseconds above random bits. `body`: who
-- asks, and what was typed, sealed. `due`: not before; it is pushed ahead by whoever works on it, and
-- `attempts` is what a settlement must name. `tries`: how often it was asked in vain.
create table inquiry (
    id bigint not null primary key,
    kind text not null check (kind in ('register', 'prove', 'status')),
    subscriber bytea not null,
    nik_index bytea not null,
    body bytea not null,
    at bigint not null,
    due bigint not null,
    attempts bigint not null default 0,
    tries bigint not null default 0
);

create index inquiry_due on inquiry (due, id);
create unique index inquiry_once on inquiry (subscriber, nik_index, kind);

-- How far the events of the outside record were read, where it does not push them.
create table record_cursor (
    one bigint not null primary key check (one = 1),
    cursor text not null,
    at bigint not null
);
