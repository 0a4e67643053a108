-- A column that is new carries the empty text for what stood before it.
ALTER TABLE notice ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE notice ADD COLUMN detail TEXT NOT NULL DEFAULT '';
CREATE INDEX notice_kind ON notice (kind, subject, id);

ALTER TABLE organization ADD COLUMN legal_form TEXT NOT NULL DEFAULT '';

-- The papers of an organization's file: what they are found by stands in columns, the rest in the body.
CREATE TABLE qualification (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  account TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX qualification_org ON qualification (org, id);
CREATE TABLE negative_listing (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  account TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX negative_listing_org ON negative_listing (org, id);
CREATE TABLE organization_paper (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  account TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX organization_paper_org ON organization_paper (org, id);
CREATE TABLE course (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  account TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX course_org ON course (org, id);
CREATE TABLE training_result (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  account TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX training_result_org ON training_result (org, id);
CREATE INDEX training_result_account ON training_result (account, id);
CREATE TABLE undertaking (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  account TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX undertaking_org ON undertaking (org, id);
CREATE INDEX undertaking_account ON undertaking (account, id);
CREATE TABLE staff_filing (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  account TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX staff_filing_org ON staff_filing (org, id);
CREATE TABLE provider (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  account TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX provider_org ON provider (org, id);
CREATE TABLE provider_complaint (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  account TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX provider_complaint_org ON provider_complaint (org, id);
CREATE TABLE commission (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  account TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX commission_org ON commission (org, id);
CREATE TABLE organization_exit (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  account TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX organization_exit_org ON organization_exit (org, id);
