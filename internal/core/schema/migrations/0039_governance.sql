-- What governance work on a scenario cost (数据治理服务费), booked to the organization that bears it.
CREATE TABLE governance_cost (
  id TEXT NOT NULL PRIMARY KEY,
  space TEXT NOT NULL,
  org TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX governance_cost_space ON governance_cost (space, id);
CREATE INDEX governance_cost_org ON governance_cost (org, id);
