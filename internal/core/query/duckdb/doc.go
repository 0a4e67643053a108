// Package duckdb runs rendered statements in DuckDB, inside a child process that
// has walls around it, and believes nothing that comes back.
//
// 原始数据不出域 ends here in code: the engine sees the raw rows of a run, so
// whatever a crafted value, an engine bug or a renderer bug makes of it, it must
// find no file, no network, no other process and no way to say anything but
// integers.
//
//	parent (server)                        child (this same binary)
//	---------------                        ------------------------
//	one frame in: statement, params,  -->  walls: rlimits, no_new_privs, empty
//	inputs, shape, limits                  network, Landlock, seccomp
//	hello: which walls stand          <--  each wall tried, not assumed
//	rows: int64 | word index | NULL   <--  DuckDB, locked down, one statement
//	end: one status of a closed list  <--
//
// The parent kills the child at the deadline, at the first byte that is not the
// protocol, and at the first row more than the caller allowed. What the engine
// says in words (errors, plans) goes to the internal log and never into an error
// a tenant could see: every failure is one sentence.
//
// MaybeWorker must be the first call of main and of TestMain in every program
// that runs jobs: it turns the process into the child when it was started as one.
//
// The package renders nothing and charges nothing: statements come from package
// render, budgets are held by package disclose.
package duckdb
