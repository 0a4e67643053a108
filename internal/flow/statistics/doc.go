// Package statistics permits official statistics without noise (精确统计许可).
//
// Everything else that leaves is noised. Where a law asks for exact figures, the bureau decides, with the holders of the data,
// on the ground, the resources, the purpose, the recipient and the term; without such a decision exact mode is refused
// (default deny). What the permit opens is a way through flow/lab to flow/output, whose audits still have their say.
//
//	applied ──► permitted ──► ended | lapsed      applied ──► refused | withdrawn
//
// A permit is one core/access permit per resource, all under the scenario's: suspending the organization or ending the
// scenario's permit ends exact mode with it.
package statistics
