-- Catalog entries (资源目录条目), data snapshots (数据快照), one subject's rows, and use of open data.

-- detail is the entry's remaining content as JSON: never queried. table_name is what models call the resource.
CREATE TABLE catalog_entry (
  id             TEXT   NOT NULL PRIMARY KEY,
  table_name     TEXT   NOT NULL,
  title          TEXT   NOT NULL,
  holder         TEXT   NOT NULL,
  state          TEXT   NOT NULL,
  version        BIGINT NOT NULL,
  open_access    TEXT   NOT NULL,
  share_access   TEXT   NOT NULL,
  operate_access TEXT   NOT NULL,
  opinion        TEXT   NOT NULL,
  author         TEXT   NOT NULL,
  published      TEXT   NOT NULL,
  snapshot       TEXT   NOT NULL,
  row_count      BIGINT NOT NULL,
  subject_count  BIGINT NOT NULL,
  arrived        BIGINT NOT NULL,
  created        BIGINT NOT NULL,
  updated        BIGINT NOT NULL,
  detail         TEXT   NOT NULL
);
CREATE UNIQUE INDEX catalog_entry_table ON catalog_entry (table_name);
CREATE INDEX catalog_entry_holder ON catalog_entry (holder, id);
CREATE INDEX catalog_entry_state ON catalog_entry (state, id);

-- Search index: one- and two-character pieces of names and summaries. Derived, rebuilt with its entry.
CREATE TABLE catalog_gram (
  gram  TEXT NOT NULL,
  entry TEXT NOT NULL,
  PRIMARY KEY (gram, entry)
);
CREATE INDEX catalog_gram_entry ON catalog_gram (entry);

-- A load and, once activated, the snapshot it made. report (quality) and problems (of a refused file) are JSON.
-- The last four columns belong to the work of loading: touched is its heartbeat (a silent load is lost), staged is 1 while there may be
-- rows by subject, file is a written file that no snapshot names yet.
CREATE TABLE snapshot (
  id          TEXT   NOT NULL PRIMARY KEY,
  resource    TEXT   NOT NULL,
  schema_ver  BIGINT NOT NULL,
  version     BIGINT NOT NULL,
  state       TEXT   NOT NULL,
  name        TEXT   NOT NULL,
  source      TEXT   NOT NULL,
  digest      TEXT   NOT NULL,
  size        BIGINT NOT NULL,
  row_count   BIGINT NOT NULL,
  subjects    BIGINT NOT NULL,
  unkeyed     BIGINT NOT NULL,
  rows_digest TEXT   NOT NULL,
  kid         TEXT   NOT NULL,
  author      TEXT   NOT NULL,
  started     BIGINT NOT NULL,
  finished    BIGINT NOT NULL,
  report      TEXT   NOT NULL,
  reason      TEXT   NOT NULL,
  problems    TEXT   NOT NULL,
  touched     BIGINT NOT NULL,
  start_seq   BIGINT NOT NULL,
  staged      BIGINT NOT NULL,
  file        TEXT   NOT NULL
);
CREATE INDEX snapshot_resource ON snapshot (resource, state, id);
CREATE INDEX snapshot_version ON snapshot (resource, version);
CREATE INDEX snapshot_digest ON snapshot (digest);
CREATE INDEX snapshot_state ON snapshot (state, touched);

-- One subject's rows, for answers about that subject under consent. body is a JSON array in the order of the snapshot's columns.
CREATE TABLE subject_row (
  snapshot TEXT   NOT NULL,
  sid      TEXT   NOT NULL,
  seq      BIGINT NOT NULL,
  body     TEXT   NOT NULL,
  PRIMARY KEY (snapshot, sid, seq)
) WITHOUT ROWID;

-- How often open data was taken, per legal day and kind (csv, json).
CREATE TABLE open_use (
  resource TEXT   NOT NULL,
  day      TEXT   NOT NULL,
  kind     TEXT   NOT NULL,
  uses     BIGINT NOT NULL,
  PRIMARY KEY (resource, day, kind)
);
