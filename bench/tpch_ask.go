package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"yunei/internal/core/query"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/noise"
	"yunei/internal/core/query/release"
	"yunei/internal/core/query/render"
)

// What the design allows: an extra grouping by subject and cell for a scan, hardly more for what a join has keyed already.
const joinTarget = 1.5

// tpchQuestion is one query in its guarded form and as an analyst who holds the files would write it: the same tables,
// conditions, groups and sums. Where TPC-H groups by one order or compares columns of a row, both forms ask for the groups
// that a release can have; docs/performance.md says which.
type tpchQuestion struct {
	name    string
	guarded string
	raw     string // t0, t1, ... are the model's tables in order of name
	target  float64
}

const revenue = "l_extendedprice * (1 - l_discount)"

var tpchQuestions = []tpchQuestion{
	{"Q1", `SELECT l_returnflag, l_linestatus, SUM(l_quantity) AS q, SUM(l_extendedprice) AS base, SUM(` + revenue + `) AS disc,
SUM(ROUND(` + revenue + ` * (1 + l_tax), 2)) AS charge, AVG(l_discount) AS avg_disc, COUNT(*) AS n
FROM lineitem WHERE l_shipdate < DATE '1998-09-03' GROUP BY l_returnflag, l_linestatus`,
		`SELECT count(*) AS n, CAST(sum(l_quantity) AS BIGINT) AS q, CAST(sum(l_extendedprice) AS BIGINT) AS base, CAST(sum(l_extendedprice * (100 - l_discount)) AS BIGINT) AS disc,
CAST(sum((l_extendedprice * (100 - l_discount) * (100 + l_tax)) // 10000) AS BIGINT) AS charge, CAST(sum(l_discount) AS BIGINT) AS d
FROM t0 WHERE l_shipdate < 10472 GROUP BY l_returnflag, l_linestatus`, scanTarget},
	{"Q3", `SELECT c_mktsegment, SUM(` + revenue + `) AS revenue FROM customer c JOIN orders o ON c.sid = o.sid
JOIN lineitem l ON l.sid = o.sid AND l.l_orderkey = o.o_orderkey
WHERE o_orderdate < DATE '1995-03-15' AND l_shipdate >= DATE '1995-03-15' GROUP BY c_mktsegment`,
		`SELECT CAST(sum(l_extendedprice * (100 - l_discount)) AS BIGINT) AS r FROM t0 c JOIN t2 o ON c.sid = o.sid JOIN t1 l ON l.sid = o.sid AND l.l_orderkey = o.o_orderkey
WHERE o_orderdate < 9204 AND l_shipdate >= 9204 GROUP BY c_mktsegment`, joinTarget},
	{"Q4", `SELECT o_orderpriority, COUNT(*) AS n FROM orders o JOIN lineitem l ON l.sid = o.sid AND l.l_orderkey = o.o_orderkey
WHERE o_orderdate >= DATE '1993-07-01' AND o_orderdate < DATE '1993-10-01' AND l_late = 1 GROUP BY o_orderpriority`,
		`SELECT count(*) AS n FROM t1 o JOIN t0 l ON l.sid = o.sid AND l.l_orderkey = o.o_orderkey
WHERE o_orderdate >= 8582 AND o_orderdate < 8674 AND l_late = 1 GROUP BY o_orderpriority`, joinTarget},
	{"Q5", `SELECT n_region, SUM(` + revenue + `) AS revenue FROM customer c JOIN orders o ON c.sid = o.sid
JOIN lineitem l ON l.sid = o.sid AND l.l_orderkey = o.o_orderkey
JOIN supplier s ON s.s_suppkey = l.l_suppkey AND s.s_nationkey = c.c_nationkey JOIN nation n ON n.n_nationkey = s.s_nationkey
WHERE o_orderdate >= DATE '1994-01-01' AND o_orderdate < DATE '1995-01-01' GROUP BY n_region`,
		`SELECT CAST(sum(l_extendedprice * (100 - l_discount)) AS BIGINT) AS r FROM t0 c JOIN t3 o ON c.sid = o.sid JOIN t1 l ON l.sid = o.sid AND l.l_orderkey = o.o_orderkey
JOIN t4 s ON s.s_suppkey = l.l_suppkey AND s.s_nationkey = c.c_nationkey JOIN t2 n ON n.n_nationkey = s.s_nationkey
WHERE o_orderdate >= 8766 AND o_orderdate < 9131 GROUP BY n_region`, joinTarget},
	{"Q6", `SELECT SUM(l_extendedprice * l_discount) AS revenue FROM lineitem
WHERE l_shipdate >= DATE '1994-01-01' AND l_shipdate < DATE '1995-01-01' AND l_discount >= 0.05 AND l_discount < 0.08 AND l_quantity < 24`,
		`SELECT CAST(sum(l_extendedprice * l_discount) AS BIGINT) AS r FROM t0
WHERE l_shipdate >= 8766 AND l_shipdate < 9131 AND l_discount >= 5 AND l_discount < 8 AND l_quantity < 24`, scanTarget},
	{"Q12", `SELECT l_shipmode, SUM(CASE WHEN o_orderpriority IN ('1-URGENT', '2-HIGH') THEN 1 ELSE 0 END) AS high, COUNT(*) AS n
FROM orders o JOIN lineitem l ON l.sid = o.sid AND l.l_orderkey = o.o_orderkey
WHERE l_shipmode IN ('MAIL', 'SHIP') AND l_late = 1 AND l_receiptdate >= DATE '1994-01-01' AND l_receiptdate < DATE '1995-01-01' GROUP BY l_shipmode`,
		`SELECT CAST(sum(CASE WHEN o_orderpriority IN ('1-URGENT', '2-HIGH') THEN 1 ELSE 0 END) AS BIGINT) AS h, count(*) AS n FROM t1 o JOIN t0 l ON l.sid = o.sid AND l.l_orderkey = o.o_orderkey
WHERE l_shipmode IN ('MAIL', 'SHIP') AND l_late = 1 AND l_receiptdate >= 8766 AND l_receiptdate < 9131 GROUP BY l_shipmode`, joinTarget},
	{"Q13", `WITH o AS (SELECT sid, COUNT(*) AS orders FROM orders WHERE o_special = 0 GROUP BY sid)
SELECT o.orders, COUNT(*) AS customers FROM customer c LEFT JOIN o ON o.sid = c.sid GROUP BY o.orders`,
		`SELECT count(*) AS n FROM t0 c LEFT JOIN (SELECT sid, count(*) AS orders FROM t1 WHERE o_special = 0 GROUP BY sid) o ON o.sid = c.sid GROUP BY o.orders`, joinTarget},
	{"Q14", `SELECT safe_div(SUM(CASE WHEN p_promo = 1 THEN ` + revenue + ` ELSE 0 END), SUM(` + revenue + `), 4) AS promo
FROM lineitem l JOIN part p ON p.p_partkey = l.l_partkey WHERE l_shipdate >= DATE '1995-09-01' AND l_shipdate < DATE '1995-10-01'`,
		`SELECT CAST(sum(CASE WHEN p_promo = 1 THEN l_extendedprice * (100 - l_discount) ELSE 0 END) AS BIGINT) AS a, CAST(sum(l_extendedprice * (100 - l_discount)) AS BIGINT) AS b
FROM t0 l JOIN t1 p ON p.p_partkey = l.l_partkey WHERE l_shipdate >= 9374 AND l_shipdate < 9404`, joinTarget},
	{"Q19", `SELECT SUM(` + revenue + `) AS revenue FROM lineitem l JOIN part p ON p.p_partkey = l.l_partkey
WHERE p_brand IN ('Brand#12', 'Brand#23') AND p_container IN ('SM CASE', 'MED BAG') AND l_quantity >= 1 AND l_quantity < 11
AND l_shipmode IN ('AIR', 'REG AIR') AND l_shipinstruct = 'DELIVER IN PERSON'`,
		`SELECT CAST(sum(l_extendedprice * (100 - l_discount)) AS BIGINT) AS r FROM t0 l JOIN t1 p ON p.p_partkey = l.l_partkey
WHERE p_brand IN ('Brand#12', 'Brand#23') AND p_container IN ('SM CASE', 'MED BAG') AND l_quantity >= 1 AND l_quantity < 11 AND l_shipmode IN ('AIR', 'REG AIR') AND l_shipinstruct = 'DELIVER IN PERSON'`, joinTarget},
}

