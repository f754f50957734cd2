-- The stage of an import, in a shape that is written fast: rows stand by `place`, the first octet of
-- the NIK's index and behind it the line of the file (octet * 2^40 + line), so that what comes in
-- goes to the ends of 256 runs, and not each row to a page of its own.

-- An import that was good to its end and was interrupted while it was applied is finished first.
insert into person (nik_index, identity, phone_key, target_group, regency, eligible_from, blocked)
    select nik_index, identity, phone_key, target_group, regency, eligible_from, blocked
    from staged_person where nik_index > (select applied_to from import where state = 'applying')
    on conflict (nik_index) do update set identity = excluded.identity,
    phone_key = excluded.phone_key, target_group = excluded.target_group,
    regency = excluded.regency, eligible_from = excluded.eligible_from,
    blocked = excluded.blocked;
delete from dose where nik_index in (select nik_index from staged_person
    where nik_index > (select applied_to from import where state = 'applying'));
insert into dose (nik_index, number, given_on, vaccine, batch, place, certificate)
    select nik_index, number, given_on, vaccine, batch, place, certificate
    from staged_dose where nik_index > (select applied_to from import where state = 'applying');
delete from import;

drop table staged_person;
drop table staged_dose;

create table staged_person (
    place bigint not null primary key,
    nik_index bytea not null,
    identity bytea not null,
    phone_key bytea,
    target_group text,
    regency text,
    eligible_from text,
    blocked boolean not null
);

-- `spot`: the place of the person (a dose has a `place`, too: where it was given).
create table staged_dose (
    spot bigint not null,
    number bigint not null,
    nik_index bytea not null,
    given_on text,
    vaccine text not null,
    batch text not null,
    place text not null,
    certificate text,
    primary key (spot, number)
);
