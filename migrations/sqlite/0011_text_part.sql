-- Parts of long texts, until the last one is here. `body`: whose phone, how it is coded, the octets,
-- sealed. `whole`: every part of the text was here, and it was taken in.
create table text_part (
    subscriber blob not null,
    reference integer not null,
    total integer not null,
    number integer not null,
    body blob not null,
    at integer not null,
    whole integer not null default 0,
    primary key (subscriber, reference, total, number)
) strict, without rowid;

create index text_part_at on text_part (at);
