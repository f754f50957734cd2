-- Notices: what is sent outside of a session. `id`: milliseconds since 2020 above 22 random bits.
-- `route`: the network of the phone. `campaign`: 0 is none. `lane`: class * 4 + zone. `body`: who,
-- as whom and what, sealed. `attempts` counts the claims, and is what a settlement must name.
-- `leased`: claimed, and `due` is when the claim runs out. `account`, `message_id`: who took it,
-- and its name there, for the receipt.
create table notice (
    id bigint not null primary key,
    subscriber bytea not null,
    route text not null,
    campaign bigint not null,
    lane bigint not null,
    body bytea not null,
    due bigint not null,
    expires bigint not null,
    state text not null,
    attempts bigint not null default 0,
    leased bigint not null default 0,
    account text,
    message_id text,
    settled_at bigint
);

create index notice_due on notice (route, campaign, lane, due, id) where state = 'waiting';
create index notice_message on notice (account, message_id)
    where state = 'sent' and message_id is not null;

-- A receipt that came before the response it is for.
create table parked_receipt (
    account text not null,
    message_id text not null,
    state text not null,
    at bigint not null,
    primary key (account, message_id)
);

-- Who wants no broadcasts.
create table opt_out (
    subscriber bytea not null primary key,
    channel text,
    at bigint not null
);

-- How the notices of a campaign stand, counted where they move.
create table tally (
    campaign bigint not null,
    state text not null,
    notices bigint not null,
    primary key (campaign, state)
);
