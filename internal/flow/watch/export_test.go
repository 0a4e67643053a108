package watch

// For tests in which something happens between the snapshot and the files.
var AuditLog = (*Service).auditLog
