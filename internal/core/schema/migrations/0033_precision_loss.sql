-- What may have been told about anybody when answers were lost with a part of the ledger: all that was approved then.
CREATE TABLE precision_loss (
  recipient TEXT NOT NULL,
  resource TEXT NOT NULL,
  field TEXT NOT NULL,
  model TEXT NOT NULL,
  output TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (recipient, resource, field, model, output)
);
