-- An application of later values to running matters (过渡适用), proposed by one person and confirmed by another.
CREATE TABLE transition (
  id TEXT NOT NULL PRIMARY KEY,
  state TEXT NOT NULL,
  area TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX transition_area ON transition (area, id);
CREATE INDEX matter_running ON matter (id) WHERE state IN ('running', 'returned');
