// Package output lets results out of the domain (结果出域): the automatic checks, the people's review, the export.
//
// A data user asks for the release of a run's table. The checks run first, on the noised table and metadata only: a
// veto that looked at raw data would itself be an output nobody counted. A release that a check blocks goes no further;
// what passes goes to the steps the regime names. What is exported is bound by its digest to what was decided on.
//
//	draft ──► cancelled
//	  └► submitted ──► blocked (by a check) | failed (no check could be made)
//	         └───────► in_review ──► approved ──► exported ──► recalled      in_review ──► refused | withdrawn
//
// Submitting is one act with its checks, so "submitted" lasts no longer than the act. There are nineteen checks in two modes
// that do not mix: a noised table is looked at as noised, and exact evidence (official statistics under a permit) is hidden,
// rounded and audited against everything exact that left before, of whichever tenant. Of an exact table that is blocked
// the applicant learns a code; holder and bureau see why. A warning passes when two people each say why.
//
// 泉州 一(二): 原始数据不出平台、结果数据不可逆算.
package output