// tpchBench compares nine questions of TPC-H with their raw forms, in the same engine behind the same walls.
func tpchBench(ctx context.Context, b *bench) error {
	t, err := newTPCH(b.tmp, b.scale)
	if err != nil {
		return err
	}
	b.report.note("TPC-H at scale factor %g: %d customers, %d orders, %d lines, made in %s; at most %d orders and %d lines of one customer.",
		b.scale, t.rows["customer"], t.rows["orders"], t.rows["lineitem"], t.took.Round(time.Second), t.measured["orders"].Most, t.measured["lineitem"].Most)
	engine := duckdb.New(duckdb.Options{AllowMissingWalls: true})
	guard.WarmUp()
	for _, q := range tpchQuestions {
		began := time.Now()
		m, refusals := guard.Compile(q.guarded, query.A, t.catalog)
		if m == nil {
			return fmt.Errorf("%s: the guard refused: %+v", q.name, refusals)
		}
		compiled := time.Since(began)
		statement, err := render.Model(m, render.Options{Measured: t.measured, Salt: "0123456789abcdef0123456789abcdef"})
		if err != nil {
			return fmt.Errorf("%s: %w", q.name, err)
		}
		guarded, err := statement.Job(t.files, duckdb.Limits{})
		if err != nil {
			return err
		}
		raw := duckdb.Job{SQL: q.raw, Inputs: guarded.Inputs, Shape: rawShape(q.raw)}
		run := func(job duckdb.Job) work {
			return func(ctx context.Context, _, _ int) error {
				cells, err := engine.Run(ctx, job)
				if err == nil && len(cells) == 0 {
					err = errors.New("the statement gave nothing")
				}
				return err
			}
		}
		nothing := run(duckdb.Job{SQL: "SELECT 1 AS one", Shape: []duckdb.Column{{Name: "one", Kind: duckdb.Int}}})
		err = b.measure(ctx, pair{guarded: q.name + " guarded", bare: "raw", doGuarded: run(guarded), doBare: run(raw), doFloor: nothing, times: 1, target: q.target})
		if err != nil {
			return err
		}
		if err := t.release(ctx, b, q, m, engine, guarded, compiled); err != nil {
			return fmt.Errorf("%s: %w", q.name, err)
		}
	}
	return nil
}

