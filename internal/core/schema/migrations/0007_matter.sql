CREATE TABLE matter (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  applicant TEXT NOT NULL,
  subject TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX matter_applicant ON matter (applicant, id);
CREATE INDEX matter_subject ON matter (subject, id);
CREATE INDEX matter_kind ON matter (kind, id);

CREATE TABLE task (
  id TEXT NOT NULL PRIMARY KEY,
  matter TEXT NOT NULL,
  step TEXT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  applicant TEXT NOT NULL,
  addressee TEXT NOT NULL,
  state TEXT NOT NULL,
  due TEXT NOT NULL,
  opened BIGINT NOT NULL,
  closed BIGINT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX task_inbox ON task (addressee, state, due, id);
CREATE INDEX task_matter ON task (matter, step);

CREATE TABLE scenario (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  state TEXT NOT NULL,
  matter TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX scenario_org ON scenario (org, id);

CREATE TABLE declaration (
  id TEXT NOT NULL PRIMARY KEY,
  scenario TEXT NOT NULL,
  org TEXT NOT NULL,
  state TEXT NOT NULL,
  matter TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX declaration_scenario ON declaration (scenario, id);
CREATE INDEX declaration_org ON declaration (org, id);

CREATE TABLE declaration_model (
  declaration TEXT NOT NULL,
  version TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (declaration, version)
);
CREATE INDEX declaration_model_version ON declaration_model (version, declaration);

CREATE TABLE agreement (
  id TEXT NOT NULL PRIMARY KEY,
  scenario TEXT NOT NULL,
  declaration TEXT NOT NULL,
  org TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE UNIQUE INDEX agreement_declaration ON agreement (declaration);
CREATE INDEX agreement_org ON agreement (org, id);

CREATE TABLE grants (
  id TEXT NOT NULL PRIMARY KEY,
  scenario TEXT NOT NULL,
  agreement TEXT NOT NULL,
  org TEXT NOT NULL,
  permit TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE UNIQUE INDEX grants_agreement ON grants (agreement);
CREATE INDEX grants_org ON grants (org, id);
CREATE INDEX grants_scenario ON grants (scenario, id);
