CREATE TABLE notice (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  document TEXT NOT NULL,
  pack TEXT NOT NULL,
  until TEXT NOT NULL,
  org TEXT NOT NULL,
  published BIGINT NOT NULL,
  revoked BIGINT NOT NULL,
  revocation TEXT NOT NULL
);
CREATE INDEX notice_pack ON notice (pack, until) WHERE pack <> '';
