-- What one bureau decision allows: caps other than the defaults, and the share (额度) a grant carries.
-- scope: resource-year, resource-lifetime, grant, group. period '' holds for every period without a row of its own.
CREATE TABLE disclosure_budget (
  scope TEXT NOT NULL,
  id TEXT NOT NULL,
  period TEXT NOT NULL,
  resource TEXT NOT NULL,
  cap BIGINT NOT NULL,
  decision TEXT NOT NULL,
  decided BIGINT NOT NULL,
  PRIMARY KEY (scope, id, period)
);
CREATE INDEX disclosure_budget_resource ON disclosure_budget (scope, resource, period);

-- One release (披露): reserved before its run, then spent, or void if the run never started.
CREATE TABLE disclosure_release (
  id TEXT NOT NULL PRIMARY KEY,
  query_key TEXT NOT NULL,
  model TEXT NOT NULL,
  tenant TEXT NOT NULL,
  tenant_group TEXT NOT NULL,
  access_grant TEXT NOT NULL,
  period TEXT NOT NULL,
  rho BIGINT NOT NULL,
  delta BIGINT NOT NULL,
  k BIGINT NOT NULL,
  cells BIGINT NOT NULL,
  request TEXT NOT NULL,
  state TEXT NOT NULL,
  outcome TEXT NOT NULL,
  output TEXT NOT NULL,
  digest TEXT NOT NULL,
  reserved BIGINT NOT NULL,
  settled BIGINT NOT NULL
);
CREATE INDEX disclosure_release_key ON disclosure_release (query_key, state);
CREATE INDEX disclosure_release_state ON disclosure_release (state, reserved);
CREATE INDEX disclosure_release_tenant ON disclosure_release (tenant, reserved, id);

-- What a release costs in each scope it touches. Sums are taken over these rows, never kept.
CREATE TABLE disclosure_charge (
  scope TEXT NOT NULL,
  id TEXT NOT NULL,
  period TEXT NOT NULL,
  release TEXT NOT NULL,
  rho BIGINT NOT NULL,
  PRIMARY KEY (scope, id, period, release)
);
CREATE INDEX disclosure_charge_release ON disclosure_charge (release);

-- Every change of a release or a budget, chained: hash = SHA-256(prev, seq, at, kind, subject, body).
CREATE TABLE disclosure_event (
  seq BIGINT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  prev TEXT NOT NULL,
  hash TEXT NOT NULL
);

-- What one recipient group has learned about one field of one subject in one value period.
CREATE TABLE precision_state (
  sid TEXT NOT NULL,
  recipient TEXT NOT NULL,
  resource TEXT NOT NULL,
  field TEXT NOT NULL,
  period TEXT NOT NULL,
  body TEXT NOT NULL,
  cells BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  PRIMARY KEY (sid, recipient, resource, field, period)
);

-- What the outputs approved for one recipient group can tell about one field.
CREATE TABLE precision_template (
  recipient TEXT NOT NULL,
  resource TEXT NOT NULL,
  field TEXT NOT NULL,
  model TEXT NOT NULL,
  output TEXT NOT NULL,
  body TEXT NOT NULL,
  approved BIGINT NOT NULL,
  PRIMARY KEY (recipient, resource, field, model, output)
);
CREATE INDEX precision_template_model ON precision_template (recipient, model);
