// Package party keeps the organizations (单位) that take part, their qualifications, and how they are admitted (入驻).
//
// Who acts: an applicant registers its organization and applies; where it authenticates by QR code, its legal
// representative (法定代表人) opens the code on a phone and signs the pledge (入驻承诺书) with a personal certificate;
// where it authenticates on paper, it uploads the sealed papers. The platform operator decides.
//
//	registered ── apply(qr) ──> applied ── pledge ──┐
//	     │                                          ├──> admit ──> admitted ── suspend / lift / end (its permit)
//	     └────── apply(paper) ──────────────────────┘ └─> refuse ─> refused (may apply again)
//
// Admission issues the permit that every later permit of the organization descends from. To suspend an organization
// (暂停数据服务) is to suspend that one permit: everything under it stops at once, and lifting restores exactly that.
//
// Invariants: an admission code is random, works once and dies when the period that the regime names has passed; only its
// keyed digest is stored. The identity number of a representative is never stored, only a keyed digest to compare with.
// How long a code lives, which organizations may use it and which papers are asked for is law, so it stands in the packs;
// this package offers the facts.
package party
