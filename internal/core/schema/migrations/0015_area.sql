-- Bodies of one deployment stand in different areas (行政区域); '' is the area that the deployment serves.
CREATE TABLE org_area (
  org TEXT NOT NULL PRIMARY KEY,
  area TEXT NOT NULL
);
CREATE INDEX org_area_area ON org_area (area, org);

-- What is decided is decided in one area, whatever area the applicant comes from.
ALTER TABLE matter ADD COLUMN area TEXT NOT NULL DEFAULT '';
ALTER TABLE notice ADD COLUMN area TEXT NOT NULL DEFAULT '';
ALTER TABLE scenario ADD COLUMN area TEXT NOT NULL DEFAULT '';
ALTER TABLE agreement ADD COLUMN area TEXT NOT NULL DEFAULT '';
ALTER TABLE grants ADD COLUMN area TEXT NOT NULL DEFAULT '';
ALTER TABLE authorized ADD COLUMN area TEXT NOT NULL DEFAULT '';
ALTER TABLE filing ADD COLUMN area TEXT NOT NULL DEFAULT '';
CREATE INDEX matter_area ON matter (area, id);

-- Papers in the organizations' files: by what a body is designated, empowered or a member.
CREATE TABLE designation (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  account TEXT NOT NULL,
  state TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX designation_org ON designation (org, id);
