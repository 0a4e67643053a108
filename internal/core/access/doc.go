// Package access answers two questions: who is asking, and on what permit.
//
// Who: an Account is a real-name login of a person who acts for an organization (经办、审核、审批人员), of an
// expert, or of a citizen, whose account carries the pseudonym of their identity number and never the number.
// Passwords are kept as bcrypt hashes, session and API tokens as SHA-256 digests.
//
// On what permit: a Permit (许可) is what an admission, a grant, an agreement or a consent leaves behind. It is
// valid iff it is active, in its term, and every parent is valid, computed at use: suspending an organization is
// one row, effective at once everywhere, and lifting it restores exactly what was suspended.
//
// The package holds types and SQL, no acts: core/act stands to its right and needs to know the actor.
package access
