-- Certificates that somebody has asked for: the short code and the serial of a dose, which stay as they
-- are. `good_until`: the last day. `sent_on`, `sent`: the day on which it last went out by SMS, and how
-- often on that day. What was revoked stays, so that it is answered as revoked.
create table certificate (
    nik_index blob not null,
    dose integer not null,
    code text not null,
    serial integer not null,
    issued_at integer not null,
    good_until text not null,
    sent_on text,
    sent integer not null,
    revoked_at integer,
    reason text,
    primary key (nik_index, dose)
) strict, without rowid;

create unique index certificate_code on certificate (code);
create unique index certificate_serial on certificate (serial);

-- Who checked how many certificates on a day, right and wrong ones.
create table certificate_check (
    subscriber blob not null,
    day text not null,
    checks integer not null,
    keep_until integer not null,
    primary key (subscriber, day)
) strict, without rowid;

create index certificate_check_keep on certificate_check (keep_until);
