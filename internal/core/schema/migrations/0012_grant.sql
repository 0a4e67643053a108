-- An agreement is about a declaration, an authorization or an organization, and may be renewed about the same.
DROP INDEX agreement_declaration;
ALTER TABLE agreement ADD COLUMN kind TEXT NOT NULL DEFAULT 'scenario';
ALTER TABLE agreement ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE agreement ADD COLUMN round BIGINT NOT NULL DEFAULT 1;
UPDATE agreement SET subject = declaration;
CREATE UNIQUE INDEX agreement_subject ON agreement (subject, kind, round);

CREATE TABLE agreement_party (
  agreement TEXT NOT NULL,
  role TEXT NOT NULL,
  org TEXT NOT NULL,
  PRIMARY KEY (agreement, role)
);
CREATE INDEX agreement_party_org ON agreement_party (org, role, agreement);

-- "authorization" is a reserved word of SQL.
CREATE TABLE authorized (
  id TEXT NOT NULL PRIMARY KEY,
  level TEXT NOT NULL,
  org TEXT NOT NULL,
  authorizer TEXT NOT NULL,
  state TEXT NOT NULL,
  matter TEXT NOT NULL,
  permit TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX authorized_org ON authorized (org, level, id);
CREATE INDEX authorized_authorizer ON authorized (authorizer, id);

CREATE TABLE department (
  org TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL
);

CREATE TABLE recommendation (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  department TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX recommendation_org ON recommendation (org, id);
CREATE INDEX recommendation_department ON recommendation (department, id);

CREATE TABLE contract_seal (
  id TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL
);

CREATE TABLE seal_use (
  id TEXT NOT NULL PRIMARY KEY,
  seal TEXT NOT NULL,
  agreement TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX seal_use_seal ON seal_use (seal, id);

CREATE TABLE filing (
  id TEXT NOT NULL PRIMARY KEY,
  subject TEXT NOT NULL,
  addressee TEXT NOT NULL,
  state TEXT NOT NULL,
  number TEXT NOT NULL,
  org TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE UNIQUE INDEX filing_subject ON filing (subject, addressee);
CREATE INDEX filing_addressee ON filing (addressee, state, id);
CREATE INDEX filing_org ON filing (org, id);

CREATE TABLE filing_number (
  year BIGINT NOT NULL PRIMARY KEY,
  last BIGINT NOT NULL
);

CREATE TABLE renewal (
  id TEXT NOT NULL PRIMARY KEY,
  grant_id TEXT NOT NULL,
  org TEXT NOT NULL,
  state TEXT NOT NULL,
  matter TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX renewal_grant ON renewal (grant_id, id);
