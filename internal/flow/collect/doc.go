// Package collect brings a holder's data into the domain (归集): a file is checked against the published catalog entry, the subject's number is
// replaced by a keyed pseudonym, and what comes out is an immutable snapshot (快照) that is put into use in one act.
//
//	file ──▶ start act ──▶ check, pseudonymize, write ──▶ finish act
//	         loading       (an errand, outside any        active ──▶ superseded (by the next snapshot)
//	                        transaction)                  failed     (the file was refused; why stands with it)
//	                                                      lost       (the process died; the sweeper says so)
//
// Invariants:
//   - No identity number is kept: the file is read from a temporary file without a name, and the snapshot holds sid =
//     HMAC-SM3(K, kind || normal form) instead. A number that is missing, a placeholder or fails its check digit gets no sid; such rows
//     stay in the snapshot, are counted in the quality report, and never count as one unit.
//   - Nothing is half-done: a snapshot is in use from the moment of its finish act or not at all, and there is one active snapshot of
//     a resource. What a dead process left is swept away.
//   - The same file for the same version of an entry is the same snapshot, however often it is submitted.
//   - A wrong file is refused with the places that are wrong: line, column, what, what to do.
//
// The snapshot is one Parquet file in core/blob (sid first, rows sorted by sid; numbers as integers in units of the entry's scale) for
// aggregates, and the same rows by subject in the control database for answers about one subject.
//
// It does not pull from other systems and does not merge files: each file is the whole resource.
package collect
