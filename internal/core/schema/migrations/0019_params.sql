-- Runs per model and snapshot, and distinct choices of its parameters per month, are counted over the releases themselves.
ALTER TABLE disclosure_release ADD COLUMN snapshots TEXT NOT NULL DEFAULT '';
ALTER TABLE disclosure_release ADD COLUMN tuple TEXT NOT NULL DEFAULT '';
CREATE INDEX disclosure_release_model ON disclosure_release (model, reserved);

-- What a call chose for its model's parameters, as JSON.
ALTER TABLE call ADD COLUMN params TEXT NOT NULL DEFAULT '';
