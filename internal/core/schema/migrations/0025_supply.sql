-- An application for data under a scenario, and the parts it splits into: each is decided on by its own provider.
CREATE TABLE supply_application (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  scenario TEXT NOT NULL,
  operator TEXT NOT NULL,
  area TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX supply_application_org ON supply_application (org, id);
CREATE INDEX supply_application_operator ON supply_application (operator, id);
CREATE INDEX supply_application_scenario ON supply_application (scenario, id);

CREATE TABLE supply_part (
  id TEXT NOT NULL PRIMARY KEY,
  application TEXT NOT NULL,
  provider TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX supply_part_application ON supply_part (application, id);
CREATE INDEX supply_part_provider ON supply_part (provider, id);

-- What the bureau gives to an operator under its agreement, what the operator did to it before it supplies, and what developers
-- ask for that no resource in operation gives.
CREATE TABLE supply_provision (
  id TEXT NOT NULL PRIMARY KEY,
  operator TEXT NOT NULL,
  resource TEXT NOT NULL,
  area TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX supply_provision_operator ON supply_provision (operator, resource, id);

CREATE TABLE supply_processing (
  id TEXT NOT NULL PRIMARY KEY,
  operator TEXT NOT NULL,
  resource TEXT NOT NULL,
  state TEXT NOT NULL,
  area TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX supply_processing_operator ON supply_processing (operator, resource, id);

CREATE TABLE supply_demand (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  scenario TEXT NOT NULL,
  state TEXT NOT NULL,
  area TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX supply_demand_org ON supply_demand (org, id);
CREATE INDEX supply_demand_scenario ON supply_demand (scenario, id);

-- Who supplied by an act of its own ('' where a run did), and whether a copy is still there.
ALTER TABLE space_supply ADD COLUMN supplier TEXT NOT NULL DEFAULT '';
ALTER TABLE space_supply ADD COLUMN held BIGINT NOT NULL DEFAULT 0;
CREATE INDEX space_supply_supplier ON space_supply (supplier, id);
CREATE INDEX space_supply_held ON space_supply (state, held, id);
