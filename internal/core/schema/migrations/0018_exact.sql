CREATE TABLE statistics_permit (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  scenario TEXT NOT NULL,
  state TEXT NOT NULL,
  matter TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX statistics_permit_scenario ON statistics_permit (org, scenario, id);

-- The numbers of subjects in exact tables, one list for each kind of unit: a file of pseudonyms in their order.
CREATE TABLE exact_units (
  kind TEXT NOT NULL PRIMARY KEY,
  digest TEXT NOT NULL,
  total BIGINT NOT NULL
);

-- The cells that an exact release shows, as sets of those numbers. What was refused or blocked has left nothing.
CREATE TABLE exact_release (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  cells TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX exact_release_kind ON exact_release (kind, id);
