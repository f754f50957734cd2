-- A session that a provider names, bound to the phone it began with. `key`: keyed digest of the
-- account and the provider's name of the session. `heard`: how much of it was taken in.
create table session (
    key blob not null primary key,
    subscriber blob not null,
    heard integer not null,
    keep_until integer not null
) strict, without rowid;

create index session_keep on session (keep_until);
