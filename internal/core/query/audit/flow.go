package audit

// flow gives exact intervals of the hidden cells of a two-way table with known margins and no negative values: raising a
// cell by d is moving d around a cycle of hidden cells, a maximum flow between its column and its row. The matrix of such
// a system is totally unimodular, so the bounds are whole numbers and no linear program is needed.
type flow struct {
	b          *boxes
	value      []int64
	rows, cols int
	byRow      [][]int // hidden cells of each row
	byCol      [][]int
	from       []int // node -> the cell it was reached by
	seen       []int
	round      int
	delta      []int64
	touched    []int
}

func newFlow(b *boxes, m int, hidden []bool) *flow {
	f := &flow{b: b, value: b.values[m], rows: b.dims[1], cols: b.dims[0]}
	f.byRow, f.byCol = make([][]int, f.rows), make([][]int, f.cols)
	for c, h := range hidden {
		if h && !b.table.structural(c) {
			r, k := f.place(c)
			f.byRow[r], f.byCol[k] = append(f.byRow[r], c), append(f.byCol[k], c)
		}
	}
	f.from, f.seen, f.delta = make([]int, f.rows+f.cols), make([]int, f.rows+f.cols), make([]int64, len(f.value))
	return f
}

func (f *flow) place(c int) (row, col int) {
	return c / f.b.steps[1] % f.rows, c / f.b.steps[0] % f.cols
}

// interval is how far the cell can fall and rise, each up to enough.
func (f *flow) interval(c int, enough int64) (down, up int64) {
	r, k := f.place(c)
	// To rise, its column must give elsewhere and its row take back: col k -> ... -> row r.
	up = f.push(f.rows+k, r, c, enough)
	down = f.push(r, f.rows+k, c, min(enough, f.value[c]))
	return down, up
}

// push is the maximum flow between two nodes without the cell itself. From a column one goes to a row by lowering a cell, from
// a row to a column by raising one.
func (f *flow) push(source, sink, without int, enough int64) int64 {
	var sent int64
	for sent < enough && f.search(source, sink, without) {
		bottleneck := enough - sent
		for at := sink; at != source; {
			c := f.from[at]
			r, k := f.place(c)
			if at == r { // reached from the column: the cell falls
				bottleneck = min(bottleneck, f.value[c]+f.delta[c])
				at = f.rows + k
			} else {
				at = r
			}
		}
		for at := sink; at != source; {
			c := f.from[at]
			r, k := f.place(c)
			f.touched = append(f.touched, c)
			if at == r {
				f.delta[c] -= bottleneck
				at = f.rows + k
			} else {
				f.delta[c] += bottleneck
				at = r
			}
		}
		sent += bottleneck
	}
	for _, c := range f.touched {
		f.delta[c] = 0
	}
	f.touched = f.touched[:0]
	return sent
}

func (f *flow) search(source, sink, without int) bool {
	f.round++
	queue := []int{source}
	f.seen[source] = f.round
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		cells, fall := f.byRow, false
		node := at
		if at >= f.rows {
			cells, fall, node = f.byCol, true, at-f.rows
		}
		for _, c := range cells[node] {
			if c == without || fall && f.value[c]+f.delta[c] == 0 {
				continue
			}
			r, k := f.place(c)
			next := f.rows + k
			if fall {
				next = r
			}
			if f.seen[next] == f.round {
				continue
			}
			f.seen[next], f.from[next] = f.round, c
			if next == sink {
				return true
			}
			queue = append(queue, next)
		}
	}
	return false
}
