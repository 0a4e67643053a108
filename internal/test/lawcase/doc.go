// Package lawcase runs the cases of law of a pack against the program's real acts. A case says: on this day, given these
// facts, this act gets these verdicts. Judged on paper (regime.RunCases) that proves the rule; here a whole node does the act,
// with the case's facts in place of the loaders', and the verdicts that the act itself left in the ledger, or refused with,
// are compared. So a rule bound to an act that the program judges without the rule's object, or not at all, is found.
//
// What leads up to an act (an organization, a catalog, a scenario) is arranged with the rules silenced, by the pack's own
// procedures.
package lawcase
