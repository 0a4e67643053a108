// Package watch is supervision (监督管理): the credit file of an organization (信用档案), orders to rectify (责令整改), what follows when an
// admission or an authorization ends (退出), recurring reports, evaluations, complaints, files of inspections and incidents (监督案卷).
//
// The data bureau, the operator, the department that authorized or the body whose data is used orders; nobody supervises their own
// organization. What closes access does so on a permit (core/access), so that everything under it follows at its next use.
//
//	Breach:      standing ──> revoked (it was wrong) | repaired (信用修复)
//	Order:       open ──> reported ──> accepted (access opens again) | open (继续整改) | failed ──> Exit
//	             open ──> overdue (the platform's timer) ──> reported | failed        standing: 通报 without a term
//	Exit:        deleting ──> deleted ──> certified (by a second person)
//	Report:      due ──> overdue ──> filed ──> accepted | returned ──> filed
//	Evaluation:  concluded ──> confirmed (by a second person; a failure may end what was evaluated) | rejected
//	Complaint:   filed ──> upheld | rejected | withdrawn
//	Inspection:  open ──> concluded; its findings: open ──> handled ──> closed | open, also after the conclusion
//
// Who owes a report or an evaluation is computed from the permits in force and the cycles a pack sets; the platform's timer only
// reminds and puts delays on record. Whatever ended elsewhere, or by its term, gets its exit from that timer. What is in a record
// counts through facts (org.last_breach, org.order_open, org.overdue_reports, org.last_evaluation…): the pack says how.
//
// Logs outlive what they are about: no statement of the program deletes them. Of the network log (core/netlog) each day that is over
// is closed by an act of the platform with its digest; a search is an act with a reason; whole days are purged by an act, once the
// period of the loaded law is over, counted from the day and from the exit of everybody with lines on it. Nothing purges by itself.
package watch
