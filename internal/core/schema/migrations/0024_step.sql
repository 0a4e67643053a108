-- A WebAssembly module that a tenant uploaded for a step of its models: known by the digest of its bytes, each organization's own.
-- bytes is base64.
CREATE TABLE step_module (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  hash TEXT NOT NULL,
  body TEXT NOT NULL,
  bytes TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE UNIQUE INDEX step_module_hash ON step_module (org, hash);

-- The module that a deployment runs, in base64; empty without one.
ALTER TABLE deployment ADD COLUMN module TEXT NOT NULL DEFAULT '';
