package catalog_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yunei/internal/base/errs"
	"yunei/internal/core/query"
	"yunei/internal/flow/catalog"
	"yunei/internal/test/story/resources"
)

func TestEntry_Check_StoryIsComplete(t *testing.T) {
	for _, r := range resources.All() {
		if got := (catalog.Entry{Content: r.Content}).Check(); len(got) != 0 {
			t.Errorf("%s: problems %+v, want none", r.Content.Table, got)
		}
	}
}

// TestEntry_Check breaks one thing at a time in an entry that is right and wants the place and the rule named.
func TestEntry_Check(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*catalog.Entry)
		where string
		code  string
	}{
		{"no title", func(e *catalog.Entry) { e.Title = " " }, "title", "CAT-22"},
		{"bad table", func(e *catalog.Entry) { e.Table = "Credit Default" }, "table", "CAT-20"},
		{"no cycle", func(e *catalog.Entry) { e.Cycle = "" }, "cycle", "CAT-22"},
		{"conditional without condition", func(e *catalog.Entry) { e.Share.Condition = "" }, "share.condition", "CAT-02"},
		{"no without basis", func(e *catalog.Entry) { e.Open.Basis = "" }, "open.basis", "CAT-02"},
		{"unknown access", func(e *catalog.Entry) { e.Operate.Access = "maybe" }, "operate.access", "CAT-02"},
		{"closed to the public, free for operation", func(e *catalog.Entry) { e.Operate.Access = catalog.Unconditional }, "operate", "CAT-04"},
		{"personal data open", func(e *catalog.Entry) { e.Open.Access, e.Licence = catalog.Unconditional, "CC BY 4.0" }, "fields[1].open", "CAT-12"},
		{"subject without key", func(e *catalog.Entry) { e.Fields = e.Fields[1:] }, "fields", "CAT-21"},
		{"key without subject", func(e *catalog.Entry) { e.Unit, e.MaxRows = catalog.NoUnit, 0 }, "unit", "CAT-21"},
		{"no rows per subject", func(e *catalog.Entry) { e.MaxRows = 0 }, "max_rows_per_subject", "CAT-21"},
		{"item twice", func(e *catalog.Entry) { e.Fields[2].Name = "limit_bal" }, "fields[2].name", "CAT-20"},
		{"column twice", func(e *catalog.Entry) { e.Fields[2].Header = "LIMIT_BAL" }, "fields[2].header", "CAT-20"},
		{"item called sid", func(e *catalog.Entry) { e.Fields[2].Name = "sid" }, "fields[2].name", "CAT-20"},
		{"not graded", func(e *catalog.Entry) { e.Fields[1].Grade = query.Grade{} }, "fields[1].grade", "CAT-08"},
		{"sensitive but not personal", func(e *catalog.Entry) { e.Fields[1].Personal = false }, "fields[1].personal", "CAT-08"},
		{"measure without bounds", func(e *catalog.Entry) { e.Fields[1].Lo = "" }, "fields[1].lo", "CAT-25"},
		{"bounds upside down", func(e *catalog.Entry) { e.Fields[1].Lo, e.Fields[1].Hi = "2", "1" }, "fields[1].lo", "CAT-25"},
		{"code of another type", func(e *catalog.Entry) { e.Fields[2].Codes[1].Value = "female" }, "fields[2].codes[1]", "CAT-25"},
		{"code twice", func(e *catalog.Entry) { e.Fields[2].Codes[1].Value = "1" }, "fields[2].codes[1]", "CAT-25"},
		{"code list without name", func(e *catalog.Entry) { e.Fields[2].CodeList = "" }, "fields[2].code_list", "CAT-25"},
		{"a step of nothing", func(e *catalog.Entry) { e.Fields[1].Step = "0" }, "fields[1].step", "CAT-25"},
		{"edges nearer than the step", func(e *catalog.Entry) { e.Fields[1].Step = "60000" }, "fields[1].edges[1]", "CAT-25"},
		{"edges not rising", func(e *catalog.Entry) { e.Fields[1].Edges[1] = "50000" }, "fields[1].edges[1]", "CAT-25"},
		{"use of an unlabelled item", func(e *catalog.Entry) { e.Fields[2].Role = "" }, "fields[2].uses", "CAT-24"},
		{"subject key shown", func(e *catalog.Entry) { e.Fields[0].Uses = []query.Use{query.ConsentedField} }, "fields[0].uses[0]", "CAT-24"},
		{"plain text of closed data", func(e *catalog.Entry) { e.Fields[2].Uses = []query.Use{query.Plaintext} }, "fields[2].uses[0]", "CAT-24"},
		{"item wider than entry", func(e *catalog.Entry) { e.Fields[2].Share = &catalog.Channel{Access: catalog.Unconditional} }, "fields[2].share", "CAT-08"},
		{"core data operated", func(e *catalog.Entry) { e.Fields[2].Grade = query.Grade{National: query.Core} }, "fields[2].operate", "CAT-12"},
		{"named by nothing", func(e *catalog.Entry) { e.Unique = []string{"order_no"} }, "unique_items[0]", "CAT-27"},
		{"named by a measure", func(e *catalog.Entry) { e.Unique = []string{"limit_bal"} }, "unique_items[0]", "CAT-27"},
		{"observed by nothing", func(e *catalog.Entry) { e.Time = []string{"when"} }, "time_items[0]", "CAT-26"},
		{"observed by a text", func(e *catalog.Entry) { e.Time = []string{"id_number"} }, "time_items[0]", "CAT-26"},
		{"a series by nothing", func(e *catalog.Entry) { e.Series = "when" }, "series_item", "CAT-28"},
		{"a series by a number", func(e *catalog.Entry) { e.Series = "limit_bal" }, "series_item", "CAT-28"},
		{"linkable with nothing", func(e *catalog.Entry) { e.Fields[5].Linkable = []string{"street"} }, "fields[5].linkable_with[0]", "CAT-24"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := entryOf(resources.CreditDefault())
			c.spoil(&e)
			got := e.Check()
			if !slices.ContainsFunc(got, func(s errs.Spot) bool { return s.Where == c.where && s.Code == c.code && s.Message != "" }) {
				t.Errorf("problems = %+v, want one at %s with code %s", got, c.where, c.code)
			}
		})
	}
}

