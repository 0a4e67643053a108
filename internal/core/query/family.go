package query

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Limits on what one approval may cover.
const (
	MaxParams = 8
	MaxTuples = 200
)

// Param (参数) is a place of a model whose value a run chooses from the values approved with it.
type Param struct {
	Name   string  `json:"name"`
	Type   Type    `json:"type"`
	Values []Value `json:"values"`
}

// Family is a model with parameters: one concrete model for each combination of their values, the last parameter's
// fastest. Nothing is put together at a run, which picks a member that stands in the signed bytes; so every check of a
// model is a check of each member. A model without parameters is a family of one, with the model's own bytes and hash.
type Family struct {
	Format  int      `json:"format"`
	Params  []Param  `json:"params"`
	Members []*Model `json:"members"`
}

// One is the family of a model without parameters.
func One(m *Model) *Family { return &Family{Format: Format, Members: []*Model{m}} }

// Tuples is how many combinations of values the parameters have, at most one more than MaxTuples.
func Tuples(params []Param) int {
	n := 1
	for _, p := range params {
		n = min(n*len(p.Values), MaxTuples+1)
	}
	return n
}

// Tuple gives the values of combination i.
func Tuple(params []Param, i int) []Value {
	out := make([]Value, len(params))
	for k := len(params) - 1; k >= 0; k-- {
		n := len(params[k].Values)
		out[k] = params[k].Values[i%n]
		i /= n
	}
	return out
}

// First is the member of the first combination: what pages show.
func (f *Family) First() *Model { return f.Members[0] }

// Class is the class of all members.
func (f *Family) Class() Class { return f.First().Class }

// Canonical is the one encoding of the family.
func (f *Family) Canonical() []byte {
	if len(f.Params) == 0 {
		return f.First().Canonical()
	}
	return encode(f)
}

// Hash is what experts sign.
func (f *Family) Hash() string { return digest(f.Canonical()) }

// Bind picks the member for the values chosen, and the text of the choice in the order of the parameters. The values are
// as Value.Text writes them; one that was not approved, is missing or is no parameter's is an error.
func (f *Family) Bind(chosen map[string]string) (*Model, string, error) {
	for name := range chosen {
		if !slices.ContainsFunc(f.Params, func(p Param) bool { return p.Name == name }) {
			return nil, "", &ParamError{Name: name}
		}
	}
	at := 0
	texts := make([]string, len(f.Params))
	for i := range f.Params {
		p := &f.Params[i]
		text, given := chosen[p.Name]
		k := slices.IndexFunc(p.Values, func(v Value) bool { return v.Text() == text })
		if !given || k < 0 {
			return nil, "", &ParamError{Name: p.Name, Given: given, Values: p.Texts()}
		}
		at = at*len(p.Values) + k
		texts[i] = p.Name + "=" + text
	}
	return f.Members[at], strings.Join(texts, "&"), nil
}

// Texts are the approved values as Value.Text writes them.
func (p *Param) Texts() []string {
	out := make([]string, len(p.Values))
	for i, v := range p.Values {
		out[i] = v.Text()
	}
	return out
}

// ParamError says which parameter was not given an approved value. Values is nil for a parameter that does not exist.
type ParamError struct {
	Name   string
	Given  bool
	Values []string
}

func (e *ParamError) Error() string {
	if e.Values == nil {
		return fmt.Sprintf("no parameter %s", e.Name)
	}
	return fmt.Sprintf("parameter %s is not one of %s", e.Name, strings.Join(e.Values, ", "))
}

// DecodeFamily reads canonical bytes of a model or of a family, as Decode does.
func DecodeFamily(data []byte) (*Family, error) {
	if m, err := Decode(data); err == nil {
		return One(m), nil
	} else if !bytes.HasPrefix(data, []byte(fmt.Sprintf(`{"format":%d,"params":`, Format))) {
		return nil, err
	}
	var f Family
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("decode family: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("decode family: more than one document")
	}
	if err := f.Validate(); err != nil {
		return nil, fmt.Errorf("decode family: %w", err)
	}
	if !bytes.Equal(f.Canonical(), data) {
		return nil, errors.New("decode family: not in canonical form")
	}
	return &f, nil
}

// Validate holds a family to its shape: finite approved values, one member for each combination, and one schema of the
// answer for all.
func (f *Family) Validate() error {
	if f.Format != Format || len(f.Params) > MaxParams || len(f.Members) == 0 || len(f.Members) != Tuples(f.Params) || len(f.Members) > MaxTuples {
		return fmt.Errorf("%d members of %d parameters", len(f.Members), len(f.Params))
	}
	for i, p := range f.Params {
		if !ParamName(p.Name) || slices.ContainsFunc(f.Params[:i], func(o Param) bool { return o.Name == p.Name }) {
			return fmt.Errorf("parameter name %q", p.Name)
		}
		for k, v := range p.Values {
			if v.IsNull() || v.Type() != p.Type || slices.Contains(p.Values[:k], v) {
				return fmt.Errorf("values of parameter %s", p.Name)
			}
		}
	}
	first := f.Members[0]
	for _, m := range f.Members {
		if m == nil {
			return errors.New("a member is missing")
		}
		if err := m.Validate(); err != nil {
			return err
		}
		if m.Class != first.Class || m.Unit != first.Unit || !sameSchema(m, first) {
			return errors.New("members answer in different shapes")
		}
	}
	return nil
}

func sameSchema(a, b *Model) bool {
	return slices.EqualFunc(a.Outputs, b.Outputs, func(x, y Output) bool { return x.Name == y.Name && x.Type == y.Type && x.Title == y.Title })
}

// ParamName reports whether a parameter may be called that.
func ParamName(name string) bool {
	for i, c := range []byte(name) {
		if c != '_' && (c < 'a' || c > 'z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != "" && name != "subject" && len(name) <= 32
}
