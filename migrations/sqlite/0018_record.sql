-- What an outside record said of a person last (`[record] from = "outside"`). `at`: when we heard it.
-- `version`: grows with each change there; an older one changes nothing. `elsewhere`: it has a
-- registration; `number` and `reference`, if they are of ours. `taken`: digest of name, birth date and
-- phone as we took them over; `disputed`: the same of what a ticket was opened for.
create table fetched (
    nik_index blob not null primary key,
    at integer not null,
    version integer not null,
    standing text not null check (standing in ('listed', 'not_listed', 'double')),
    elsewhere integer not null,
    number text,
    reference text,
    taken blob,
    disputed blob
) strict, without rowid;

-- What an outside record is asked later, in the order of `id`: milliseconds above random bits. `body`: who
-- asks, and what was typed, sealed. `due`: not before; it is pushed ahead by whoever works on it, and
-- `attempts` is what a settlement must name. `tries`: how often it was asked in vain.
create table inquiry (
    id integer not null primary key,
    kind text not null check (kind in ('register', 'prove', 'status')),
    subscriber blob not null,
    nik_index blob not null,
    body blob not null,
    at integer not null,
    due integer not null,
    attempts integer not null default 0,
    tries integer not null default 0
) strict;

create index inquiry_due on inquiry (due, id);
create unique index inquiry_once on inquiry (subscriber, nik_index, kind);

-- How far the events of the outside record were read, where it does not push them.
create table record_cursor (
    one integer not null primary key check (one = 1),
    cursor text not null,
    at integer not null
) strict, without rowid;