// TestEntry_States draws every transition: from each state, which acts are open.
func TestEntry_States(t *testing.T) {
	now := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	acts := map[string]func(catalog.Entry) (catalog.Entry, error){
		"save":    func(e catalog.Entry) (catalog.Entry, error) { return e.Save(e.Content, "acc_2", now) },
		"submit":  func(e catalog.Entry) (catalog.Entry, error) { return e.Submit(now) },
		"publish": func(e catalog.Entry) (catalog.Entry, error) { return e.Publish("2026-03-02", now) },
		"return":  func(e catalog.Entry) (catalog.Entry, error) { return e.Return("请补充", now) },
		"arrive":  func(e catalog.Entry) (catalog.Entry, error) { return e.Arrive(catalog.Supply{At: now}) },
	}
	for _, c := range []struct {
		from catalog.State
		act  string
		to   catalog.State
	}{
		{catalog.Draft, "save", catalog.Draft}, {catalog.Returned, "save", catalog.Returned},
		{catalog.Draft, "submit", catalog.Submitted}, {catalog.Returned, "submit", catalog.Submitted},
		{catalog.Submitted, "publish", catalog.Published}, {catalog.Submitted, "return", catalog.Returned},
		{catalog.Published, "arrive", catalog.Published},
	} {
		for name, do := range acts {
			if name != c.act {
				continue
			}
			e := entryOf(resources.CreditDefault())
			e.State = c.from
			if got, err := do(e); err != nil || got.State != c.to {
				t.Errorf("%s from %s: got %s, %v; want %s", name, c.from, got.State, err, c.to)
			}
		}
	}
	for _, c := range []struct {
		from catalog.State
		acts string
	}{
		{catalog.Draft, "publish return arrive"}, {catalog.Returned, "publish return arrive"},
		{catalog.Submitted, "save submit arrive"}, {catalog.Published, "save submit publish return"},
	} {
		for _, name := range strings.Fields(c.acts) {
			e := entryOf(resources.CreditDefault())
			e.State = c.from
			if got, err := acts[name](e); !errs.Is(err, errs.Conflict) || got.State != c.from {
				t.Errorf("%s from %s: got %s, %v; want it refused as conflict", name, c.from, got.State, err)
			}
		}
	}
	e := entryOf(resources.CreditDefault())
	e.State, e.Version = catalog.Submitted, 0
	if got, _ := e.Publish("2026-03-02", now); got.Version != 1 || got.Published != "2026-03-02" {
		t.Errorf("published version %d on %s, want 1 on 2026-03-02", got.Version, got.Published)
	}
	if _, err := e.Return("", now); !errs.Is(err, errs.Invalid) {
		t.Errorf("return without opinion: got %v, want invalid", err)
	}
}

