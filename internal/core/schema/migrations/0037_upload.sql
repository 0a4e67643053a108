-- Who brought a file (上传). The store keeps uploads beside the platform's own files, among them collected data, and knows none of
-- them apart: only a file with a row here is handed out as a paper, and only on a matter of who brought it.
CREATE TABLE upload (
  digest TEXT NOT NULL,
  account TEXT NOT NULL,
  org TEXT NOT NULL,
  size BIGINT NOT NULL,
  opened BIGINT NOT NULL,
  PRIMARY KEY (digest, account)
);
