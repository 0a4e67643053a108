-- Bodies of one deployment stand in different areas (行政区域); '' is the area that the deployment serves.
CREATE TABLE org_area (
  org TEXT NOT NULL PRIMARY KEY,
  area TEXT NOT NULL
);
CREATE INDEX org_area_area ON org_area (area, org);

-- What is decided is decided in one area, whatever area the applicant comes from.
ALTER TABLE matter ADD COLUMN area TEXT NOT NULL DEFAULT '';
ALTER TABLE notice ADD COLUMN area TEXT NOT NULL DEFAULT '';
ALTER TABLE scenario ADD COLUMN area TEXT NOT NULL DEFAULT '';
ALTER TABLE agreement ADD COLUMN area TEXT NOT NULL DEFAULT '';
ALTER TABLE grants ADD COLUMN area TEXT NOT NULL DEFAULT '';
ALTER TABLE authorized ADD COLUMN area TEXT NOT NULL DEFAULT '';
ALTER TABLE filing ADD COLUMN area TEXT NOT NULL DEFAULT '';
CREATE INDEX matter_area ON matter (area, id);

-- Papers in the organizations' files: by what a body is designated, empowered or a member; which systems it connects; over
-- which channels it ran authorized operation before.
CREATE TABLE designation (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  account TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX designation_org ON designation (org, id);
CREATE TABLE connection (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  account TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX connection_org ON connection (org, id);
CREATE INDEX connection_state ON connection (state, id);
CREATE TABLE channel (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  account TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX channel_org ON channel (org, id);

-- What a connected program used, by day.
CREATE TABLE connection_use (
  connection TEXT NOT NULL,
  day TEXT NOT NULL,
  capability TEXT NOT NULL,
  calls BIGINT NOT NULL,
  PRIMARY KEY (connection, day, capability)
);

-- A special legal rule on a catalog entry (法律法规另有规定).
CREATE TABLE entry_rule (
  id TEXT NOT NULL PRIMARY KEY,
  entry TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX entry_rule_entry ON entry_rule (entry, id);

-- Joined deployments: the other side, what goes out, what came in, and the entries of other nodes.
CREATE TABLE link (
  id TEXT NOT NULL PRIMARY KEY,
  side TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE TABLE link_letter (
  id TEXT NOT NULL PRIMARY KEY,
  link TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  state TEXT NOT NULL,
  due BIGINT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX link_letter_due ON link_letter (state, due, id);
CREATE INDEX link_letter_subject ON link_letter (subject, id);
CREATE TABLE link_arrival (
  link TEXT NOT NULL,
  letter TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (link, letter)
);
CREATE INDEX link_arrival_kind ON link_arrival (kind, letter);
CREATE TABLE link_entry (
  link TEXT NOT NULL,
  entry TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (link, entry)
);
