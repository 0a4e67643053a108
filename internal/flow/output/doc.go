// Package output lets results out of the domain (结果出域): the automatic checks, the people's review, the export.
//
// A data user asks for the release of a run's table. The checks run first, on the noised table and metadata only: a
// veto that looked at raw data would itself be an output nobody counted. A release that a check blocks goes no further;
// what passes goes to the steps the regime names. What is exported is bound by its digest to what was decided on.
//
//	submitted ──► blocked (by a check)
//	     └──────► in_review ──► approved ──► exported      in_review ──► refused | withdrawn
//
// 泉州 一(二): 原始数据不出平台、结果数据不可逆算.
package output
