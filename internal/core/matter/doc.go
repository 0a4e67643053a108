// Package matter runs 办件: one application on its way through the steps its procedure asks for.
//
// It knows steps, deciders, clocks, opinions and documents, and no law: the procedure comes from the regime pack, and
// a stage defines its kind with who the steps are addressed to and what follows a decision.
//
//	          ┌──────── supplement (补正) ◄── returned ◄─┐──── unanswered ──► withdrawn
//	          ▼                                          │ return
//	submit → running ── every binding step passes ──► passed ── revoke (撤销) ──► revoked
//	          │  ▲ └─── a binding step refuses ───────► refused
//	          │  └────────── appeal set it aside (申诉) ────┘
//	          └──────── the applicant withdraws ────────► withdrawn
//
// A step opens when every step it comes after is over; steps beside each other are open together. An opinion that binds
// nobody is asked for and may be given until the matter ends or it lapses, but holds nothing up: silence is no veto. Each
// open step is a task (待办) in the inbox it is addressed to, with a deadline that says how it was counted. Tasks open and
// close in the transaction of the act they are about. Nobody decides on an application of their own organization, twice, or
// without giving a reason.
//
// Where to read what: flow.go the transitions; join.go how several decide one step (会签); clock.go limits, pauses,
// extensions; draw.go panels by lot; publicity.go and objection.go the period in public (公示); timer.go and sweep.go what time
// does by itself; hand.go who hands a step on (转办, 回避) and stops its clock; cosign.go further opinions (加签); urge.go
// 抄送, 催办, 督办; delegate.go absences (委派); late.go paper decisions entered later (补录), corrections and revocation;
// appeal.go 申诉; version.go documents of former rounds; inbox.go the views of an inbox.
//
// A stage that defines a Kind gets all of this. Beside Ended it may say Revoked (what follows when a passed decision is taken
// back; without it nobody can) and Reopened (how its own state returns from a refusal that an appeal set aside; without it the
// applicant applies anew). A panel is drawn by lot for every kind: Addressed is not asked about it.
package matter
