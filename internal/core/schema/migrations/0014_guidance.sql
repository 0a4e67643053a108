CREATE TABLE guidance (
  id TEXT NOT NULL PRIMARY KEY,
  matter TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX guidance_matter ON guidance (matter, id);
