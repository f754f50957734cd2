-- Which keys of the vault a running node has, so that no key seals that a node cannot open with. `seals`:
-- the id of the key it seals with; `opens`: the ids of all that it opens with, with blanks between them.
create table ring (
    node text not null primary key,
    seals integer not null,
    opens text not null,
    seen_at integer not null
) strict, without rowid;
