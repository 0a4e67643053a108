-- Other deployments of the platform: who they are, what goes to them, what came from them.
CREATE TABLE peer (
  id TEXT NOT NULL PRIMARY KEY,
  node TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX peer_node ON peer (node, id);

-- How a connection lives: no object of the ledger, written at every breath.
CREATE TABLE peer_pulse (
  node TEXT NOT NULL PRIMARY KEY,
  turn_out BIGINT NOT NULL,
  turn_in BIGINT NOT NULL,
  heard BIGINT NOT NULL,
  tried BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  fault TEXT NOT NULL
);

CREATE TABLE link_outgoing (
  id TEXT NOT NULL PRIMARY KEY,
  node TEXT NOT NULL,
  seq BIGINT NOT NULL,
  state TEXT NOT NULL,
  next BIGINT NOT NULL,
  kind TEXT NOT NULL,
  object TEXT NOT NULL,
  body TEXT NOT NULL,
  content TEXT NOT NULL
);
CREATE UNIQUE INDEX link_outgoing_seq ON link_outgoing (node, seq);
CREATE INDEX link_outgoing_object ON link_outgoing (object, id);

CREATE TABLE link_incoming (
  id TEXT NOT NULL PRIMARY KEY,
  node TEXT NOT NULL,
  seq BIGINT NOT NULL,
  letter TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  content TEXT NOT NULL
);
CREATE UNIQUE INDEX link_incoming_seq ON link_incoming (node, seq);

-- Published entries of lower nodes in the one catalog: metadata to read, never data.
CREATE TABLE foreign_entry (
  id TEXT NOT NULL PRIMARY KEY,
  node TEXT NOT NULL,
  object TEXT NOT NULL,
  area TEXT NOT NULL,
  open_access TEXT NOT NULL,
  operate_access TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE UNIQUE INDEX foreign_entry_object ON foreign_entry (node, object);

CREATE TABLE foreign_gram (
  gram TEXT NOT NULL,
  entry TEXT NOT NULL,
  PRIMARY KEY (gram, entry)
);
CREATE INDEX foreign_gram_entry ON foreign_gram (entry);
