-- Notices: what is sent outside of a session. `id`: milliseconds since 2020 above 22 random bits.
-- `route`: the network of the phone. `campaign`: 0 is none. `lane`: class * 4 + zone. `body`: who,
-- as whom and what, sealed. `day`: for which day of the reader a broadcast is planned, in days since
-- 1970; 0 for what may go on any. `attempts` counts the claims, and is what a settlement must name.
-- `leased`: claimed, and `due` is when the claim runs out. `tries`: how often the network was asked
-- in vain. `parts`: how many parts of a long text it has. `account`, `message_id`: who took it, and
-- its name there, for the receipt. `settled_at`: since when it is in a state that is not `waiting`.
create table notice (
    id integer not null primary key,
    subscriber blob not null,
    route text not null,
    campaign integer not null,
    lane integer not null,
    body blob not null,
    due integer not null,
    expires integer not null,
    day integer not null,
    state text not null,
    attempts integer not null default 0,
    leased integer not null default 0,
    tries integer not null default 0,
    parts integer not null default 0,
    account text,
    message_id text,
    settled_at integer
) strict;

-- The queues; `leased` stands there so that what a dead process held is found without a row.
create index notice_due on notice (route, campaign, lane, due, leased) where state = 'waiting';
create index notice_expires on notice (expires) where state = 'waiting';
create index notice_sent on notice (settled_at) where state = 'sent';
create index notice_message on notice (account, message_id) where message_id is not null;

-- A receipt that came before the response it is for.
create table parked_receipt (
    account text not null,
    message_id text not null,
    state text not null,
    at integer not null,
    primary key (account, message_id)
) strict, without rowid;

create index parked_receipt_at on parked_receipt (at);

-- Who wants no broadcasts.
create table opt_out (
    subscriber blob not null primary key,
    channel text,
    at integer not null
) strict, without rowid;

-- How the notices of a campaign stand, counted where they move.
create table tally (
    campaign integer not null,
    state text not null,
    notices integer not null,
    primary key (campaign, state)
) strict, without rowid;
