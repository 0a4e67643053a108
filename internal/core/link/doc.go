// Package link joins deployments of the platform (平台节点互联): the node of a county with its city's, a city's with the
// province's. Each is a platform of its own, with its own law, database and ledger; letters (往来报文) go between them.
//
//	publish, in the act's own transaction          on the other node
//	    waiting ──── carried, answered ────▶ accepted   an act of that node, once
//	       │  ▲                        └───▶ refused    its law or its state forbids it: shown with its words
//	       └──┘ no answer: again, later
//
// Two nodes are joined when the bureau of each has recorded the other's card (节点名片) with the paper on which both agreed:
// the card pins the key, and nothing but that key speaks for the node. A request is signed (RFC 9421, Ed25519), and so is
// its answer; TLS below it is the server's.
//
// Invariants: a letter is written with the act it tells of, or neither is. Letters of one node are taken in the order of their
// numbers and each once: what comes twice gets the answer it got. A request carries a turn that only grows, so that a recorded
// one is worth nothing later. A letter holds what a register shows; there is no kind of letter that carries rows of data.
//
// What a letter means is said by the stage that handles its kind; this package carries, keeps and answers.
package link
