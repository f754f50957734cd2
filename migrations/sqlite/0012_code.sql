-- One-time codes, one for each person, purpose and phone that asked. `hash`: keyed digest, of nothing
-- where nothing was sent. `tries`: wrong ones since the last lock; a new code does not forget them.
-- `locks`: how often it was locked.
create table code (
    nik_index blob not null,
    purpose text not null,
    subscriber blob not null,
    hash blob not null,
    sent_at integer not null,
    expires integer not null,
    tries integer not null,
    locks integer not null,
    locked_until integer not null,
    keep_until integer not null,
    primary key (nik_index, purpose, subscriber)
) strict, without rowid;

create index code_keep on code (keep_until);

-- When a code was asked for, whoever asked: nobody's phone is flooded. `sent`: 1 where one was sent.
create table code_asked (
    nik_index blob not null,
    purpose text not null,
    at integer not null,
    subscriber blob not null,
    sent integer not null,
    primary key (nik_index, purpose, at, subscriber)
) strict, without rowid;

create index code_asked_at on code_asked (at);
