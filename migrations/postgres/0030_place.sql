-- Since when somebody waits, which `since` does not say: whoever a place has let down stands where their
-- ticket was booked. A program that does not know it writes none.
alter table wait_list add column joined_at bigint;

create index wait_list_joined on wait_list ((coalesce(joined_at, since)));
