-- Notices: what is sent outside of a session. `id`: milliseconds since 2020 above 22 random bits.
-- `route`: the network of the phone. `campaign`: 0 is none. `lane`: class * 4 + zone. `body`: who,
-- as whom and what, sealed. `day`: for which day of the reader a broadcast is planned, in days since
-- 1970; 0 for what may go on any. `attempts` counts the claims, and is what a settlement must name.
-- `leased`: claimed, and `due` is when the claim runs out. `tries`: how often the network was asked
-- in vain. `parts`: how many parts of a long text it has. `account`, `message_id`: who took it, and
-- its name there, for the receipt. `settled_at`: since when it is in a state that is not `waiting`.
create table notice (
    id bigint not null primary key,
    subscriber bytea not null,
    route text not null,
    campaign bigint not null,
    lane bigint not null,
    body bytea not null,
    due bigint not null,
    expires bigint not null,
    day bigint not null,
    state text not null,
    attempts bigint not null default 0,
    leased bigint not null default 0,
    tries bigint not null default 0,
    parts bigint not null default 0,
    account text,
    message_id text,
    settled_at bigint
);

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
    at bigint not null,
    primary key (account, message_id)
);

create index parked_receipt_at on parked_receipt (at);

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
