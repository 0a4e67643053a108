// Package serve answers one question about one person, under that person's consent (数据调用, 实时查询; class B).
//
// A data user deploys (部署) an approved model under its grant and then calls it, one person at a time:
//
//	authenticate ─> permit ─> purpose ─> consent ─> quota and precision ─> rows by sid ─> interpreter ─> entry ─> answer
//	└──────────── decided without looking at any data row ─────────────┘ └────── one transaction, one entry ──────┘
//
// Every refusal is decided left of the rows, so its reason tells nothing about anybody and is given in full; right of
// them nothing refuses any more. A person without a record, an empty field and a value get an answer of the same
// shape, and all leave on the tick of a clock (Pace), so that neither words nor time tell who is in the data.
//
// request_id makes a call idempotent: the same request within ten minutes is answered the same again after all checks
// have been made again, and counts once. The kept answer is sealed, and goes with the consent.
//
// Invariants: an answer leaves only after its entry is durable, and only while the ledger's own seal keeps up; a call
// that counts a use, takes quota and precision and leaves an entry does all of it or nothing; a refused call leaves an
// entry too. The row of a call holds a salted digest of the answer, never the answer.
//
// It does not decide what a model may ask (grant, lab), nor what a consent says (consent).
package serve
