-- Why a ticket is to end, or ended, that nobody gave back: the record has its dose (`recorded`; whoever goes
-- through the lines of places ends it and tells its person), or staff called it off (`staff`; the person is to
-- be told). A program that does not know it writes none.
alter table appointment add column reason text check (reason in ('recorded', 'staff'));

update appointment set reason = 'recorded' where state = 'booked'
    and exists (select 1 from dose where dose.nik_index = appointment.nik_index
        and dose.number >= appointment.dose);

create index appointment_recorded on appointment (start)
    where state = 'booked' and reason = 'recorded';
create index appointment_called_off on appointment (start)
    where state = 'cancelled' and reason = 'staff' and told_at is null;
