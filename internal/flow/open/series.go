package open

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"time"

	"yunei/internal/core/query"
	"yunei/internal/flow/catalog"
)

// Every is how wide a step of a series is.
type Every string

const (
	Day   Every = "day"
	Month Every = "month"
	Year  Every = "year"
)

// Point is one step of a series: the mean of the values observed in it, and how many there were.
type Point struct {
	At      string // 2006-01-02, 2006-01 or 2006
	Mean    string // rounded half away from zero to two places; "" when nothing was observed
	Lo, Hi  string // least and greatest value
	N       int64  // observed values
	Missing int64  // rows without a value
}

// meanScale is how many places a mean has.
const meanScale = 2

type bucket struct {
	sum        big.Int
	lo, hi     int64
	n, missing int64
}

// series folds rows into points. Open data carries no noise; sums are exact integers, so the same rows give the same points.
func series(e catalog.Entry, columns []string, rows [][]query.Value, field catalog.Field, every Every) ([]Point, error) {
	at := slices.Index(columns, field.Name)
	label, err := labeler(e, columns, every)
	if err != nil {
		return nil, err
	}
	buckets := map[string]*bucket{}
	for _, row := range rows {
		name := label(row)
		b := buckets[name]
		if b == nil {
			b = &bucket{}
			buckets[name] = b
		}
		v := row[at]
		if v.IsNull() {
			b.missing++
			continue
		}
		if b.n == 0 || v.N < b.lo {
			b.lo = v.N
		}
		if b.n == 0 || v.N > b.hi {
			b.hi = v.N
		}
		b.n++
		b.sum.Add(&b.sum, big.NewInt(v.N))
	}
	points := make([]Point, 0, len(buckets))
	for name, b := range buckets {
		p := Point{At: name, N: b.n, Missing: b.missing}
		if b.n > 0 {
			p.Mean = text(query.NumberValue(mean(&b.sum, b.n, field.Scale), meanScale))
			p.Lo, p.Hi = text(query.NumberValue(b.lo, field.Scale)), text(query.NumberValue(b.hi, field.Scale))
		}
		points = append(points, p)
	}
	slices.SortFunc(points, func(a, b Point) int { return cmp.Compare(a.At, b.At) })
	return points, nil
}

// mean is sum/n in units of 10^-meanScale, rounded half away from zero.
func mean(sum *big.Int, n int64, scale int) int64 {
	num := new(big.Int).Mul(new(big.Int).Abs(sum), big.NewInt(query.Pow10(meanScale)*2))
	den := new(big.Int).Mul(big.NewInt(n), big.NewInt(query.Pow10(scale)))
	// floor((2x + 1) / 2) is x rounded half up; the sign comes back afterwards.
	num.Add(num, den)
	num.Div(num, den.Mul(den, big.NewInt(2)))
	if sum.Sign() < 0 {
		num.Neg(num)
	}
	return num.Int64()
}

// labeler names the step a row belongs to, from the items that say when it was observed.
func labeler(e catalog.Entry, columns []string, every Every) (func(row []query.Value) string, error) {
	places := make([]int, len(e.Time))
	for i, name := range e.Time {
		if places[i] = slices.Index(columns, name); places[i] < 0 {
			return nil, fmt.Errorf("column %s is not among the rows", name)
		}
	}
	cut := map[Every]int{Year: 4, Month: 7, Day: 10}[every]
	if f, _ := e.Field(e.Time[0]); f.Type == query.Date || f.Type == query.Timestamp {
		return func(row []query.Value) string {
			v := row[places[0]]
			t := time.Unix(v.N*86400, 0)
			if v.Kind == query.Timestamp {
				t = time.UnixMicro(v.N)
			}
			return t.UTC().Format("2006-01-02")[:cut]
		}, nil
	}
	if depth := map[Every]int{Year: 1, Month: 2, Day: 3}[every]; depth > len(places) {
		return nil, notSoFine()
	}
	return func(row []query.Value) string {
		out := fmt.Sprintf("%04d", row[places[0]].N)
		for _, p := range places[1:min(len(places), (cut-1)/3)] {
			out += fmt.Sprintf("-%02d", row[p].N)
		}
		return out
	}, nil
}
