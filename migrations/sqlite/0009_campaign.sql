-- Broadcasts to many people. `id`: as of a notice. `texts`: what is sent, in every language, as it was
-- when the campaign was made (JSON); `audience`: to whom (JSON). `cursor`: how far the audience has
-- been queued; it moves in the transaction of the notices, so that a crash loses and repeats nobody.
-- `first_notice`, `last_notice`: the names of its notices lie between them. `tidied`: nothing of a
-- cancelled campaign waits any more.
create table campaign (
    id integer not null primary key,
    name text not null,
    service text not null,
    wording text not null,
    class text not null,
    texts text not null,
    audience text not null,
    state text not null check (state in ('loading', 'draft', 'running', 'paused', 'cancelled')),
    per_second integer not null,
    valid_days integer not null,
    cursor blob not null default x'',
    expanded integer not null default 0,
    people integer not null default 0,
    unreachable integer not null default 0,
    opted_out integer not null default 0,
    crowded_out integer not null default 0,
    queued integer not null default 0,
    first_notice integer,
    last_notice integer,
    created_at integer not null,
    started_at integer,
    tidied integer not null default 0
) strict;

create unique index campaign_name on campaign (name);

-- People of a list that came with a campaign, some hundred a row, sealed; gone when they are queued.
create table campaign_people (
    campaign integer not null,
    part integer not null,
    body blob not null,
    primary key (campaign, part)
) strict, without rowid;

-- Broadcasts planned for a phone on a day of its zone, over all campaigns.
create table broadcast (
    day text not null,
    subscriber blob not null,
    planned integer not null,
    primary key (day, subscriber)
) strict, without rowid;
