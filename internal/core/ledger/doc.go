// Package ledger (账本) records every act so that nobody can rewrite it unnoticed: an auditor, the upper bureau, a data
// provider or a citizen can check it without trusting the operator.
//
//	Add        an act adds its entry in its own transaction: no entry, no act
//	Seal       the sealer gives entries their leaf numbers and integrates them into two trees (SHA-256, SM3)
//	publish    both heads are signed (Ed25519, SM2) and kept on a second path outside the database
//	Proof      an entry's receipt: inclusion proofs and signed checkpoints, verified offline by package proof
//	Fsck       recomputes everything from the stored bytes, and compares the current rows with what was recorded
//
// Invariants: entries are sealed WHERE leaf IS NULL under a lock (by "seq > last", PostgreSQL would lose rows that commit
// late); a tree is extended only if it still has the root that was signed last; a database that is behind its published
// head takes no acts until it is restored or its loss has been stated and signed (Recover).
//
// Digests of objects are HMAC-SM3 under a salt of their own per version: a plain hash of a small value could be guessed
// for ever. Forget deletes bytes and salt; the proof stays intact and mute.
//
// The package judges nothing and knows no object kind; owners of kinds Register how to load the current row.
package ledger
