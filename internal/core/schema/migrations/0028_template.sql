-- A version of a standard text (范本): a pledge, a form, an agreement. It counts from the instant it was put into force.
CREATE TABLE form_template (
  id TEXT NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL,
  version BIGINT NOT NULL,
  since BIGINT NOT NULL,
  body TEXT NOT NULL
);
CREATE UNIQUE INDEX form_template_version ON form_template (slug, version);
