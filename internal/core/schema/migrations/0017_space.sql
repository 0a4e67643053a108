-- What was put into a space, with every batch.
CREATE TABLE space_supply (
  id TEXT NOT NULL PRIMARY KEY,
  space TEXT NOT NULL,
  org TEXT NOT NULL,
  provider TEXT NOT NULL,
  resource TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX space_supply_space ON space_supply (space, resource, id);
CREATE INDEX space_supply_provider ON space_supply (provider, id);

CREATE TABLE space_seat (
  id TEXT NOT NULL PRIMARY KEY,
  space TEXT NOT NULL,
  account TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX space_seat_space ON space_seat (space, state, id);
CREATE INDEX space_seat_account ON space_seat (account, state, id);

-- Sessions and what was done in them; closed is 0 while one is open.
CREATE TABLE space_session (
  id TEXT NOT NULL PRIMARY KEY,
  space TEXT NOT NULL,
  account TEXT NOT NULL,
  opened BIGINT NOT NULL,
  seen BIGINT NOT NULL,
  closed BIGINT NOT NULL
);
CREATE INDEX space_session_space ON space_session (space, id);
CREATE INDEX space_session_account ON space_session (space, account, closed);
CREATE TABLE space_activity (
  session TEXT NOT NULL,
  what TEXT NOT NULL,
  object TEXT NOT NULL,
  space TEXT NOT NULL,
  times BIGINT NOT NULL,
  first BIGINT NOT NULL,
  last BIGINT NOT NULL,
  PRIMARY KEY (session, what, object)
);
CREATE INDEX space_activity_space ON space_activity (space, last);

-- What each run and trial used: month is 2006-01, times are microseconds.
CREATE TABLE space_usage (
  id TEXT NOT NULL PRIMARY KEY,
  space TEXT NOT NULL,
  month TEXT NOT NULL,
  kind TEXT NOT NULL,
  cpu BIGINT NOT NULL,
  wall BIGINT NOT NULL,
  in_rows BIGINT NOT NULL,
  in_bytes BIGINT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX space_usage_month ON space_usage (space, month);

-- What the platform found by itself: data used for another scenario, copies that should be gone.
CREATE TABLE space_finding (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  space TEXT NOT NULL,
  kind TEXT NOT NULL,
  addressee TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX space_finding_org ON space_finding (org, id);
CREATE INDEX space_finding_addressee ON space_finding (addressee, id);

-- What a user owes when a consent is over: to delete what it was given under it.
CREATE TABLE watch_erasure (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  consent TEXT NOT NULL,
  state TEXT NOT NULL,
  due TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE UNIQUE INDEX watch_erasure_consent ON watch_erasure (org, consent);
CREATE INDEX watch_erasure_org ON watch_erasure (org, id);
CREATE INDEX watch_erasure_due ON watch_erasure (state, due);

-- Every call of a data service, answered or not: how it went, how long it took, how much it gave. No word of whom it was about.
CREATE TABLE service_call (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  deployment TEXT NOT NULL,
  month TEXT NOT NULL,
  outcome TEXT NOT NULL,
  latency BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX service_call_month ON service_call (deployment, month);
