-- Parts of long texts, until the last one is here. `body`: whose phone, how it is coded, the octets,
-- sealed. `whole`: every part of the text was here, and it was taken in.
create table text_part (
    subscriber bytea not null,
    reference bigint not null,
    total bigint not null,
    number bigint not null,
    body bytea not null,
    at bigint not null,
    whole bigint not null default 0,
    primary key (subscriber, reference, total, number)
);

create index text_part_at on text_part (at);
