-- A task by which somebody of another body was invited to one file: it lets them see the file while it is open, and gives them no
-- other business with it.
ALTER TABLE task ADD COLUMN outside BIGINT NOT NULL DEFAULT 0;
