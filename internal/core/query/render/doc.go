// Package render writes a model of the closed language as one DuckDB statement.
//
// No byte of a tenant's text is in a statement: tables and columns are named by
// position (t0, c3) or from the catalogue, numbers are written by us, text is bound
// as parameters. The same model always renders to the same statement.
//
// A class A model becomes
//
//	rows  ->  (unit, cell, arguments)      keys packed into one small integer, the cell
//	      ->  one row per unit and cell    rows capped, sums clamped: the L-infinity bound
//	      ->  at most Groups cells a unit  by a keyed hash, only where the domain has more
//	      ->  cell, units, one exact integer per vector
//
// Everything is integers: sums never see a float, and a sum that reached 2^62 would
// stop there instead of failing, because a run must not fail on account of a row.
//
// The statement is exact, not private: what it returns goes to package release and
// nowhere else. The interpreter (package interp) is the oracle of this renderer.
package render
