-- Chats. `key`, `alias`: keyed digests of the provider's id of its user and of the phone of its account,
-- whichever are known. `address`: both, sealed. `door`: what is asked of a chat before it speaks for a
-- phone, sealed. `subscriber`, `number` (sealed): the phone that it was bound to by a code, until
-- `bound_until`. `identity`: what the provider says of the account's identity, and changes when
-- somebody else may have taken it over. `heard_at`: what is not a template may be sent for a day after it.
create table chat (
    key blob not null primary key,
    alias blob,
    address blob not null,
    door blob,
    subscriber blob,
    number blob,
    identity text,
    bound_at integer,
    bound_until integer,
    heard_at integer not null,
    version integer not null
) strict, without rowid;

create unique index chat_alias on chat (alias);
create index chat_subscriber on chat (subscriber, heard_at);

-- Messages of chats, acknowledged and not answered yet; `body`, sealed, goes when that is done, and the
-- row stays for as long as the provider may bring the message again.
create table chat_event (
    key blob not null primary key,
    body blob,
    at integer not null
) strict, without rowid;

create index chat_event_open on chat_event (at) where body is not null;
create index chat_event_at on chat_event (at);

-- Codes are about a phone, too, and not about a NIK only.
alter table code rename column nik_index to subject;
alter table code_asked rename column nik_index to subject;
