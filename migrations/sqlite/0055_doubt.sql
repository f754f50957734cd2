-- Whether a notice that waits may have been sent already: 0 no; 1 its link broke, or whoever had claimed it
-- died, before there was an answer; 2 the network did not answer in time, and it is sent once more.
alter table notice add column doubt integer not null default 0;
