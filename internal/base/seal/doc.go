// Package seal holds this installation's secrets and what is done with them: one key file with the root key (from which
// every other secret is derived), the two keys that sign the ledger's heads (Ed25519, and SM2 for 国密), and the trust
// anchor (信任锚) that issues the SM2 certificates under which people sign consents.
//
// The key file is the one thing besides the databases that must be backed up: without the root key, subject
// identifiers can no longer be computed; without the log keys, no new head fits the old ones. Whoever reads it can sign
// in this installation's name; the defense against that is the witness outside, not this package.
//
// Verification needs no secret and works offline: notes by ParseVerifier, people's signatures by Anchor.VerifySigned.
package seal
