-- Certificates that somebody has asked for: the short code and the serial of a dose, which stay as they
-- are. `good_until`: the last day. `sent_on`, `sent`: the day on which it last went out by SMS, and how
-- often on that day. What was revoked stays, so that it is answered as revoked.
create table certificate (
    nik_index bytea not null,
    dose bigint not null,
    code text not null,
    serial bigint not null,
    issued_at bigint not null,
    good_until text not null,
    sent_on text,
    sent bigint not null,
    revoked_at bigint,
    reason text,
    primary key (nik_index, dose)
);

create unique index certificate_code on certificate (code);
create unique index certificate_serial on certificate (serial);

-- Who checked how many certificates on a day, right and wrong ones.
create table certificate_check (
    subscriber bytea not null,
    day text not null,
    checks bigint not null,
    keep_until bigint not null,
    primary key (subscriber, day)
);

create index certificate_check_keep on certificate_check (keep_until);
