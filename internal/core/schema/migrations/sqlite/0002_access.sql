CREATE TABLE account (
  id TEXT NOT NULL PRIMARY KEY,
  login TEXT NOT NULL,
  name TEXT NOT NULL,
  org TEXT NOT NULL,
  roles TEXT NOT NULL,
  sid TEXT NOT NULL,
  password TEXT NOT NULL,
  failed BIGINT NOT NULL,
  locked_until BIGINT NOT NULL,
  closed BIGINT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE UNIQUE INDEX account_login ON account (login);
CREATE INDEX account_org ON account (org, id);

CREATE TABLE access_token (
  digest TEXT NOT NULL PRIMARY KEY,
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  label TEXT NOT NULL,
  until BIGINT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX access_token_account ON access_token (account, opened);

CREATE TABLE signing_key (
  id TEXT NOT NULL PRIMARY KEY,
  account TEXT NOT NULL,
  alg TEXT NOT NULL,
  public TEXT NOT NULL,
  opened BIGINT NOT NULL,
  closed BIGINT NOT NULL
);
CREATE INDEX signing_key_account ON signing_key (account, id);

CREATE TABLE permit (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  holder TEXT NOT NULL,
  object TEXT NOT NULL,
  state TEXT NOT NULL,
  from_day TEXT NOT NULL,
  until_day TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX permit_holder ON permit (holder, kind, object, id);

CREATE TABLE act_key (
  account TEXT NOT NULL,
  key TEXT NOT NULL,
  request TEXT NOT NULL,
  seq BIGINT NOT NULL,
  status BIGINT NOT NULL,
  reply BLOB,
  opened BIGINT NOT NULL,
  PRIMARY KEY (account, key)
);
