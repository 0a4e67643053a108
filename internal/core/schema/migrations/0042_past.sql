-- The text of every pack that acts were judged by, under the digest that their entries name.
CREATE TABLE regime_text (
  digest TEXT NOT NULL PRIMARY KEY,
  pack TEXT NOT NULL,
  body TEXT NOT NULL,
  kept BIGINT NOT NULL
);
