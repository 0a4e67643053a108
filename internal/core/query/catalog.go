package query

import (
	"slices"
	"strings"
)

// Role is what a column is for. The list is closed.
type Role string

const (
	SubjectKey Role = "subject_key" // the sid; joined on or counted, never shown
	JoinKey    Role = "join_key"    // a declared key to a public table
	Dimension  Role = "dimension"   // grouped by, over its public domain
	Measure    Role = "measure"     // summed and averaged
	FilterOnly Role = "filter_only" // only in conditions
	Never      Role = "never"       // no use at all; what an unlabelled column is
)

// Use is one permitted use of a column (数据项用途). A column without uses has none.
type Use string

const (
	Plaintext      Use = "PLAINTEXT"       // rows of open resources (class O)
	AfterJoin      Use = "AFTER_JOIN"      // as a join key
	AfterGroupBy   Use = "AFTER_GROUP_BY"  // as a grouping column of an aggregate
	AfterAggregate Use = "AFTER_AGGREGATE" // inside COUNT, SUM, AVG
	AfterCompare   Use = "AFTER_COMPARE"   // in a condition with constants
	ConsentedField Use = "CONSENTED_FIELD" // the field itself, under the subject's consent (class B)
	ConsentedScore Use = "CONSENTED_SCORE" // an input of a score, under the subject's consent (class B)
	VerifyOnly     Use = "VERIFY_ONLY"     // yes/no only (class C)
)

// National grades of data (数据分级).
const (
	Ordinary  = "ordinary"  // 一般数据
	Important = "important" // 重要数据
	Core      = "core"      // 核心数据
)

// Grade is how sensitive a column is: the national grade, the local level 1 to 4 inside 一般数据, and whether it is
// sensitive personal information (敏感个人信息).
type Grade struct {
	National  string `json:"national"`
	Level     int    `json:"level,omitempty"`
	Sensitive bool   `json:"sensitive,omitempty"`
}

// Code is one entry of a public code list (公开代码表): the value as stored, and what it means.
type Code struct {
	Value string `json:"value"`
	Label string `json:"label,omitempty"`
}

// Column is the policy of one field. Bounds and edges are in units of 10^-Scale for numbers and in days for dates.
type Column struct {
	Name   string  `json:"name"`
	Title  string  `json:"title,omitempty"`
	Type   Type    `json:"type"`
	Null   bool    `json:"null,omitempty"` // NULL occurs and is a value of its own
	Role   Role    `json:"role"`
	Grade  Grade   `json:"grade"`
	Domain []Code  `json:"domain,omitempty"` // public code list; a text or int column may have one
	Select bool    `json:"select,omitempty"` // no public code list: which values are shown is selected privately (分组遴选)
	Edges  []int64 `json:"edges,omitempty"`  // the public cut points: first value of each upper side, ascending
	Step   int64   `json:"step,omitempty"`   // the least distance of cut points; without Edges they are Lo, Lo+Step, Lo+2*Step, ...
	Lo     *int64  `json:"lo,omitempty"`
	Hi     *int64  `json:"hi,omitempty"`
	Uses   []Use   `json:"uses,omitempty"`
	Cells  int     `json:"cells,omitempty"`  // values one recipient group may ever tell apart per subject and value period; 0 means the default
	Period int     `json:"period,omitempty"` // months after which the value is another one (值所属的期); 0: the value is for life
}

// DefaultCells is the cap on distinguishable values when the policy of a column names none.
const DefaultCells = 8

// Records is the field "how many records the subject has in this resource".
const Records = "#"

// CellCap is how many values one recipient group may ever tell apart in this column about one subject: the declared
// cells, else the default or the size of the column's own domain if that is smaller.
func (c *Column) CellCap() int {
	switch {
	case c.Cells > 0:
		return c.Cells
	case len(c.Domain) > 0 && c.DomainSize() < DefaultCells:
		return c.DomainSize()
	}
	return DefaultCells
}

