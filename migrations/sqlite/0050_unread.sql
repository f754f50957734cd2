-- When a question for the outside record was last found that its finder could not read: a newer program wrote it,
-- or it was sealed by a key that is missing there. It waits for a node that can, and nobody waits for it.
alter table inquiry add column unread_at integer;
create index inquiry_unread on inquiry (unread_at) where unread_at is not null;
