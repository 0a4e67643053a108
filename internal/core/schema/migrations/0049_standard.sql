-- Versions of a standard with their checks (威海 第八条), and what the catalog and the interface were found to be against one.
CREATE TABLE standard (
  id TEXT NOT NULL PRIMARY KEY,
  notice TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE TABLE conformity (
  id TEXT NOT NULL PRIMARY KEY,
  series TEXT NOT NULL,
  area TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX conformity_series ON conformity (series, area, id);