// release runs a question to its end once, so that the times are of something that works, and says what the other parts
// took.
func (t *tpch) release(ctx context.Context, b *bench, q tpchQuestion, m *query.Model, engine *duckdb.Engine, job duckdb.Job, compiled time.Duration) error {
	rho, err := release.ParseRho("0.05")
	if err != nil {
		return err
	}
	plan, err := release.NewPlan(m, release.Ask{Rho: rho, K: 10, Units: t.catalog.Tables[0].Units})
	if err != nil {
		return err
	}
	rows, err := engine.Run(ctx, job)
	if err != nil {
		return err
	}
	exact, err := release.FromEngine(m, rows)
	if err != nil {
		return err
	}
	began := time.Now()
	table, _, err := release.Collect(m, plan, exact, noise.New(), release.Options{})
	if err != nil {
		return err
	}
	b.report.note("%s: compiled and checked in %s; noise and layout of %d cells x %d vectors in %s; %d rows shown, %d hidden.",
		q.name, compiled.Round(10*time.Microsecond), plan.Cells, len(plan.Vectors), time.Since(began).Round(10*time.Microsecond), table.Shown, table.Hidden)
	return nil
}

// rawShape names what a raw form gives: every column of its SELECT ends in "AS name".
func rawShape(sql string) []duckdb.Column {
	head, _, _ := strings.Cut(sql, "FROM t")
	var out []duckdb.Column
	for _, part := range strings.Split(head, " AS ")[1:] {
		name := strings.FieldsFunc(part, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' })[0]
		if name != "BIGINT)" {
			out = append(out, duckdb.Column{Name: name, Kind: duckdb.Int})
		}
	}
	return out
}
