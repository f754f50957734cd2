-- The queues of a clinic: the last number drawn and the last one called, a row a unit and day.
create table queue (
    service text not null,
    unit text not null,
    day text not null,
    last bigint not null,
    called bigint not null,
    primary key (service, unit, day)
);

-- The place that a phone has in a service.
create table queue_place (
    subscriber bytea not null,
    service text not null,
    unit text not null,
    day text not null,
    number bigint not null,
    primary key (subscriber, service)
);

create unique index queue_place_number on queue_place (service, unit, day, number);
