// Package open lets everyone see and take open data (公共数据开放): what a holder catalogued as open without condition (无条件开放) and the
// bureau published.
//
// It has no states of its own: a resource is open as long as its entry says so, decided at every request and never copied. Nobody signs
// in, so nothing here is an act and nothing is recorded but how often a resource was taken.
//
// Invariants: only items that are themselves open, in an entry that is published and open without condition, ever leave; a
// resource that is not open is answered in the same words as one that does not exist. Rows leave as the holder collected them, each
// download with the digest of its bytes, the same bytes for the same snapshot.
//
// It does not open anything conditionally (有条件开放): that is an application with an answer, and goes another way.
package open
