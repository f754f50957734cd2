-- Officers who register people without a phone. `key`: the keyed name of an officer, made from the phone
-- and no phone's own key; the audit log names the officer by it. `identity`: number and name, sealed.
-- `hash`, `expires`: digest of the enrolment code while `stage` is `invited`, then of the PIN. `tries`,
-- `locks`, `locked_until`: as with one-time codes. `open_until`: the PIN was right, and nobody is asked for
-- it before then. `hour_from`, `hour_count`, `day`, `day_count`: registrations since then, and on that day.
-- `version` moves with every write, so that of two that decide at once the second looks again.
create table officer (
    key blob not null primary key,
    identity blob not null,
    kind text not null,
    post text not null,
    staff text not null,
    stage text not null check (stage in ('invited', 'active')),
    suspended_at integer,
    hash blob not null,
    expires integer not null,
    tries integer not null,
    locks integer not null,
    locked_until integer not null,
    open_until integer not null,
    hour_from integer not null,
    hour_count integer not null,
    day text not null,
    day_count integer not null,
    enrolled_at integer not null,
    version integer not null
) strict, without rowid;

create index officer_enrolled on officer (enrolled_at, key);

-- What a phone or an officer has done.
create index audit_doer on audit (subscriber, at) where subscriber is not null;
