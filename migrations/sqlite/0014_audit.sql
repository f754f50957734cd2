-- Who did what about whom, and when: rows are only ever added. A chain for each shard, so that two
-- nodes wait for each other only where they write about the same people: `hash` is SHA-256 over the
-- row before it and what stands in this one (service::audit). `shard`: the first octet of the person's
-- index, of the phone's if nobody is named. `channel` and `subscriber`: the phone that did it, or
-- `staff` did. `old` and `new`: what it was and what it is, sealed.
create table audit (
    shard integer not null,
    seq integer not null,
    at integer not null,
    act text not null,
    channel text,
    subscriber blob,
    staff text,
    nik_index blob,
    ticket text,
    old blob,
    new blob,
    hash blob not null,
    primary key (shard, seq)
) strict, without rowid;

create index audit_person on audit (nik_index, act, at) where nik_index is not null;
create index audit_ticket on audit (ticket) where ticket is not null;

-- The end of each chain.
create table audit_head (
    shard integer not null primary key,
    seq integer not null,
    hash blob not null
) strict;
