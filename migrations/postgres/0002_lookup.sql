-- Look-ups by NIK that failed, one row for each phone and NIK. `stem`: blind index of the NIK without
-- its serial. `at`: the first failure that is counted; none counts after `keep_until`.
create table lookup (
    subscriber bytea not null,
    nik_index bytea not null,
    stem bytea not null,
    failures bigint not null,
    at bigint not null,
    keep_until bigint not null,
    primary key (subscriber, nik_index)
);

create index lookup_nik on lookup (nik_index);
create index lookup_keep on lookup (keep_until);
