-- The rights of a person. What a turn does and whom it shows is logged, too: in chains of their own
-- (256 to 319), of which a writer takes one that nobody is writing to, so that turns of many people
-- wait for nobody. `from_seq`, `from_hash`: the last row that was deleted when its time was over; the
-- chain is followed from there.
alter table audit_head add column from_seq integer not null default 0;
alter table audit_head add column from_hash blob;

insert into audit_head (shard, seq, hash)
    with recursive chains (shard) as
        (select 256 union all select shard + 1 from chains where shard < 319)
    select shard, 0, zeroblob(32) from chains;

create index audit_at on audit (at);

-- What the log says of somebody is sealed with a key of their own, which is sealed in its turn. Erasing
-- somebody deletes it: what it sealed cannot be read any more, and the chain is still whole.
create table person_key (
    nik_index blob not null primary key,
    key blob not null
) strict, without rowid;

-- Who was erased, so that it is done again in a database that comes out of an older backup.
create table erasure (
    nik_index blob not null,
    at integer not null,
    ticket text,
    primary key (nik_index, at)
) strict, without rowid;

create index ticket_person on ticket (nik_index) where nik_index is not null;
create index ticket_ended on ticket (answered_at) where state not in ('open', 'taken');
create index consent_withdrawn on consent (withdrawn_at) where withdrawn_at is not null;
create index appointment_ended on appointment (changed_at) where state <> 'booked';
create index subscriber_seen on subscriber (seen_at);
create index chat_heard on chat (heard_at);
create index acquaintance_person on acquaintance (nik_index);
