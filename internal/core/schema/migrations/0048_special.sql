-- What a special law sets for one catalog entry in place of a general value (威海 第二条). What statements look by stands in columns
-- as well, and there the columns decide.
CREATE TABLE special_rule (
  id TEXT NOT NULL PRIMARY KEY,
  entry TEXT NOT NULL,
  value TEXT NOT NULL,
  state TEXT NOT NULL,
  from_day TEXT NOT NULL,
  until_day TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX special_rule_entry ON special_rule (entry, id);
