-- Look-ups by NIK that failed, one row for each phone and NIK. `stem`: blind index of the NIK without
-- its serial. `at`: the first failure that is counted; none counts after `keep_until`.
create table lookup (
    subscriber blob not null,
    nik_index blob not null,
    stem blob not null,
    failures integer not null,
    at integer not null,
    keep_until integer not null,
    primary key (subscriber, nik_index)
) strict, without rowid;

create index lookup_nik on lookup (nik_index);
create index lookup_keep on lookup (keep_until);
