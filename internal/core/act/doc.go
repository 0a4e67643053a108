// Package act is the one way anything changes: begin, load, judge, transition, save, ledger, commit.
//
// An act is known by name and by the roles that may do it; an unknown name or another role is refused. Runner.Do
// opens one transaction, and whatever the function did in it (nested ...Tx calls of other services included) becomes
// one ledger entry with its changes and verdicts. A refusal by law or by right rolls everything back and is then
// written by a transaction of its own: being refused is a normal result and leaves a trace.
//
// An errand (a run, a load) is two acts: start, I/O outside any transaction, finish, whose entry cites the start.
package act
