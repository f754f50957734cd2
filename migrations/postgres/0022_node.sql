-- The nodes that work on this database. `beat` moves with every sign of life, so that whoever looks
-- needs no clock but their own; `accounts`: what the node can send with, one name a line.
create table node (
    name text not null primary key,
    beat bigint not null,
    accounts text not null,
    seen_at bigint not null
);

-- Who is sent a code stands in line: two nodes that decide at once meet at this row.
create table code_line (
    subject bytea not null,
    purpose text not null,
    sent_at bigint not null,
    primary key (subject, purpose)
);

create index code_line_sent on code_line (sent_at);

-- The versions that were put live last by a reload, for the nodes that were not told themselves.
create table menu_order (
    one bigint not null primary key check (one = 1),
    serial bigint not null,
    versions text not null
);
