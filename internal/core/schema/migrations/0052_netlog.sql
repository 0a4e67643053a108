-- The network log (网络日志): its days that are over with the digest of each file, which organizations have lines in them, who searched
-- it and why, and what was purged. The lines themselves are files.
CREATE TABLE netlog_day (
  day TEXT NOT NULL PRIMARY KEY,
  lines BIGINT NOT NULL,
  lost BIGINT NOT NULL,
  size BIGINT NOT NULL,
  packed BIGINT NOT NULL,
  digest TEXT NOT NULL,
  purge TEXT NOT NULL DEFAULT ''
);

CREATE TABLE netlog_org (
  org TEXT NOT NULL,
  day TEXT NOT NULL,
  lines BIGINT NOT NULL,
  PRIMARY KEY (org, day)
);
CREATE INDEX netlog_org_day ON netlog_org (day);

CREATE TABLE netlog_search (
  id TEXT NOT NULL PRIMARY KEY,
  account TEXT NOT NULL,
  org TEXT NOT NULL,
  body TEXT NOT NULL
);

CREATE TABLE netlog_purge (
  id TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL
);
