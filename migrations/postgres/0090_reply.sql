-- Whether an answer to a phone waits: asked for each text that may be one of before. Broadcasts are not in it.
create index notice_reply on notice (subscriber) where state = 'waiting' and campaign = 0;
