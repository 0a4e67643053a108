package query

import "fmt"

// FitKind is a kind of model that can be fitted (模型拟合). The list is closed.
type FitKind string

const (
	Linear   FitKind = "linear"   // least squares, from noised sums of products
	Logistic FitKind = "logistic" // logistic regression, from noised counts by the features' values
)

// Fit says what the released vectors of a model are put together to: coefficients with standard errors. It is computed
// from the noised vectors alone, so it costs nothing beyond them and is no part of the Question.
type Fit struct {
	Kind  FitKind   `json:"kind"`
	Y     FitTerm   `json:"y"`
	Terms []FitTerm `json:"terms"` // beside the intercept

	// linear: for each pair of (1, terms..., y), row by row from the diagonal on, the aggregate that sums its product; -1
	// where the product is always 0.
	Moments []int `json:"moments,omitempty"`

	// logistic: the aggregates that count the rows of a cell, and those whose y is true.
	Count    int `json:"count,omitempty"`
	Positive int `json:"positive,omitempty"`
}

// FitTerm is one feature, or one value of a feature that is a list of values.
type FitTerm struct {
	Name string `json:"name"`

	// linear: what is summed is (x - Middle) / Half, both in units of 10^-Scale; an indicator, which is summed as it is,
	// has Half 0.
	Middle int64 `json:"middle,omitempty"`
	Half   int64 `json:"half,omitempty"`
	Scale  int   `json:"scale,omitempty"`

	// logistic: the key, and the place in its domain whose indicator the term is; -1 for the key's own number.
	Key   int `json:"key,omitempty"`
	Value int `json:"value,omitempty"`
}

// MaxFitTerms bounds the features of a model: every pair of them is a noised vector.
const MaxFitTerms = 20

// FitPlaces are the decimal places of a coefficient and of its standard error.
const FitPlaces = 6

// Pair is where the product of i and j, counted over (1, terms..., y), stands among the Moments.
func (f *Fit) Pair(i, j int) int {
	if i > j {
		i, j = j, i
	}
	n := len(f.Terms) + 2
	return i*n - i*(i-1)/2 + j - i
}

func (m *Model) validateFit() error {
	f := m.Fit
	if f == nil {
		for i := range m.Outputs {
			switch m.Outputs[i].Kind {
			case OutTerm, OutCoef, OutStdErr:
				return fmt.Errorf("output %q without a fit", m.Outputs[i].Name)
			}
		}
		return nil
	}
	if m.Class != A || m.Post != nil || len(m.Selects()) > 0 || m.Root.Groups != 1 || m.Root.Rows != 1 {
		return fmt.Errorf("a fit is class A over one row of each unit, and nothing follows it")
	}
	if len(f.Terms) == 0 || len(f.Terms) > MaxFitTerms {
		return fmt.Errorf("a fit of %d terms", len(f.Terms))
	}
	kinds := []OutputKind{OutTerm, OutCoef, OutStdErr}
	if len(m.Outputs) != len(kinds) {
		return fmt.Errorf("a fit with %d outputs", len(m.Outputs))
	}
	for i := range m.Outputs {
		if m.Outputs[i].Kind != kinds[i] {
			return fmt.Errorf("a fit with output %s", m.Outputs[i].Kind)
		}
	}
	agg := func(i int) bool { return i >= 0 && i < len(m.Root.Aggs) }
	switch f.Kind {
	case Linear:
		n := len(f.Terms) + 2
		if len(m.Root.Keys) > 0 || len(f.Moments) != n*(n+1)/2 || f.Y.Half <= 0 || !agg(f.Moments[0]) || m.Root.Aggs[f.Moments[0]].Func == AggSum {
			return fmt.Errorf("a linear fit of %d moments over %d terms", len(f.Moments), len(f.Terms))
		}
		for i, at := range f.Moments {
			if at != -1 && !agg(at) || at != -1 && i > 0 && m.Root.Aggs[at].Center != 0 {
				return fmt.Errorf("moment %d of a fit", i)
			}
		}
		for i := range f.Terms {
			if t := &f.Terms[i]; t.Half < 0 || t.Scale < 0 || t.Scale > MaxScale || !agg(f.Moments[f.Pair(0, i+1)]) || !agg(f.Moments[f.Pair(i+1, i+1)]) {
				return fmt.Errorf("term %q of a fit", t.Name)
			}
		}
	case Logistic:
		if len(m.Root.Keys) == 0 || len(f.Moments) > 0 || !agg(f.Count) || !agg(f.Positive) || m.Root.Aggs[f.Count].Func == AggSum || m.Root.Aggs[f.Positive].Func != AggSum {
			return fmt.Errorf("a logistic fit of %d keys", len(m.Root.Keys))
		}
		for i := range f.Terms {
			t := &f.Terms[i]
			if t.Key < 0 || t.Key >= len(m.Root.Keys) || t.Value < -1 || t.Value >= len(m.Root.Keys[t.Key].Domain) || m.Root.Keys[t.Key].Null ||
				t.Value == -1 && !m.Root.Keys[t.Key].Expr.Type.Numeric() {
				return fmt.Errorf("term %q of a fit", t.Name)
			}
		}
	default:
		return fmt.Errorf("a fit of kind %q", f.Kind)
	}
	return nil
}
