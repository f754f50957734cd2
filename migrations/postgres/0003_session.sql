-- A session that a provider names, bound to the phone it began with. `key`: keyed digest of the
-- account and the provider's name of the session. `heard`: how much of it was taken in.
create table session (
    key bytea not null primary key,
    subscriber bytea not null,
    heard bigint not null,
    keep_until bigint not null
);

create index session_keep on session (keep_until);
