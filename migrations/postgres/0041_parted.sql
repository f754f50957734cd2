-- `parted`: why it ended at `withdrawn_at`, if nobody took it back: the number was silent so long that it may
-- have been sold, or the phone knows nobody any more. `hidden_at` of a registration means from now on, while it
-- stands, too, that it is not the phone's any longer: whoever has the number next does not end it.
alter table consent add column parted text check (parted in ('silent', 'left'));
