-- Registrations that wait are kept for so long and no longer.
create index registration_waited on registration (at) where standing = 'waiting';

-- What was agreed to: that data is processed for vaccination, or that contacts of a case are told.
alter table consent add column purpose text not null default 'service'
    check (purpose in ('service', 'exposure'));
update consent set purpose = 'exposure'
    where version in (select consent from exposure_case where consent is not null);

-- Whoever takes consent back waits nowhere.
create index wait_list_subscriber on wait_list (subscriber);

-- Whoever is erased, or asks what is kept, is found without a walk through everybody.
create index inquiry_person on inquiry (nik_index);
