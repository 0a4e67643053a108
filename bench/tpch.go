package main

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"time"

	"yunei/internal/core/query"
	"yunei/internal/core/query/render"
	"yunei/internal/core/query/snapshot"
)

// The tables of TPC-H, made up after the sizes and distributions of its specification (clause 4.2), with the customer's
// key carried into every table about a customer. Columns that no measured question reads are left out.
const (
	tpchCustomers = 150_000 // at scale factor 1
	tpchParts     = 200_000
	tpchSuppliers = 10_000
	tpchFirstDay  = 8035  // 1992-01-01
	tpchLastDay   = 10591 // 1998-12-31
	tpchOrders    = 41    // most orders of a customer
	tpchLines     = 200   // most lines of a customer that count
)

var (
	tpchSegments   = []string{"AUTOMOBILE", "BUILDING", "FURNITURE", "HOUSEHOLD", "MACHINERY"}
	tpchPriorities = []string{"1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW"}
	tpchModes      = []string{"AIR", "FOB", "MAIL", "RAIL", "REG AIR", "SHIP", "TRUCK"}
	tpchInstruct   = []string{"COLLECT COD", "DELIVER IN PERSON", "NONE", "TAKE BACK RETURN"}
	tpchRegions    = []string{"AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST"}
	tpchBrands     = []string{"Brand#11", "Brand#12", "Brand#23", "Brand#34", "Brand#55"}
	tpchContainers = []string{"JUMBO PKG", "LG BOX", "MED BAG", "SM CASE", "WRAP JAR"}
)

// tpch is the six tables as a space holds them.
type tpch struct {
	catalog  query.Catalog
	files    map[string]string
	measured map[string]render.Measured
	rows     map[string]int
	took     time.Duration
}

func codesOf(words []string) []query.Code {
	var out []query.Code
	for _, w := range words {
		out = append(out, query.Code{Value: w})
	}
	return out
}

// field is one column of a policy.
func field(name string, t query.Type, role query.Role, more ...func(*query.Column)) query.Column {
	c := query.Column{Name: name, Type: t, Role: role, Grade: query.Grade{National: query.Ordinary, Level: 2}, Uses: query.DefaultUses(role)}
	for _, f := range more {
		f(&c)
	}
	return c
}

func within(lo, hi int64, edges ...int64) func(*query.Column) {
	return func(c *query.Column) { c.Lo, c.Hi, c.Edges = &lo, &hi, edges }
}

func among(words []string) func(*query.Column) {
	return func(c *query.Column) { c.Domain = codesOf(words) }
}

func dayOf(text string) int64 {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t.Unix() / 86400
}

