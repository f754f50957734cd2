-- Tickets: complaints, and changes that a person of the staff has to decide on. `nik_index`: whom it
-- is about, if anybody was named; nobody has proved it. `subscriber`: who opened it. `body`: what was
-- written and asked for; `answer`: what staff wrote; both sealed. `due_at`: when the law wants it
-- answered. `not_before`: no change is made because of it any earlier. `version` counts its writes.
-- `hidden_at`: since then the phone does not show it, because its number may have been sold.
create table ticket (
    number text not null primary key,
    nik_index bytea,
    subscriber bytea not null,
    category text not null,
    severity text,
    onset text,
    body bytea not null,
    state text not null
        check (state in ('open', 'taken', 'answered', 'closed', 'merged')),
    channel text,
    opened_at bigint not null,
    due_at bigint,
    not_before bigint,
    staff text,
    answer bytea,
    answered_at bigint,
    merged_into text,
    version bigint not null,
    hidden_at bigint
);

create index ticket_subscriber on ticket (subscriber, opened_at);
create index ticket_due on ticket (due_at, opened_at) where state in ('open', 'taken');
create index ticket_pending on ticket (category, due_at) where state in ('open', 'taken');

-- What happened to a ticket, from 1. `staff`: empty for the person who opened it.
create table ticket_event (
    ticket text not null,
    step bigint not null,
    state text not null,
    staff text not null,
    at bigint not null,
    primary key (ticket, step)
);
