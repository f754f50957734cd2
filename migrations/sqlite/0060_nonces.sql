-- Which signed requests of a session were taken in, as 16 hexadecimal digits each: a request that was here before is
-- known on every node, and after a restart. Empty where the provider numbers its messages, or signs nothing.
alter table session add column nonces text not null default '';
