-- Which call (征集通告) a scenario answers, to count and rank the candidates of one call.
ALTER TABLE scenario ADD COLUMN answers TEXT NOT NULL DEFAULT '';
CREATE INDEX scenario_answers ON scenario (answers, id) WHERE answers <> '';

-- One rater's scores of a candidate by the published criteria.
CREATE TABLE scenario_rating (
  id TEXT NOT NULL PRIMARY KEY,
  scenario TEXT NOT NULL,
  account TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE UNIQUE INDEX scenario_rating_rater ON scenario_rating (scenario, account);

-- Whose lists an evaluation stands on.
ALTER TABLE watch_evaluation ADD COLUMN evaluator TEXT NOT NULL DEFAULT '';
CREATE INDEX watch_evaluation_evaluator ON watch_evaluation (evaluator, id);
