-- Which signing keys a running node verifies certificates with, with blanks between their names, so that none
-- signs that a node does not know.
alter table ring add column verifies text not null default '';