func TestEntry_Submit_ErrIncomplete(t *testing.T) {
	e := entryOf(resources.CreditDefault())
	e.State, e.Summary = catalog.Draft, ""
	_, err := e.Submit(time.Now())
	if !errs.Is(err, errs.Invalid) || len(err.(*errs.Error).Spots) == 0 {
		t.Errorf("submit of an incomplete entry: got %v, want invalid with the places", err)
	}
}

func entryOf(c catalog.Content) catalog.Entry { return catalog.Entry{Content: c} }

func TestEntry_PolicyTable(t *testing.T) {
	e := entryOf(resources.CensusIncome())
	e.ID, e.State, e.Version, e.Supply.Subjects = "res_1", catalog.Published, 1, 32561
	table := e.PolicyTable()
	if table.Columns[0].Name != "sid" || table.SubjectKey != "sid" || table.Columns[0].Type.Kind != query.Text {
		t.Errorf("first column = %+v, want the subject key sid", table.Columns[0])
	}
	if table.Units != 33000 || table.Open {
		t.Errorf("units %d, open %v; want 33000 (two digits) and not open", table.Units, table.Open)
	}
	race, _ := table.Column("race")
	if race.Role != query.Never || len(race.Uses) > 0 || len(race.Domain) > 0 {
		t.Errorf("race = %+v, want role never and nothing else", race)
	}
	if _, found := table.Column("id_number"); found {
		t.Error("the identity number is a column of the policy, want only sid")
	}
	hours, _ := table.Column("hours_per_week")
	if hours.Lo == nil || *hours.Lo != 0 || *hours.Hi != 100 || !cmp.Equal(hours.Edges, []int64{20, 35, 41, 50, 60}) {
		t.Errorf("hours_per_week = %+v, want bounds 0 to 100 and its edges", hours)
	}
	// What nobody labelled is not used, whatever else is said about it.
	for i := range e.Fields {
		if e.Fields[i].Name == "education" {
			e.Fields[i].Role = ""
		}
	}
	unlabelled := e.PolicyTable()
	if c, _ := unlabelled.Column("education"); c.Role != query.Never || len(c.Uses) != 0 || c.Allows(query.AfterGroupBy) {
		t.Errorf("unlabelled column = %+v, want role never without uses", c)
	}
	air := entryOf(resources.BeijingPM25())
	air.State = catalog.Published
	open := air.PolicyTable()
	temp, _ := open.Column("temp")
	if !open.Open || open.Private() || *temp.Lo != -60_000_000_000 || !temp.Allows(query.Plaintext) {
		t.Errorf("air quality: open %v, private %v, temp %+v; want open rows about nobody and bounds in units of the scale", open.Open, open.Private(), temp)
	}
}

func TestEntry_OpenFields(t *testing.T) {
	e := entryOf(resources.BeijingPM25())
	if got := e.OpenFields(); got != nil {
		t.Errorf("open items of a draft = %v, want none", got)
	}
	e.State = catalog.Published
	e.Fields[3].Open = &catalog.Channel{Access: catalog.No, Reason: "x", Basis: "x"}
	if got := e.OpenFields(); len(got) != len(e.Fields)-1 {
		t.Errorf("%d open items, want %d: the closed one is left out", len(got), len(e.Fields)-1)
	}
	e.Open.Access = catalog.Conditional
	if got := e.OpenFields(); got != nil {
		t.Errorf("open items of a conditional entry = %v, want none", got)
	}
}

func TestSupply_Rounded(t *testing.T) {
	for n, want := range map[int64]int64{0: 0, 7: 7, 99: 99, 100: 100, 104: 100, 105: 110, 30000: 30000, 32561: 33000, 43824: 44000, 99500: 100000} {
		if got := (catalog.Supply{Rows: n}).Rounded().Rows; got != want {
			t.Errorf("Rounded(%d) = %d, want %d", n, got, want)
		}
	}
}
