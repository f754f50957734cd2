-- One-time codes, one for each person, purpose and phone that asked. `hash`: keyed digest, of nothing
-- where nothing was sent. `tries`: wrong ones since the last lock; a new code does not forget them.
-- `locks`: how often it was locked.
create table code (
    nik_index bytea not null,
    purpose text not null,
    subscriber bytea not null,
    hash bytea not null,
    sent_at bigint not null,
    expires bigint not null,
    tries bigint not null,
    locks bigint not null,
    locked_until bigint not null,
    keep_until bigint not null,
    primary key (nik_index, purpose, subscriber)
);

create index code_keep on code (keep_until);

-- When a code was asked for, whoever asked: nobody's phone is flooded. `sent`: 1 where one was sent.
create table code_asked (
    nik_index bytea not null,
    purpose text not null,
    at bigint not null,
    subscriber bytea not null,
    sent bigint not null,
    primary key (nik_index, purpose, at, subscriber)
);

create index code_asked_at on code_asked (at);
