// Package audit decides whether an exact table (official statistics under a permit) may leave, on evidence that never does.
// It is pure: integers, sets of unit ordinals and thresholds in, findings out. Which thresholds hold is the law's to say.
//
//	Primary     cells that tell about too few units, or about one that dominates
//	Group       lines of a table that tell what everybody in a group has
//	Suppress    further cells to hide, so that margins do not give the hidden ones back
//	Exposed     hidden cells whose interval from the margins is still too narrow
//	Differences two released cells of any tenants that differ by a few units
//	Family      released cells that together solve for a few units
//
// An exact table cannot be differentially private. These audits are necessary, not sufficient: integrality and
// outside knowledge can still tell, auditing counts in general is coNP-hard, and a refusal is itself an answer. So a
// family that was refused once goes to a person.
package audit
