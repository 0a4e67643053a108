// Package standard holds the catalog and the interface against a standard (标准): 威海 第八条 has the platform built by the provincial
// standards and norms.
//
// A standard arrives as a file of checks (regime.StandardSpec). Loading it publishes a version of its series like every other rule that is
// made public (制度、标准, notice.Edition), with its first day; revoking the notice takes the version back. A check of the catalog looks at each
// published entry of every body in the bureau's area, and at the interface that the platform offers, and leaves a report (符合性报告): the
// version, and each deviation by entry and clause with what to do. Nothing is refused by it.
//
// The bureau loads and checks; auditors and supervising bodies read.
package standard
