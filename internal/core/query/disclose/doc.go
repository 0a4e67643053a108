// Package disclose keeps the two ledgers against adding answers up (不得通过多模型叠加逆算原始数据).
//
// The disclosure ledger (披露台账) is over resources and subject classes, not over
// models: whatever model, tenant, view or version asks, a release of aggregates is
// charged in full to every resource it reads, to that resource's lifetime, to the
// grant's share and to the tenant's group of related companies. A release from a series
// is charged to the month it was proved to lie within as well, or else to every month.
//
//	Reserve --> (run) --> Spend      outcome released or failed: the charge stands
//	    |                  Lost      the process died: the charge stands
//	    `---------------> Void       only when the run never started
//
// Invariants:
//   - Reserved before the run, in one transaction that holds the scopes' locks; no scope
//     ever exceeds its cap, whoever races, whatever is killed.
//   - Spent whatever came out: a refund that depended on data would be an answer.
//   - Sums are taken over the charges at every decision; no running total can drift.
//   - An equal request is recognized by its query, never by its result, and is served
//     the stored release without a charge.
//   - Every event is chained by hash; Verify recomputes the chain and the sums.
//
// The precision ledger (精度台账) is for answers about one subject: how many values of
// a field one recipient group can tell apart. Approval proves the cap for all outputs
// of the group together (Approve); at run time it is only counted (ChargePrecision).
//
// Rho adds (zero-concentrated differential privacy composes by addition, also when
// later questions depend on earlier answers), in integers of 10^-12.
package disclose
