package release

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"

	"yunei/internal/core/query"
)

// CheckNoise looks at the canaries: draws of the run's own samplers on cells that hold
// nothing. Their spread must fit the variance that was charged; a sampler that had
// stood still, or drawn too little, fails. An honest one fails about once in a million.
func (e *Evidence) CheckNoise() error {
	for i := range e.Plan.Vectors {
		v := &e.Plan.Vectors[i]
		if i >= len(e.Canary) || len(e.Canary[i]) < canaries {
			return fmt.Errorf("vector %d: no canaries", i)
		}
		want, _ := v.Variance.Float64()
		var got, fourth float64
		for _, y := range e.Canary[i] {
			got += float64(y) * float64(y)
		}
		n := float64(len(e.Canary[i]))
		got /= n
		// The fourth moment of a narrow discrete Gaussian exceeds 3*variance^2.
		fourth = 3*want*want + want
		if spread := 5 * math.Sqrt((fourth-want*want)/n); math.Abs(got-want) > spread {
			return fmt.Errorf("vector %d: the canaries' variance is %.3g, want %.3g within %.3g", i, got, want, spread)
		}
	}
	return e.checkSelection()
}

// How a file shows what is hidden, and what names the column of an error.
const (
	hiddenText  = "*"
	errorColumn = "_error95"
)

// CSV is the released table as a file: one line per cell, an error column beside every
// noised column, * where nothing is shown. The same table gives the same bytes.
func (t *Table) CSV() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	var head []string
	for _, c := range t.Columns {
		head = append(head, c.Name)
		if t.Noised(c) {
			head = append(head, c.Name+errorColumn)
		}
	}
	w.Write(head)
	for _, row := range t.Rows {
		var line []string
		for i := range row.Fields {
			f := &row.Fields[i]
			line = append(line, f.Text())
			if !t.Noised(t.Columns[i]) {
				continue
			}
			half := ""
			if !f.Hidden {
				half = f.Error95.Text()
			}
			line = append(line, half)
		}
		w.Write(line)
	}
	w.Flush() // a bytes.Buffer takes everything
	return b.Bytes()
}

// ReadCSV reads a file that CSV wrote for a model in a mode, as typed columns and rows. What is hidden, or has no figure, is NULL.
func ReadCSV(m *query.Model, mode string, file []byte) (columns []query.Column, rows [][]query.Value, err error) {
	names := []bool{} // columns that name a row: there a star is a value
	for _, c := range columnsOf(m) {
		columns = append(columns, query.Column{Name: c.Name, Title: c.Title, Type: c.Type})
		names = append(names, c.Kind == query.OutKey || c.Kind == query.OutTerm)
		if (&Table{Mode: mode}).Noised(c) {
			columns, names = append(columns, query.Column{Name: c.Name + errorColumn, Type: c.Type}), append(names, false)
		}
	}
	lines, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		return nil, nil, err
	}
	for i, line := range lines {
		if len(line) != len(columns) {
			return nil, nil, fmt.Errorf("line %d has %d fields, the model %d", i+1, len(line), len(columns))
		}
		row := make([]query.Value, len(line))
		for j, text := range line {
			switch {
			case i == 0 && text != columns[j].Name:
				return nil, nil, fmt.Errorf("column %q, the model has %q", text, columns[j].Name)
			case i == 0 || text == "" || text == hiddenText && !names[j]:
			default:
				if row[j], err = query.ParseValue(columns[j].Type, text); err != nil {
					return nil, nil, fmt.Errorf("line %d, %s: %w", i+1, columns[j].Name, err)
				}
			}
		}
		if i > 0 {
			rows = append(rows, row)
		}
	}
	if len(lines) == 0 {
		return nil, nil, fmt.Errorf("it is empty")
	}
	return columns, rows, nil
}

// Noised reports whether a column is a figure with an error, rather than what names a row, or an exact one.
func (t *Table) Noised(c Column) bool {
	return c.Kind != query.OutKey && c.Kind != query.OutTerm && c.Kind != query.OutStdErr && t.Mode != ExactMode
}

// Digest names the released table: the SHA-256 of its JSON, which is the same for the
// same table. What leaves must still have the digest that was decided on.
func (t *Table) Digest() string {
	b, err := json.Marshal(t)
	if err != nil {
		panic(fmt.Sprintf("release: a table that is no JSON: %v", err)) // it holds strings and integers only
	}
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}
