-- `told_at`: since when the phone knows that its registration, which waits, will be deleted. Nobody's is
-- before that.
alter table registration add column told_at bigint;

create index registration_told on registration (told_at, at) where standing = 'waiting';
