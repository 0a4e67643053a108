CREATE TABLE consent (
  id TEXT NOT NULL PRIMARY KEY,
  sid TEXT NOT NULL,
  number TEXT NOT NULL,
  digest TEXT NOT NULL,
  terms TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  uses BIGINT NOT NULL,
  max_uses BIGINT NOT NULL,
  from_day TEXT NOT NULL,
  until_day TEXT NOT NULL,
  submitted_by TEXT NOT NULL,
  received BIGINT NOT NULL,
  closed BIGINT NOT NULL,
  erased BIGINT NOT NULL,
  sealed BLOB
);
CREATE UNIQUE INDEX consent_number ON consent (sid, number);
CREATE INDEX consent_sid ON consent (sid, id);

CREATE TABLE consent_recipient (
  consent TEXT NOT NULL,
  org TEXT NOT NULL,
  PRIMARY KEY (consent, org)
);
CREATE INDEX consent_recipient_org ON consent_recipient (org, consent);

CREATE TABLE deployment (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  grant_id TEXT NOT NULL,
  permit TEXT NOT NULL,
  version TEXT NOT NULL,
  scenario TEXT NOT NULL,
  title TEXT NOT NULL,
  partner TEXT NOT NULL,
  model_hash TEXT NOT NULL,
  model BLOB NOT NULL,
  sensitive TEXT NOT NULL,
  daily BIGINT NOT NULL,
  state TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX deployment_org ON deployment (org, id);

CREATE TABLE deployment_day (
  deployment TEXT NOT NULL,
  day TEXT NOT NULL,
  used BIGINT NOT NULL,
  PRIMARY KEY (deployment, day)
);

CREATE TABLE call (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  account TEXT NOT NULL,
  deployment TEXT NOT NULL,
  scenario TEXT NOT NULL,
  request TEXT NOT NULL,
  body_digest TEXT NOT NULL,
  consent TEXT NOT NULL,
  use_no BIGINT NOT NULL,
  sid TEXT NOT NULL,
  fields TEXT NOT NULL,
  outputs TEXT NOT NULL,
  snapshots TEXT NOT NULL,
  answer_digest TEXT NOT NULL,
  at BIGINT NOT NULL,
  salt BLOB,
  replay BLOB
);
CREATE UNIQUE INDEX call_request ON call (org, request);
CREATE UNIQUE INDEX call_use ON call (consent, use_no);
CREATE INDEX call_sid ON call (sid, id);
CREATE INDEX call_org ON call (org, id);
CREATE INDEX call_replay ON call (org, at) WHERE replay IS NOT NULL;

CREATE TABLE breach (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  kind TEXT NOT NULL,
  day TEXT NOT NULL,
  what TEXT NOT NULL,
  evidence TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  account TEXT NOT NULL,
  recorded BIGINT NOT NULL,
  revoked BIGINT NOT NULL
);
CREATE INDEX breach_org ON breach (org, state, day);
