package duckdb

import "golang.org/x/sys/unix"

const auditArch = unix.AUDIT_ARCH_AARCH64

// archCalls are the calls whose name differs here.
var archCalls = []uint32{unix.SYS_FSTATAT}
