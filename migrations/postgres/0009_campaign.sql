-- Broadcasts to many people. `id`: as of a notice. `texts`: what is sent, in every language, as it was
-- when the campaign was made (JSON); `audience`: to whom (JSON). `cursor`: how far the audience has
-- been queued; it moves in the transaction of the notices, so that a crash loses and repeats nobody.
-- `first_notice`, `last_notice`: the names of its notices lie between them. `tidied`: nothing of a
-- cancelled campaign waits any more.
create table campaign (
    id bigint not null primary key,
    name text not null,
    service text not null,
    wording text not null,
    class text not null,
    texts text not null,
    audience text not null,
    state text not null check (state in ('loading', 'draft', 'running', 'paused', 'cancelled')),
    per_second bigint not null,
    valid_days bigint not null,
    cursor bytea not null default '',
    expanded bigint not null default 0,
    people bigint not null default 0,
    unreachable bigint not null default 0,
    opted_out bigint not null default 0,
    crowded_out bigint not null default 0,
    queued bigint not null default 0,
    first_notice bigint,
    last_notice bigint,
    created_at bigint not null,
    started_at bigint,
    tidied bigint not null default 0
);

create unique index campaign_name on campaign (name);

-- People of a list that came with a campaign, some hundred a row, sealed; gone when they are queued.
create table campaign_people (
    campaign bigint not null,
    part bigint not null,
    body bytea not null,
    primary key (campaign, part)
);

-- Broadcasts planned for a phone on a day of its zone, over all campaigns.
create table broadcast (
    day text not null,
    subscriber bytea not null,
    planned bigint not null,
    primary key (day, subscriber)
);
