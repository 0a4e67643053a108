-- Inspections, incidents, day-to-day supervision and resolutions (监督检查、安全事件、日常监督、议定事项): a file each, and who may read it.
CREATE TABLE inspection (
  id TEXT NOT NULL PRIMARY KEY,
  lead TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX inspection_kind ON inspection (kind, id);

CREATE TABLE inspection_body (
  inspection TEXT NOT NULL,
  org TEXT NOT NULL,
  PRIMARY KEY (inspection, org)
);
CREATE INDEX inspection_body_org ON inspection_body (org, inspection);

-- The evidence package of a transfer, as it was handed over.
CREATE TABLE inspection_package (
  digest TEXT NOT NULL PRIMARY KEY,
  inspection TEXT NOT NULL,
  body TEXT NOT NULL
);
