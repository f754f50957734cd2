-- Registrations that wait are kept for so long and no longer.
create index registration_waited on registration (at) where standing = 'waiting';
