-- Appointments to which nobody came are looked for by their time. Nobody can wait for a place yet, and
-- nothing was ever written to the table for that: it comes back with what offers seats.
create index appointment_start on appointment (start) where state = 'booked';
drop table wait_list;
