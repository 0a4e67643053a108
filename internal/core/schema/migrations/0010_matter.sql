-- The whole vocabulary of the office: who holds a task, by which pack, when a timer looks at a matter next.
ALTER TABLE matter ADD COLUMN wake TEXT NOT NULL DEFAULT '9999-12-31';
ALTER TABLE matter ADD COLUMN calendar TEXT NOT NULL DEFAULT '';
UPDATE matter SET wake = '' WHERE state IN ('running', 'returned');
CREATE INDEX matter_wake ON matter (wake, id) WHERE wake <> '9999-12-31';
CREATE INDEX matter_calendar ON matter (calendar, id) WHERE calendar <> '';

ALTER TABLE task ADD COLUMN pack TEXT NOT NULL DEFAULT '';
ALTER TABLE task ADD COLUMN org TEXT NOT NULL DEFAULT '';
ALTER TABLE task ADD COLUMN closer TEXT NOT NULL DEFAULT '';
ALTER TABLE task ADD COLUMN urged BIGINT NOT NULL DEFAULT 0;
DROP INDEX task_inbox;
CREATE INDEX task_open ON task (addressee, due, id) WHERE state = 'open';
CREATE INDEX task_open_kind ON task (addressee, kind, due, id) WHERE state = 'open';
CREATE INDEX task_open_pack ON task (addressee, pack, due, id) WHERE state = 'open';
CREATE INDEX task_open_org ON task (org, due, id) WHERE state = 'open';
CREATE INDEX task_closer ON task (closer, closed, id) WHERE closer <> '';
CREATE INDEX task_addressee ON task (addressee, matter);

CREATE TABLE matter_version (
  id TEXT NOT NULL PRIMARY KEY,
  matter TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX matter_version_matter ON matter_version (matter, id);

CREATE TABLE matter_public (
  notice TEXT NOT NULL PRIMARY KEY,
  matter TEXT NOT NULL,
  step TEXT NOT NULL,
  until TEXT NOT NULL
);
CREATE INDEX matter_public_matter ON matter_public (matter, step);

CREATE TABLE matter_objection (
  id TEXT NOT NULL PRIMARY KEY,
  matter TEXT NOT NULL,
  step TEXT NOT NULL,
  contact TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX matter_objection_step ON matter_objection (matter, step, contact);

CREATE TABLE delegation (
  id TEXT NOT NULL PRIMARY KEY,
  from_account TEXT NOT NULL,
  to_account TEXT NOT NULL,
  since TEXT NOT NULL,
  until TEXT NOT NULL,
  ended BIGINT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX delegation_from ON delegation (from_account, id);
CREATE INDEX delegation_to ON delegation (to_account, ended, since);
