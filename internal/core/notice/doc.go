// Package notice keeps what the bureau makes public (公示、公告): that rules on trial go on (试行期延续), how much of a data
// set may be disclosed (披露额度), and plain announcements.
//
// Who acts: the data bureau publishes, and the body that published revokes. Everyone may read, signed in or not.
//
//	publish, continue ──> published ── revoke ──> revoked (stays on the list, with the reason)
//
// Invariants: a published text never changes, and nothing is taken off the list: what was wrong is revoked, which is an act of
// its own, and published anew. A continuation names the paper that decided it, and counts for the law (the fact
// pack.continued_until) as long as it is not revoked.
package notice
