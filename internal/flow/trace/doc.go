// Package trace (全程可溯) follows one thing through all stages and puts what it finds into one dated chain: the life of a
// resource, how a released result or a served model came about.
//
//	编目 定级 归集 → 申报 审查 授权 → 供数 → 加工使用 → 出域 → 交付 → 销毁
//
// A chain is computed from what the stages hold and what the ledger says of it, each time it is read: every step is an entry
// of the ledger, so that a step cannot be added or left out here. Where one thing rests on another that is not there, was not
// in force at that instant, or left no entry, the chain says so (缺口) instead of closing up.
//
// The package changes nothing, decides nothing and keeps no table of its own.
package trace
