CREATE TABLE space (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  scenario TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE UNIQUE INDEX space_scenario ON space (org, scenario);

CREATE TABLE model (
  id TEXT NOT NULL PRIMARY KEY,
  space TEXT NOT NULL,
  org TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX model_space ON model (space, id);

CREATE TABLE model_version (
  id TEXT NOT NULL PRIMARY KEY,
  model TEXT NOT NULL,
  org TEXT NOT NULL,
  hash TEXT NOT NULL,
  number BIGINT NOT NULL,
  shared BIGINT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE UNIQUE INDEX model_version_number ON model_version (model, number);
CREATE INDEX model_version_hash ON model_version (hash, id);
CREATE INDEX model_version_shared ON model_version (shared, id);

CREATE TABLE run (
  id TEXT NOT NULL PRIMARY KEY,
  space TEXT NOT NULL,
  org TEXT NOT NULL,
  version TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX run_space ON run (space, id);
CREATE INDEX run_state ON run (state, opened);
CREATE INDEX run_org ON run (org, id);

CREATE TABLE release_request (
  id TEXT NOT NULL PRIMARY KEY,
  run TEXT NOT NULL,
  org TEXT NOT NULL,
  state TEXT NOT NULL,
  matter TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX release_request_org ON release_request (org, id);
CREATE INDEX release_request_run ON release_request (run, id);