// tpchCatalog is the policy: what may be joined, grouped, summed and cut where.
func tpchCatalog(scale float64) query.Catalog {
	whole, text, money, date := query.Number(0), query.Type{Kind: query.Text}, query.Number(2), query.Type{Kind: query.Date}
	key := field("sid", text, query.SubjectKey)
	days := within(tpchFirstDay, tpchLastDay+200, dayOf("1993-07-01"), dayOf("1993-10-01"), dayOf("1994-01-01"), dayOf("1995-01-01"), dayOf("1995-03-15"), dayOf("1995-09-01"), dayOf("1995-10-01"), dayOf("1998-09-03"))
	large := within(1, int64(6_000_000*max(scale, 1)))
	units := int64(float64(tpchCustomers) * scale)
	private := func(name string, rows int, unique []string, columns ...query.Column) query.Table {
		return query.Table{Name: name, Resource: "res_" + name, SchemaVersion: 1, UnitKind: "person", SubjectKey: "sid",
			MaxRowsPerSubject: rows, Units: units, Unique: unique, Columns: append([]query.Column{key}, columns...)}
	}
	public := func(name string, unique string, columns ...query.Column) query.Table {
		return query.Table{Name: name, Resource: "res_" + name, SchemaVersion: 1, Open: true, Unique: []string{unique}, Columns: columns}
	}
	bit := []string{"0", "1"}
	return query.Catalog{Tables: []query.Table{
		private("customer", 1, nil, field("c_nationkey", whole, query.JoinKey, within(0, 24)), field("c_mktsegment", text, query.Dimension, among(tpchSegments))),
		private("orders", tpchOrders, []string{"o_orderkey"}, field("o_orderkey", whole, query.JoinKey, large), field("o_orderdate", date, query.Dimension, days),
			field("o_orderpriority", text, query.Dimension, among(tpchPriorities)), field("o_special", whole, query.Dimension, among(bit))),
		private("lineitem", tpchLines, nil, field("l_orderkey", whole, query.JoinKey, large), field("l_partkey", whole, query.JoinKey, large),
			field("l_suppkey", whole, query.JoinKey, large), field("l_quantity", whole, query.Measure, within(1, 50, 1, 11, 24, 30)),
			field("l_extendedprice", money, query.Measure, within(90_000, 10_494_950)), field("l_discount", money, query.Measure, within(0, 10, 5, 8)),
			field("l_tax", money, query.Measure, within(0, 8)), field("l_returnflag", text, query.Dimension, among([]string{"A", "N", "R"})),
			field("l_linestatus", text, query.Dimension, among([]string{"F", "O"})), field("l_shipdate", date, query.Dimension, days),
			field("l_receiptdate", date, query.Dimension, days), field("l_shipmode", text, query.Dimension, among(tpchModes)),
			field("l_shipinstruct", text, query.Dimension, among(tpchInstruct)), field("l_late", whole, query.Dimension, among(bit))),
		public("part", "p_partkey", field("p_partkey", whole, query.JoinKey, large), field("p_brand", text, query.Dimension, among(tpchBrands)),
			field("p_container", text, query.Dimension, among(tpchContainers)), field("p_promo", whole, query.Dimension, among(bit))),
		public("supplier", "s_suppkey", field("s_suppkey", whole, query.JoinKey, large), field("s_nationkey", whole, query.JoinKey, within(0, 24))),
		public("nation", "n_nationkey", field("n_nationkey", whole, query.JoinKey, within(0, 24)), field("n_region", text, query.Dimension, among(tpchRegions))),
	}}
}

// newTPCH makes the tables; the customer's number stands where a space's pseudonym would.
func newTPCH(dir string, scale float64) (*tpch, error) {
	began := time.Now()
	t := &tpch{catalog: tpchCatalog(scale), files: map[string]string{}, measured: map[string]render.Measured{}, rows: map[string]int{}}
	g := &tpchRows{Rand: rand.New(rand.NewPCG(1, 2)), scale: scale}
	var err error
	write := func(name string, produce func(row func(...query.Value) error) error) {
		if err != nil {
			return
		}
		table, _ := t.catalog.Table(name)
		columns := make([]query.ColumnRef, len(table.Columns))
		for i, c := range table.Columns {
			columns[i] = query.ColumnRef{Name: c.Name, Type: c.Type}
			if c.Role == query.SubjectKey {
				columns[i].Type = query.Number(0)
			}
		}
		t.files[name] = filepath.Join(dir, name+".parquet")
		err = snapshot.Stream(t.files[name], columns, func(row func([]query.Value) error) error {
			return produce(func(v ...query.Value) error { t.rows[name]++; return row(v) })
		})
	}
	write("part", g.parts)
	write("supplier", g.suppliers)
	write("nation", g.nations)
	write("customer", g.customers)
	write("orders", g.orders)
	write("lineitem", g.lines)
	if err != nil {
		return nil, fmt.Errorf("make TPC-H: %w", err)
	}
	for _, name := range []string{"part", "supplier", "nation"} {
		t.measured[name] = render.Measured{Unique: true}
	}
	t.measured["customer"] = render.Measured{Most: 1}
	t.measured["orders"] = render.Measured{Most: g.mostOrders, Unique: true}
	t.measured["lineitem"] = render.Measured{Most: g.mostLines}
	t.took = time.Since(began)
	return t, nil
}

// tpchRows makes rows customer by customer, so that each file is in order of its subjects. Two thirds of the customers
// order anything (clause 4.2.3).
type tpchRows struct {
	*rand.Rand
	scale                 float64
	mostOrders, mostLines int
	made                  []tpchOrder
}

type tpchOrder struct {
	customer, key, day int64
	lines              int
}

