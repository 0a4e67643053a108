package disclose

import (
	"context"
	"fmt"
	"testing"

	"yunei/internal/base/clock"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/query"
	"yunei/internal/test/testdb"
)

// asking is a class B model whose one output tells about income.
func asking(name string, fields ...query.FieldCells) *query.Model {
	m := &query.Model{Format: query.Format, Class: query.B, Unit: "person", Tables: []query.TableRef{{Name: "people", Resource: "res_1", Version: 1,
		UnitKind: "person", SubjectKey: "sid", Columns: []query.ColumnRef{{Name: "income", Type: query.Type{Kind: query.Int}}, {Name: "sid", Type: textType}}}}}
	// the literal makes each question a different one
	m.Root = &query.Rel{Op: query.RelProject, In: []*query.Rel{{Op: query.RelScan, Columns: []string{"sid", "income"}}},
		Exprs: []query.Expr{{Op: query.OpLit, Type: textType, Lits: []query.Value{query.TextValue(name)}}}}
	m.Outputs = []query.Output{{Name: "band", Type: textType, Kind: query.OutExpr, Fields: fields}}
	return m
}

func cuts(limit int, at ...int64) query.FieldCells {
	return query.FieldCells{Table: "people", Column: "income", Alone: true, Cuts: at, Cells: len(at) + 1, Cap: limit}
}

func ask(t *testing.T, db *sqldb.DB, sid, recipient string, m *query.Model) error {
	t.Helper()
	return do(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
		return New().ChargePrecision(ctx, tx, Precision{SID: sid, Recipient: recipient, Model: m})
	})
}

// TestPrecision_BinarySearchEnds: yes/no questions at ever finer cuts find the field's
// cap, and only for the recipient and the subject that were asked about.
func TestPrecision_BinarySearchEnds(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		asked := 0
		lo, hi := int64(0), int64(1<<20)
		for range 20 {
			mid := (lo + hi) / 2
			err := ask(t, db, "sid_1", "bank", asking(fmt.Sprint(mid), cuts(8, mid)))
			if err != nil {
				if CodeOf(err) != PrecisionExhausted {
					t.Fatal(err)
				}
				break
			}
			asked++
			lo = mid // the secret is large
		}
		if asked != 7 {
			t.Errorf("%d questions were answered, want 7: eight cells are seven cuts", asked)
		}
		if err := ask(t, db, "sid_1", "bank", asking("524288", cuts(8, 524288))); err != nil {
			t.Errorf("a question that was answered before: %v", err)
		}
		if err := ask(t, db, "sid_1", "other", asking("1", cuts(8, 1))); err != nil {
			t.Errorf("another recipient: %v", err)
		}
		if err := ask(t, db, "sid_2", "bank", asking("1", cuts(8, 1))); err != nil {
			t.Errorf("another subject: %v", err)
		}
		var known []Field
		if err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) { known, err = New().KnownAbout(t.Context(), tx, "sid_1"); return err }); err != nil {
			t.Fatal(err)
		}
		if len(known) != 4 || known[1].Field != "income" || known[1].Cells != 8 || known[0].Field != Presence || known[0].Cells != 2 {
			t.Errorf("known about sid_1: %+v, want presence 2 and income 8 of the bank first", known)
		}
	})
}

// TestPrecision_RefusalLeavesNothing: a refused answer has not refined anything.
func TestPrecision_RefusalLeavesNothing(t *testing.T) {
	db := testdb.SQLite(t, clock.Real{})
	if err := ask(t, db, "s", "bank", asking("a", cuts(4, 10, 20, 30))); err != nil {
		t.Fatal(err)
	}
	if err := ask(t, db, "s", "bank", asking("b", cuts(4, 15))); CodeOf(err) != PrecisionExhausted {
		t.Errorf("got %v, want L106", err)
	}
	if err := ask(t, db, "s", "bank", asking("c", cuts(4, 20))); err != nil {
		t.Errorf("a coarser question on the same cuts: %v", err)
	}
}

// TestPrecision_MixedFields: an output over two fields is charged in full to each, and
// once per question.
func TestPrecision_MixedFields(t *testing.T) {
	db := testdb.SQLite(t, clock.Real{})
	mixed := func(name string, cells int) *query.Model {
		return asking(name, query.FieldCells{Table: "people", Column: "income", Cells: cells, Cap: 8}, query.FieldCells{Table: "people", Column: "age", Cells: cells, Cap: 8})
	}
	for _, again := range []string{"score", "score"} {
		if err := ask(t, db, "s", "bank", mixed(again, 3)); err != nil {
			t.Errorf("%s: %v", again, err)
		}
	}
	if err := ask(t, db, "s", "bank", mixed("second score", 3)); CodeOf(err) != PrecisionExhausted {
		t.Errorf("3 x 3 values of a cap of 8: got %v, want L106", err)
	}
	if err := ask(t, db, "s", "bank", mixed("second score", 2)); err != nil {
		t.Errorf("3 x 2 values: %v", err)
	}
}

func TestApprove_Stacking(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		l := New()
		approve := func(recipient string, m *query.Model) error {
			return do(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return l.Approve(ctx, tx, recipient, nil, m) })
		}
		a, b := asking("a", cuts(4, 10, 20)), asking("b", cuts(4, 15, 20))
		for range 2 {
			if err := approve("bank", a); err != nil {
				t.Fatal(err)
			}
		}
		if err := approve("bank", b); err != nil {
			t.Errorf("10, 15, 20 are four values of four: %v", err)
		}
		c := asking("c", cuts(4, 17))
		if err := approve("bank", c); CodeOf(err) != PrecisionExhausted {
			t.Errorf("each model alone is coarse, together they are not: got %v, want L106", err)
		}
		if err := approve("other bank", c); err != nil {
			t.Errorf("another recipient group: %v", err)
		}
		if err := do(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return l.Withdraw(ctx, tx, "bank", b) }); err != nil {
			t.Fatal(err)
		}
		if err := approve("bank", c); err != nil {
			t.Errorf("after a withdrawal: %v", err)
		}
	})
}

func TestKnown_Groups(t *testing.T) {
	field := func(groups ...[]string) *query.FieldCells {
		return &query.FieldCells{Alone: true, Groups: groups, Cells: len(groups)}
	}
	var k Known
	k.Add("a", field([]string{"大学", "研究生"}, []string{"高中", "初中"}))
	if k.Cells() != 2 {
		t.Errorf("two groups are %d values", k.Cells())
	}
	k.Add("b", field([]string{"大学", "高中"}, []string{"研究生", "初中"}))
	if k.Cells() != 4 {
		t.Errorf("crossing groups tell %d values apart, want 4", k.Cells())
	}
	k.Add("c", field([]string{"大学", "高中"}, []string{"研究生", "初中"}))
	if k.Cells() != 4 {
		t.Errorf("asking again tells %d values apart, want 4", k.Cells())
	}
	k.Add("d", &query.FieldCells{Alone: true, Groups: [][]string{{"大学"}, {"高中"}, {"研究生"}, {"初中"}}, TellNil: true, Cells: 5})
	if k.Cells() != 5 {
		t.Errorf("all values and NULL are %d, want 5", k.Cells())
	}
	// what a partition does not name is one rest
	var rest Known
	rest.Add("a", field([]string{"x"}, []string{"y", "z"}))
	rest.Add("b", field([]string{"w"}, []string{"x", "y"}))
	if rest.Cells() != 4 {
		t.Errorf("w, x, y, z are %d values, want 4: %v", rest.Cells(), rest.Groups)
	}
}
