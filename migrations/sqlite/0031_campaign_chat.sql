-- How the notices of a campaign stand that go to chats; what is in `tally` and not here goes by SMS. Two
-- more are counted: `read`, those that their readers opened, and `rerouted`, those that went by SMS after
-- all, and so stand here no longer.
create table tally_chat (
    campaign integer not null,
    state text not null,
    notices integer not null,
    primary key (campaign, state)
) strict, without rowid;

-- When its reader opened it, as far as the provider says so.
alter table notice add column read_at integer;

-- What waits for a chat, by its reader: a younger one does not overtake an older one.
create index notice_chat on notice (subscriber, id) where state = 'waiting' and route = 'whatsapp';

-- People of whom the ministry took everything back: what they have is good no longer, and nothing is
-- issued to them, until the row goes.
create table certificate_ban (
    nik_index blob not null primary key,
    reason text not null,
    at integer not null
) strict, without rowid;
