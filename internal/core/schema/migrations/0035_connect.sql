-- Outside systems that are connected to the platform (接入系统), how much each used it, and the channels of authorized operation.
CREATE TABLE connection (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  state TEXT NOT NULL,
  digest TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX connection_org ON connection (org, id);
CREATE INDEX connection_state ON connection (state, id);
CREATE INDEX connection_digest ON connection (digest);

CREATE TABLE connection_use (
  connection TEXT NOT NULL,
  month TEXT NOT NULL,
  capability TEXT NOT NULL,
  answered BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  PRIMARY KEY (connection, month, capability)
);

CREATE TABLE channel (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX channel_org ON channel (org, id);
