-- Security conformity assessments of models (安全符合性评估), and the model that a data service is declared to train or verify.
CREATE TABLE model_assessment (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  model TEXT NOT NULL,
  body TEXT NOT NULL,
  opened BIGINT NOT NULL
);
CREATE INDEX model_assessment_model ON model_assessment (org, model, id);

ALTER TABLE deployment ADD COLUMN trains TEXT NOT NULL DEFAULT '';
