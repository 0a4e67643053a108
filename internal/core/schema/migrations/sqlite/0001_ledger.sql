-- The ledger (账本): one entry per act, two trees over the same leaves, and the exact bytes of every object version.

-- An entry is added by its act and sequenced later: leaf is its place in the tree, NULL until then.
-- body is the leaf: canonical JSON. The other columns repeat parts of it for search; fsck compares them.
CREATE TABLE ledger_entry (
	seq      BIGINT PRIMARY KEY NOT NULL,
	leaf     BIGINT,
	body     BLOB NOT NULL,
	recorded BIGINT NOT NULL,
	occurred TEXT NOT NULL,
	act      TEXT NOT NULL,
	outcome  TEXT NOT NULL,
	actor    TEXT NOT NULL,
	org      TEXT NOT NULL,
	matter   TEXT NOT NULL
);
CREATE UNIQUE INDEX ledger_entry_leaf ON ledger_entry (leaf) WHERE leaf IS NOT NULL;
CREATE INDEX ledger_entry_unsealed ON ledger_entry (seq) WHERE leaf IS NULL;
CREATE INDEX ledger_entry_act ON ledger_entry (act, seq);
CREATE INDEX ledger_entry_actor ON ledger_entry (actor, seq);
CREATE INDEX ledger_entry_org ON ledger_entry (org, seq);
CREATE INDEX ledger_entry_matter ON ledger_entry (matter, seq) WHERE matter <> '';

-- Which objects an entry changed, for search.
CREATE TABLE ledger_object (
	id   TEXT NOT NULL,
	kind TEXT NOT NULL,
	seq  BIGINT NOT NULL,
	PRIMARY KEY (id, kind, seq)
);

-- The bytes that were digested, and the salt. Deleting both (setting them NULL) leaves the proof intact and mute.
CREATE TABLE object_version (
	kind     TEXT NOT NULL,
	id       TEXT NOT NULL,
	version  BIGINT NOT NULL,
	digest   TEXT NOT NULL,
	salt     BLOB,
	body     BLOB,
	recorded BIGINT NOT NULL,
	PRIMARY KEY (kind, id, version)
);

-- Complete subtrees of both trees, by level and index: enough for every proof and every tile.
CREATE TABLE ledger_node (
	level  BIGINT NOT NULL,
	idx    BIGINT NOT NULL,
	sha256 BLOB NOT NULL,
	sm3    BLOB NOT NULL,
	PRIMARY KEY (level, idx)
);

-- A published head of both trees (检查点).
CREATE TABLE ledger_checkpoint (
	size      BIGINT PRIMARY KEY NOT NULL,
	published BIGINT NOT NULL,
	note      TEXT NOT NULL,
	sm3       TEXT NOT NULL
);

-- The log has one origin at a time; a recovery closes one and opens the next, at the tree size since.
CREATE TABLE ledger_origin (
	epoch  BIGINT PRIMARY KEY NOT NULL,
	origin TEXT NOT NULL,
	since  BIGINT NOT NULL,
	loss   TEXT NOT NULL
);
