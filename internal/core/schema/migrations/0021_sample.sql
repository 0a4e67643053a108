-- A learned set of samples (样例数据集): level S1 or S2, one for all tenants, charged once. learned is the noised
-- histograms; figures are the acceptance measures, which stay inside.
CREATE TABLE sample_set (
  id TEXT NOT NULL PRIMARY KEY,
  level TEXT NOT NULL,
  tables TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  learned TEXT NOT NULL,
  figures TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX sample_set_tables ON sample_set (tables, level, id);
CREATE INDEX sample_set_state ON sample_set (state, opened);

CREATE TABLE sample_member (
  resource TEXT NOT NULL,
  sample TEXT NOT NULL,
  PRIMARY KEY (resource, sample)
);

-- A tenant's request for a level that costs something.
CREATE TABLE sample_request (
  id TEXT NOT NULL PRIMARY KEY,
  space TEXT NOT NULL,
  org TEXT NOT NULL,
  resource TEXT NOT NULL,
  level TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX sample_request_state ON sample_request (state, id);
CREATE INDEX sample_request_space ON sample_request (space, id);
