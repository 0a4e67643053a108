// Package proof is what the ledger (账本) publishes and how anyone checks it without trusting the operator: entries,
// receipts, exports, and their verification offline. cmd/verify is this package and a command line; so is
// `yunei ledger verify`.
//
// It is pure Go, opens no database and talks to no server. Input is parsed strictly, since it may come from whoever
// wants a forged record to pass: unknown members, trailing data and digests of a wrong length are faults.
//
// What a valid receipt proves: this entry stood at this place in a tree whose head the holder of the key signed. What
// it does not prove: that the key is the bureau's (compare it with the one published elsewhere, --key), that nobody was
// shown another history (that takes witnesses), and what the digests in the entry stand for.
package proof
