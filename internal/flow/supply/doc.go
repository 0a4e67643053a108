// Package supply is how data gets to a developer where the law lets an operator supply it by an act (数据供给): the developer's
// application for data, what becomes of it at each provider, what the operator was given and did to it, and the supply itself.
//
// The law in force has this stage where its pack has the procedure supply.part. An application (公共数据申请) is under one passed
// scenario and names items of its need. It splits into parts, one for each provider, apart again where data is asked for raw
// (确需利用原始数据) or was returned by the province (省回流): each part is a matter of its own, decided by whom the procedure names,
// and nothing of one waits for another. The operator then supplies an approved part into the space of that scenario and nowhere
// else; the copy, its permit below the grant, its batches and its end are the lab's (lab.Supply).
//
//	Part:       asked ──► approved | refused | withdrawn     approved ──► supplied, as often as it was withdrawn
//	Provision:  what the bureau gives to an operator under its agreement: a permit below the operator's authorization
//	Processing: stands ──► ended: what the operator did to a resource before it supplies it (加工处理)
//	Demand:     asked ──► answered by a published resource, which from then on belongs to the scenario's need
//
// 贵州 第十三条至第十五条、第二十九条; 舟山 二(三)2、五(二).
package supply
