-- Since when somebody waits, which `since` does not say: whoever a place has let down stands where their
-- ticket was booked. A program that does not know it writes none.
alter table wait_list add column joined_at integer;

create index wait_list_joined on wait_list ((coalesce(joined_at, since)));

-- A ticket is told of (`told_at`) and its place can take it all the same (`stranded_at` is null): to be
-- told so.
create index appointment_good_again on appointment (told_at)
    where stranded_at is null and told_at is not null and state = 'booked';

-- What one node does for all of them, and until when it is that node's.
create table duty (
    work text not null primary key,
    node text not null,
    until integer not null
) strict;
