-- Every version of a menu that was put live, with its files (JSON, as `menus` writes it): a
-- conversation goes on in the version it began in, after a restart and on any node. `live_at` is
-- when a node put it live last.
create table menu (
    service text not null,
    version text not null,
    files text not null,
    live_at integer not null,
    primary key (service, version)
) strict, without rowid;
