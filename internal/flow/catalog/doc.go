// Package catalog is the public data resource catalog (公共数据资源目录): which data there is, who holds it, what each data item (数据项)
// means, how grave it is, and who may get it how.
//
// The holder (数据提供单位) drafts and submits an entry, the bureau (数据主管部门) publishes or returns it:
//
//	          save                  save
//	         ┌────┐                ┌────┐
//	         ▼    │                ▼    │
//	new ──▶ draft ┴── submit ──▶ returned ...      draft     草稿
//	              submitted ─── return ──▶ returned  returned  已退回
//	                  │  ▲                    │      submitted 待审
//	                  │  └────── submit ──────┘      published 已发布
//	                  ▼
//	              published
//
// An entry describes one resource; they share one id. A published entry does not change: what was approved, signed and computed upon
// names it by id and version.
//
// Invariants: sharing, opening, authorised operation, grade and use are kept per item, and the entry carries the strictest value. What an entry
// does not say is forbidden: an item without a role is never used, a resource without a published entry does not exist to others.
// Only entries that pass every check (Check) can be submitted, and they are checked again when published.
//
// It does not hold data (collect does), does not decide applications, and shows nothing computed from raw rows.
package catalog
