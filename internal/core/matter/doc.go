// Package matter runs 办件: one application on its way through the steps its procedure asks for.
//
// It knows steps, deciders, clocks, opinions and documents, and no law: the procedure comes from the regime pack, and
// a stage defines its kind with who the steps are addressed to and what follows a decision.
//
//	          ┌──────── supplement (补正) ◄── returned ◄─┐
//	          ▼                                          │ return
//	submit → running ── every binding step passes ──► passed
//	          │  └───── a binding step refuses ─────────► refused
//	          └──────── the applicant withdraws ────────► withdrawn
//
// A step opens when every step it comes after is over; steps beside each other are open together. An opinion that binds
// nobody is asked for and may be given until the matter ends, but holds nothing up: silence is no veto. Each open step is a
// task (待办) in the inbox it is addressed to, with a deadline that says how it was counted. Tasks open and close in
// the transaction of the act they are about. Nobody decides on an application of their own organization, twice, or
// without giving a reason.
package matter
