CREATE TABLE organization (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  uscc TEXT NOT NULL,
  kind TEXT NOT NULL,
  roles TEXT NOT NULL,
  registered TEXT NOT NULL,
  in_province BIGINT NOT NULL,
  dcmm BIGINT NOT NULL,
  representative TEXT NOT NULL,
  rep_digest TEXT NOT NULL,
  contact TEXT NOT NULL,
  phone TEXT NOT NULL,
  permit TEXT NOT NULL,
  created BIGINT NOT NULL
);
CREATE UNIQUE INDEX organization_uscc ON organization (uscc);

CREATE TABLE admission (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  method TEXT NOT NULL,
  state TEXT NOT NULL,
  documents TEXT NOT NULL,
  applied BIGINT NOT NULL,
  applied_on TEXT NOT NULL,
  code_digest TEXT NOT NULL,
  code_generated BIGINT NOT NULL,
  code_expires BIGINT NOT NULL,
  code_used BIGINT NOT NULL,
  pledge TEXT NOT NULL,
  reason TEXT NOT NULL,
  decided BIGINT NOT NULL
);
CREATE UNIQUE INDEX admission_open ON admission (org) WHERE state = 'applied';
CREATE UNIQUE INDEX admission_code ON admission (code_digest) WHERE code_digest <> '';
CREATE INDEX admission_org ON admission (org, id);

CREATE TABLE organization_change (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  happened TEXT NOT NULL,
  filed_on TEXT NOT NULL,
  due TEXT NOT NULL,
  late BIGINT NOT NULL,
  change TEXT NOT NULL,
  rep_digest TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  filed BIGINT NOT NULL,
  decided BIGINT NOT NULL
);
CREATE UNIQUE INDEX organization_change_open ON organization_change (org) WHERE state = 'filed';
CREATE INDEX organization_change_org ON organization_change (org, id);
