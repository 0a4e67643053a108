// Package netlog keeps the network log (网络日志): one line for each request that reached the gate, in one file a day.
//
// A line says when, by which door, method and route, with which status, how much and how long, from which address, by which
// account of which organization. It never says more: the route is the template that the request matched, and neither paths, query
// strings, bodies nor secrets are in it. Addresses are personal data; who may read lines is decided by flow/watch.
//
// Invariants: a request never waits for the disk, its line is put into memory and written within a second; lines of one day stand in
// the order in which they were answered; a day that is over is packed once (gzip) and its digest stands in the control database and in
// the ledger from then on; a packed file is never changed, only removed as a whole. What cannot be written (a full disk) is kept in
// memory up to a bound and counted beyond it; the count becomes a line of its own as soon as there is room again.
//
// A process that is killed loses what it had not written: at most a second.
package netlog
