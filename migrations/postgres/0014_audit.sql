-- Who did what about whom, and when: rows are only ever added. A chain for each shard, so that two
-- nodes wait for each other only where they write about the same people: `hash` is SHA-256 over the
-- row before it and what stands in this one (service::audit). `shard`: the first octet of the person's
-- index, of the phone's if nobody is named. `channel` and `subscriber`: the phone that did it, or
-- `staff` did. `old` and `new`: what it was and what it is, sealed.
create table audit (
    shard bigint not null,
    seq bigint not null,
    at bigint not null,
    act text not null,
    channel text,
    subscriber bytea,
    staff text,
    nik_index bytea,
    ticket text,
    old bytea,
    new bytea,
    hash bytea not null,
    primary key (shard, seq)
);

create index audit_person on audit (nik_index, act, at) where nik_index is not null;
create index audit_ticket on audit (ticket) where ticket is not null;

-- The end of each chain.
create table audit_head (
    shard bigint not null primary key,
    seq bigint not null,
    hash bytea not null
);
