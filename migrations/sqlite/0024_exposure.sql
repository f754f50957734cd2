-- Exposure notices (Sijejak). Nothing here leads from a contact to a case: what a phone is told is a day,
-- a case has no time of its upload, and the two are never in one row.

-- An anonymous name that a phone has sent out, and the phone: `token` is a keyed digest, `number` is
-- sealed. Of no account after `until`.
create table exposure_token (
    token blob not null primary key,
    subscriber blob not null,
    number blob not null,
    until integer not null
) strict, without rowid;

create index exposure_token_subscriber on exposure_token (subscriber, until);
create index exposure_token_until on exposure_token (until);

-- Somebody who has tested positive, by the name that the app's back end gave. `state` of the consent, with
-- the text that was agreed to, over which channel and when; it can be given, and stands, before `until`.
-- `uploaded`: a keyed digest of all that was uploaded, so that it is known when it comes again.
create table exposure_case (
    id text not null primary key,
    subscriber blob not null,
    tested_on text not null,
    state text not null check (state in ('asked', 'given', 'refused', 'withdrawn', 'used')),
    consent text,
    channel text,
    answered_at integer,
    opened_at integer not null,
    until integer not null,
    uploaded blob,
    keep_until integer not null
) strict, without rowid;

create index exposure_case_subscriber on exposure_case (subscriber, opened_at);
create index exposure_case_keep on exposure_case (keep_until);

-- That this phone was near somebody on that day. `notice`: the one that told it, which goes with it.
create table exposure (
    subscriber blob not null,
    day text not null,
    notice integer,
    keep_until integer not null,
    primary key (subscriber, day)
) strict, without rowid;

create index exposure_keep on exposure (keep_until);
