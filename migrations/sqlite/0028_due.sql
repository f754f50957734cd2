-- What the sweep looks for, without a walk through the whole table; and what is counted of the queue,
-- without its sealed bodies.
create index slot_start on slot (start);
create index fetched_unknown on fetched (at) where standing = 'not_listed';
create index inquiry_kind on inquiry (kind, at);
