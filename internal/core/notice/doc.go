// Package notice keeps what is made public (公示、公告): that rules on trial go on (试行期延续), how much of a data set may be
// disclosed (披露额度), calls for applications (征集通告), results in public before they hold (公示), rules and standards by
// version (制度、标准), lists (名单), and plain announcements.
//
// Who acts: the data bureau and the other bodies that decide publish in their own name, and the body that published revokes;
// a pack may leave a kind of notice to some of them. Everyone may read, signed in or not.
//
//	publish, call, continue ──> published ── revoke ──> revoked (stays on the list, with the reason)
//
// Invariants: a published text never changes, and nothing is taken off the list: what was wrong is revoked, which is an act of
// its own, and published anew. A continuation names the paper that decided it, and counts for the law (the fact
// pack.continued_until) as long as it is not revoked. A call is open from one instant until before another, to the minute. Of
// a series of rules one version is in force on a day: the newest that has begun and is not revoked; the others stay readable.
//
// A message (消息) tells one account, or those in a role, and nobody else. It is sent in the transaction of the act it tells
// of (Send), or by a timer (Remind), which tells a thing once however often it looks and wherever the program stopped. It
// holds no personal datum: a kind, the object, and what fills in the sentence. One with a due day says what is owed outside
// a matter, until the act that does it settles it.
package notice
