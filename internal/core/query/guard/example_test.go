package guard_test

import (
	"fmt"

	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
)

// pupils is the policy of a small table: one row per person.
func pupils() query.Catalog {
	text := query.Type{Kind: query.Text}
	return query.Catalog{Tables: []query.Table{{
		Name: "pupil", Title: "在校生", Resource: "res_pupil", SchemaVersion: 1,
		UnitKind: "person", SubjectKey: "sid", MaxRowsPerSubject: 1, Units: 12000,
		Columns: []query.Column{
			{Name: "sid", Type: text, Role: query.SubjectKey, Uses: query.DefaultUses(query.SubjectKey)},
			{Name: "district", Title: "区县", Type: text, Role: query.Dimension, Uses: query.DefaultUses(query.Dimension),
				Domain: []query.Code{{Value: "350502", Label: "鲤城区"}, {Value: "350503", Label: "丰泽区"}}},
		},
	}}}
}

// A text becomes a model whose canonical bytes experts sign.
func ExampleCompile() {
	m, _ := guard.Compile("SELECT district, COUNT(*) AS pupils FROM pupil GROUP BY district", query.A, pupils())
	fmt.Println(m.Cells(), "cells")
	again, err := query.Decode(m.Canonical())
	fmt.Println(again.Hash() == m.Hash(), err)
	// Output:
	// 2 cells
	// true <nil>
}

// A refusal says where, why and what would be allowed.
func ExampleCompile_refused() {
	text := "SELECT MAX(district) AS last FROM pupil"
	_, refusals := guard.Compile(text, query.A, pupils())
	for _, r := range refusals {
		fmt.Println(r.Code, text[r.Start:r.End])
		fmt.Println(r.Zh)
		fmt.Println(r.Hint)
	}
	// Output:
	// G009 MAX
	// 不输出极值、明细或精确中位数，请改用加噪的 QUANTILE、HIST 或 AVG（max）
	// QUANTILE(limit_bal, 0.5)
}

// What an official reads about a model.
func ExampleInspect() {
	r := guard.Inspect("SELECT district FROM pupil WHERE sid = :subject", query.B, pupils())
	fmt.Println(r.Summary)
	// Output:
	// 经本人授权，出域的只有该人在《在校生》中的区县（鲤城区、丰泽区）；其余数据项和其他人的任何信息都不会出域。
}
