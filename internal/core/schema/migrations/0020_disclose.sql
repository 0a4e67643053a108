-- A selection of groups (分组遴选) also costs a chance that its promise does not hold, in units of 10^-15.
ALTER TABLE disclosure_charge ADD COLUMN delta BIGINT NOT NULL DEFAULT 0;

-- Related companies (关联企业) are one asker: who is in which group, since when, on which paper. A row stands for good; an
-- ended one still counts for the year in which it ended.
CREATE TABLE related_company (
  id TEXT NOT NULL PRIMARY KEY,
  org TEXT NOT NULL,
  related TEXT NOT NULL,
  body TEXT NOT NULL,
  since BIGINT NOT NULL,
  until BIGINT NOT NULL
);
CREATE INDEX related_company_org ON related_company (org);
CREATE INDEX related_company_related ON related_company (related);
