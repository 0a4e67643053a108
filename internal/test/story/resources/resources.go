// Package resources holds the three resources of the story: what the departments write into the catalog, and the real data
// (data/README.md names the sources and licences).
//
// Code lists and bounds come from the descriptions that their publishers gave, widened to what the published rows hold: the files
// are collected as they are.
package resources

import (
	"io"

	"yunei/data"
	"yunei/internal/core/query"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/collect"
)

// KeyHeader is the column with the invented identity numbers in the person tables.
const KeyHeader = "id_number"

// Resource is what its department writes into the catalog, and its file.
type Resource struct {
	Content catalog.Content
	// FirstPerson is the number of the invented person of the first row, negative for a resource about nobody. The two person tables
	// describe different people, so they get different persons.
	FirstPerson int
}

// All are the story's resources. Whoever drafts one becomes its holder.
func All() []Resource {
	return []Resource{
		{Content: CreditDefault(), FirstPerson: 0},
		{Content: CensusIncome(), FirstPerson: 100_000},
		{Content: BeijingPM25(), FirstPerson: -1},
	}
}

// Original is the published file, byte for byte.
func Original(table string) (io.Reader, error) { return data.Open(table + ".csv") }

// File is the file as the department submits it: a person table with invented identity numbers in front.
func (r Resource) File() (io.Reader, error) {
	f, err := Original(r.Content.Table)
	if err != nil || r.FirstPerson < 0 {
		return f, err
	}
	return collect.WithInventedNumbers(f, KeyHeader, r.FirstPerson), nil
}

// Number is the identity number of the person of a row, counted from 0 in the order of the file.
func (r Resource) Number(row int) string { return collect.InventedNumber(r.FirstPerson + row) }

const (
	personalBasis = "《中华人民共和国个人信息保护法》第十三条、第二十八条"
	ucilicence    = "知识共享 署名 4.0 国际 (CC BY 4.0)"
)

// closed is how the person tables stand: shared and operated upon application, never open.
func closed(e catalog.Content) catalog.Content {
	e.Unit, e.MaxRows, e.Served = catalog.Person, 1, catalog.Store
	e.Share = catalog.Channel{Access: catalog.Conditional, Condition: "限履行法定职责需要, 按数据项申请, 经提供单位同意"}
	e.Open = catalog.Channel{Access: catalog.No, Reason: "含个人信息, 开放会侵害个人权益", Basis: personalBasis}
	e.Operate = catalog.Channel{Access: catalog.Conditional, Condition: "限经审批的应用场景, 原始数据不出域; 查询单个主体须取得其授权"}
	return e
}

func key() catalog.Field {
	return catalog.Field{Name: "id_number", Title: "公民身份号码", Note: "归集时转换为主体标识, 号码本身不保存", Type: query.Text, Nullable: true,
		Class: "个人身份信息", Grade: level(4, true), Personal: true, Role: query.SubjectKey, Uses: query.DefaultUses(query.SubjectKey), Cells: 1}
}

func level(n int, sensitive bool) query.Grade {
	return query.Grade{National: query.Ordinary, Level: n, Sensitive: sensitive}
}

// personal completes an item of a person table: its uses follow from its role.
func personal(class string, grade query.Grade, f catalog.Field) catalog.Field {
	f.Class, f.Grade, f.Personal = class, grade, true
	if f.Role != query.Never {
		f.Uses = query.DefaultUses(f.Role)
	}
	return f
}

func codes(pairs ...string) []query.Code {
	out := make([]query.Code, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, query.Code{Value: pairs[i], Label: pairs[i+1]})
	}
	return out
}
