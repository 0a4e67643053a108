// Package regime is the law as data: it loads regime packs (规则包), judges an act by the rules in force on
// the day of the act, and explains the verdict with the article and its own words (依据).
//
// A pack is a folder under regimes/: the articles as text, procedures (which steps lead to a decision, who
// takes them, how long), values (limits, periods, fees) and rules. A rule is a CEL condition over facts.
// A fact is named and typed, registered by the stage that knows it, and loaded by object id inside the act's
// own transaction; only facts that a rule bound to the act names are loaded, and each at most once. So
// imports go one way and facts go both ways.
//
// What a pack can do is narrow. It can add a step, a document, a wait, a limit, a refusal. It cannot open
// a transition that the Go code of a stage does not have: a Judgement is a list of verdicts, never an effect.
//
// Invariants:
//   - Judging fails closed: a fact that cannot be loaded is an error, never a pass. A rule says by "about"
//     when it concerns only acts that carry a certain object.
//   - Every rule cites an article and quotes words that occur in it; Load refuses a pack where one does not.
//   - Law is decided by the legal day of the act (occurred), never by the machine's clock.
//   - A Law is immutable after Load and safe for concurrent use.
//
// The package does not run matters (core/matter), does not write the ledger and knows no table of a stage.
// docs/pack-format.md describes every field of a pack.
package regime
