-- Keys of a served model's sandbox (测试密钥), and how much each was used in a month: made-up people only, counted apart from calls.
CREATE TABLE test_key (
  id TEXT NOT NULL PRIMARY KEY,
  digest TEXT NOT NULL,
  deployment TEXT NOT NULL,
  org TEXT NOT NULL,
  account TEXT NOT NULL,
  label TEXT NOT NULL,
  until BIGINT NOT NULL,
  opened BIGINT NOT NULL,
  closed BIGINT NOT NULL
);
CREATE UNIQUE INDEX test_key_digest ON test_key (digest);
CREATE INDEX test_key_deployment ON test_key (deployment, id);

CREATE TABLE test_use (
  test_key TEXT NOT NULL,
  month TEXT NOT NULL,
  answered BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  PRIMARY KEY (test_key, month)
);
