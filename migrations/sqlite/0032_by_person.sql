-- What is found by its person: a consent that somebody gave by word of mouth is theirs, and no phone's; and
-- what waits for the outside record is asked in its order for each person.
alter table consent add column nik_index blob;
create index consent_person on consent (nik_index) where nik_index is not null;
create index inquiry_in_order on inquiry (nik_index, id);
-- Officers who may be forgotten.
create index officer_suspended on officer (suspended_at) where suspended_at is not null;