func (g *tpchRows) count(n int) int { return max(int(float64(n)*g.scale), 25) }

func (g *tpchRows) one(words []string) query.Value { return query.TextValue(words[g.IntN(len(words))]) }

func (g *tpchRows) upTo(n int64) query.Value { return query.IntValue(1 + g.Int64N(n)) }

func (g *tpchRows) bit(of, yes int) query.Value {
	if g.IntN(of) < yes {
		return query.IntValue(1)
	}
	return query.IntValue(0)
}

func (g *tpchRows) parts(row func(...query.Value) error) error {
	return g.each(g.count(tpchParts), func(i int64) error {
		return row(query.IntValue(i), g.one(tpchBrands), g.one(tpchContainers), g.bit(6, 1))
	})
}

func (g *tpchRows) suppliers(row func(...query.Value) error) error {
	return g.each(g.count(tpchSuppliers), func(i int64) error { return row(query.IntValue(i), query.IntValue(g.Int64N(25))) })
}

func (g *tpchRows) nations(row func(...query.Value) error) error {
	return g.each(25, func(i int64) error { return row(query.IntValue(i-1), query.TextValue(tpchRegions[(i-1)%5])) })
}

func (g *tpchRows) customers(row func(...query.Value) error) error {
	return g.each(g.count(tpchCustomers), func(i int64) error {
		return row(query.IntValue(i), query.IntValue(g.Int64N(25)), g.one(tpchSegments))
	})
}

func (g *tpchRows) each(n int, f func(i int64) error) error {
	for i := range n {
		if err := f(int64(i + 1)); err != nil {
			return err
		}
	}
	return nil
}

// orders deals ten orders per customer among two customers of three.
func (g *tpchRows) orders(row func(...query.Value) error) error {
	customers := g.count(tpchCustomers)
	for i := range 10 * customers {
		c := int64(1 + g.IntN(customers))
		if c%3 == 0 {
			c--
		}
		g.made = append(g.made, tpchOrder{customer: max(c, 1), key: int64(i + 1), day: tpchFirstDay + g.Int64N(tpchLastDay-tpchFirstDay-151), lines: 1 + g.IntN(7)})
	}
	slices.SortFunc(g.made, func(a, b tpchOrder) int { return int(a.customer - b.customer) })
	run := 0
	for i, o := range g.made {
		if run++; i > 0 && g.made[i-1].customer != o.customer {
			run = 1
		}
		g.mostOrders = max(g.mostOrders, run)
		if err := row(query.IntValue(o.customer), query.IntValue(o.key), dateValue(o.day), g.one(tpchPriorities), g.bit(100, 1)); err != nil {
			return err
		}
	}
	return nil
}

func dateValue(day int64) query.Value { return query.Value{Kind: query.Date, N: day} }

func (g *tpchRows) lines(row func(...query.Value) error) error {
	parts, suppliers := int64(g.count(tpchParts)), int64(g.count(tpchSuppliers))
	today := dayOf("1995-06-17")
	run, last := 0, int64(0)
	for _, o := range g.made {
		if o.customer != last {
			run, last = 0, o.customer
		}
		run += o.lines
		g.mostLines = max(g.mostLines, run)
		for range o.lines {
			quantity := 1 + g.Int64N(50)
			shipped := o.day + 1 + g.Int64N(121)
			committed, received := o.day+30+g.Int64N(61), shipped+1+g.Int64N(30)
			flag, status := "N", "O"
			if received <= today {
				flag = []string{"A", "R"}[g.IntN(2)]
			}
			if shipped <= today {
				status = "F"
			}
			late := int64(0)
			if committed < received {
				late = 1
			}
			err := row(query.IntValue(o.customer), query.IntValue(o.key), g.upTo(parts), g.upTo(suppliers), query.IntValue(quantity),
				query.NumberValue(quantity*(90_000+g.Int64N(119_899)), 2), query.NumberValue(g.Int64N(11), 2), query.NumberValue(g.Int64N(9), 2),
				query.TextValue(flag), query.TextValue(status), dateValue(shipped), dateValue(received), g.one(tpchModes), g.one(tpchInstruct), query.IntValue(late))
			if err != nil {
				return err
			}
		}
	}
	return nil
}
