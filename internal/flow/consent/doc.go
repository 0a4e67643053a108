// Package consent holds the authorisation documents (《数据访问使用授权书》) by which a person (信息主体) lets named bodies
// put named questions about them, and the state those documents create.
//
// A document is canonical JSON signed with the person's SM2 certificate. It says in plain words where the data comes
// from, for what purpose and use, in what manner, which fields, what the answer looks like, until when and how often;
// the text the person read is made from the same values and its SM3 is signed with them.
//
//	(signed on the person's device)
//	        │ submit, or handed in with a call
//	        ▼
//	      valid ── withdraw (the person) ──> withdrawn ──┐
//	        │ ──── end (the business is over) ─> ended ──┼── erase ──> the stored bytes are gone, the digests stay
//	        ├ check (抽查): failed ──> suspended ── a later check passes ──> valid
//	        └ past its last day, or used up: computed at each call, never stored
//
// A withdrawn or ended document has no way back to valid: whoever wants data again asks for a new document.
//
// Whether a document carries a call is decided by Check from the document, the call and the moment alone. No data row is
// read before, so its reasons tell nothing about anybody and are given to the caller in full.
//
// What carries a query is also spot-checked: a sample drawn by lot, a result for each file (spot.go). How long the record of an ended
// consent is kept is the pack's (keep.go).
//
// Invariants: a number (授权书编号) is taken once; a stored document is sealed with SM4 and can be deleted; the ledger and
// the rows keep keyed digests and the pseudonym sid, never a name or an identity number.
package consent
