// Package release turns exact cells into what may leave the domain (出域): noised,
// thresholded, with its error stated and its cost in the disclosure ledger proven.
//
//	NewPlan    before the run, from the model and public metadata: how much noise each
//	           vector gets, what the release costs, what accuracy to expect
//	Collect    after the run: exact cells + plan -> released table + evidence
//	Evidence   everything a reviewer needs to recompute the cost and see the noise
//
// Invariants:
//   - The cost is a property of the query: rho = sum over vectors of L0*C^2/(2*sigma^2),
//     with L0 cells per unit and C the most one unit moves a cell, neighbors differing in
//     one unit. Nothing about it is read off the data.
//   - Every cell of the public domain gets noise, also the empty ones: which cells are
//     shown is decided on noisy numbers only.
//   - Arithmetic about cost and noise is in integers and rationals. Floating point occurs
//     in displayed errors only.
//   - A cell that is not shown leaves nothing but "*". Totals are sums of shown cells.
//
// The package does not know budgets (package disclose) and does not decide whether the
// table may leave (flow/output).
package release
