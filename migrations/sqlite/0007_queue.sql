-- The queues of a clinic: the last number drawn and the last one called, a row a unit and day.
create table queue (
    service text not null,
    unit text not null,
    day text not null,
    last integer not null,
    called integer not null,
    primary key (service, unit, day)
) strict, without rowid;

-- The place that a phone has in a service.
create table queue_place (
    subscriber blob not null,
    service text not null,
    unit text not null,
    day text not null,
    number integer not null,
    primary key (subscriber, service)
) strict, without rowid;

create unique index queue_place_number on queue_place (service, unit, day, number);
