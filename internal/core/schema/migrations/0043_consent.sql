-- Consent templates that were approved with a development plan (自有模板), each accepted under that plan only; spot checks of consent
-- files (抽查): what was drawn, and what was found of each.
CREATE TABLE consent_template (
  id TEXT NOT NULL PRIMARY KEY,
  plan TEXT NOT NULL,
  scenario TEXT NOT NULL,
  org TEXT NOT NULL,
  body TEXT NOT NULL,
  approved BIGINT NOT NULL
);
CREATE INDEX consent_template_org ON consent_template (org, id);

CREATE TABLE consent_draw (
  id TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL,
  population TEXT NOT NULL,
  drawn BIGINT NOT NULL
);

CREATE TABLE consent_check (
  draw TEXT NOT NULL,
  place BIGINT NOT NULL,
  consent TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (draw, consent)
);
CREATE INDEX consent_check_consent ON consent_check (consent, draw);
