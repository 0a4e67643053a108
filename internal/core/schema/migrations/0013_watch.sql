CREATE TABLE watch_order (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  permit TEXT NOT NULL,
  issuer TEXT NOT NULL,
  state TEXT NOT NULL,
  due TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX watch_order_org ON watch_order (org, id);
CREATE INDEX watch_order_permit ON watch_order (permit, state);
CREATE INDEX watch_order_state ON watch_order (state, due);

CREATE TABLE watch_exit (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  permit TEXT NOT NULL,
  state TEXT NOT NULL,
  due TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE UNIQUE INDEX watch_exit_permit ON watch_exit (permit);
CREATE INDEX watch_exit_org ON watch_exit (org, id);

CREATE TABLE watch_report (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  permit TEXT NOT NULL,
  kind TEXT NOT NULL,
  period TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE UNIQUE INDEX watch_report_duty ON watch_report (permit, kind, period);
CREATE INDEX watch_report_org ON watch_report (org, id);

CREATE TABLE watch_evaluation (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  permit TEXT NOT NULL,
  day TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX watch_evaluation_org ON watch_evaluation (org, id);

CREATE TABLE watch_complaint (
  id TEXT NOT NULL PRIMARY KEY,
  number TEXT NOT NULL,
  complainant TEXT NOT NULL,
  account TEXT NOT NULL,
  accused TEXT NOT NULL,
  addressee TEXT NOT NULL,
  state TEXT NOT NULL,
  due TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE UNIQUE INDEX watch_complaint_number ON watch_complaint (number);
CREATE INDEX watch_complaint_accused ON watch_complaint (accused, id);
CREATE INDEX watch_complaint_account ON watch_complaint (account, id);

-- Supervision looks for what ended, and for what is in force, whoever holds it.
CREATE INDEX permit_state ON permit (state, kind, id);
CREATE INDEX permit_until ON permit (kind, until_day);