// Cut reports whether the policy publishes n as a cut point: values from n on may be told from those below. The end of a
// stepped range is one.
func (c *Column) Cut(n int64) bool {
	if len(c.Edges) > 0 {
		return slices.Contains(c.Edges, n)
	}
	return c.stepped() && n >= *c.Lo && (n <= *c.Hi && (n-*c.Lo)%c.Step == 0 || n == *c.Hi+1)
}

// CutSum reports the same for a sum of the column over one subject's records, which may lie beyond its range.
func (c *Column) CutSum(n int64) bool {
	return c.Cut(n) || c.stepped() && n > *c.Hi && (n-*c.Lo)%c.Step == 0
}

// Cuts lists the public cut points, at most a number of them.
func (c *Column) Cuts(most int) []int64 {
	if len(c.Edges) > 0 {
		return c.Edges[:min(len(c.Edges), most)]
	}
	var out []int64
	if c.stepped() {
		for n := *c.Lo; n <= *c.Hi-c.Step && len(out) < most; {
			n += c.Step
			out = append(out, n)
		}
	}
	return out
}

func (c *Column) stepped() bool { return c.Step > 0 && c.Lo != nil && c.Hi != nil }

// Bands is how many bands the public cut points make; ok is false when there are none.
func (c *Column) Bands() (n int64, ok bool) {
	switch {
	case len(c.Edges) > 0:
		return int64(len(c.Edges)) + 1, true
	case c.stepped():
		return (*c.Hi-*c.Lo)/c.Step + 1, true
	}
	return 0, false
}

// DomainSize counts the values of the public domain, NULL included where it occurs.
func (c *Column) DomainSize() int {
	n := len(c.Domain)
	if c.Null {
		n++
	}
	return n
}

// Allows reports whether the policy of the column permits the use.
func (c *Column) Allows(u Use) bool {
	if c.Role == Never || c.Role == "" {
		return false
	}
	for _, have := range c.Uses {
		if have == u {
			return true
		}
	}
	return false
}

// DefaultUses are the uses the bureau is proposed for a role: what a new catalog entry starts with.
func DefaultUses(r Role) []Use {
	switch r {
	case SubjectKey, JoinKey:
		return []Use{AfterJoin}
	case Dimension:
		return []Use{AfterGroupBy, AfterAggregate, AfterCompare, ConsentedField, ConsentedScore, VerifyOnly}
	case Measure:
		return []Use{AfterAggregate, AfterCompare, ConsentedScore, VerifyOnly}
	case FilterOnly:
		return []Use{AfterCompare}
	}
	return nil
}

// Table is the policy of one resource as a model sees it.
type Table struct {
	Name              string   `json:"name"`
	Title             string   `json:"title,omitempty"`
	Resource          string   `json:"resource"`
	SchemaVersion     int      `json:"schemaVersion"`
	UnitKind          string   `json:"unitKind,omitempty"`          // person, enterprise; "" for a table about nobody
	SubjectKey        string   `json:"subjectKey,omitempty"`        // name of the column with role subject_key
	MaxRowsPerSubject int      `json:"maxRowsPerSubject,omitempty"` // 0 when unknown
	Units             int64    `json:"units,omitempty"`             // public, rounded to two digits; 0 when unknown
	Unique            []string `json:"unique,omitempty"`            // columns that, of a private table together with the subject key, name one row at most
	Series            string   `json:"series,omitempty"`            // a series (按月系列): the date or timestamp column whose month, with the subject, has a budget of its own
	Open              bool     `json:"open,omitempty"`              // rows may be read by everyone (class O)
	Columns           []Column `json:"columns"`
}

// Private reports whether the table is about units that need protection.
func (t *Table) Private() bool { return t.UnitKind != "" }

// Column finds a column by name.
func (t *Table) Column(name string) (*Column, bool) {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return &t.Columns[i], true
		}
	}
	return nil, false
}

// Catalog is what one asker may name: the tables in reach, each with its policy.
type Catalog struct {
	Tables []Table `json:"tables"`
}

// Table finds a table by the name models use; SQL folds unquoted names to lower case, so names here are lower case.
func (c Catalog) Table(name string) (*Table, bool) {
	for i := range c.Tables {
		if strings.EqualFold(c.Tables[i].Name, name) {
			return &c.Tables[i], true
		}
	}
	return nil, false
}
