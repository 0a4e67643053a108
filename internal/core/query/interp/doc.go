// Package interp runs models in Go: class B over one subject's rows where a citizen waits, class O over open rows, and
// class A over rows in memory as the oracle that every engine is compared with.
//
// What the operators mean is spelled out here once; an engine that answers differently is wrong. Every operator is
// total: a program compiled from a model that the guard accepted cannot fail on any row, so that no row can say
// anything by making a run fail.
//
// The package adds no noise and keeps no ledger. What Aggregate returns is exact and must not leave the domain.
package interp
