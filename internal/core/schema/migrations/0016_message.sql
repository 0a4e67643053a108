-- What people are told (消息). due is 9999-12-31 where nothing is owed; mark keeps a sweep from telling the same twice.
CREATE TABLE message (
  id TEXT NOT NULL PRIMARY KEY,
  addressee TEXT NOT NULL,
  mark TEXT NOT NULL,
  kind TEXT NOT NULL,
  object_kind TEXT NOT NULL,
  object TEXT NOT NULL,
  state TEXT NOT NULL,
  due TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE UNIQUE INDEX message_mark ON message (addressee, mark);
CREATE INDEX message_addressee ON message (addressee, id);
CREATE INDEX message_owed ON message (addressee, state, due, id);
CREATE INDEX message_object ON message (object, state);
CREATE TABLE message_read (
  account TEXT NOT NULL,
  message TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (account, message)
);

-- The security papers of an organization: rules, protection plan, secrecy self-supervision plan.
CREATE TABLE security_file (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  account TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX security_file_org ON security_file (org, id);

-- The register of the expert group: fields and confirmation of one account.
CREATE TABLE expert (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  account TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX expert_account ON expert (account, id);
CREATE INDEX expert_org ON expert (org, id);
