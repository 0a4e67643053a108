// Package lab is the secure processing environment (授权运营域): spaces, samples, models, runs.
//
// A data user opens one space (开发空间) for a scenario whose pre-declaration passed. In it, it writes models in SQL on
// synthetic samples; nothing there touches a raw row. A submitted model version is the intermediate representation
// and its hash: the text is only a comment. The hash is declared (flow/grant), signed by experts, and exactly that
// representation runs on raw data, under a grant in force.
//
//	Space:    open, while its permit is valid
//	Version:  submitted (immutable) ── declared and approved ──► may run; shared ──► others may reuse it unchanged
//	Run:      running ──► done | failed | lost        an errand: start act, engine, finish act
//
// What a run on raw data leaves is a release with noise, already charged; it stays inside until flow/output lets it out.
package lab
