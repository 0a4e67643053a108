package standard

import (
	"slices"
	"time"

	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/regime"
	"yunei/internal/flow/catalog"
)

// Standard is one loaded version of a standard.
type Standard struct {
	ID      string                `json:"id"`
	Series  string                `json:"series" doc:"Short name under which its versions stand together"`
	Version int                   `json:"version" doc:"Counted by the platform, never given twice"`
	Notice  string                `json:"notice" doc:"The notice that published it"`
	Title   string                `json:"title"`
	Number  string                `json:"number,omitempty" doc:"标准号"`
	Edition string                `json:"edition" doc:"The standard's own version"`
	From    workday.Date          `json:"from" doc:"First day in force"`
	Source  string                `json:"source" doc:"Where its text comes from"`
	Sample  bool                  `json:"sample,omitempty" doc:"样例: an example, not the standard's own text"`
	Checks  []regime.StandardTest `json:"checks"`
	Account string                `json:"account"`
	Loaded  time.Time             `json:"loaded"`
}

func (s Standard) spec() regime.StandardSpec {
	return regime.StandardSpec{ID: s.Series, Title: s.Title, Number: s.Number, Edition: s.Edition, From: s.From, Source: s.Source, Sample: s.Sample, Checks: s.Checks}
}

// Interface is what the platform's interface offers, as its own description says.
type Interface struct {
	Version    string
	Operations []string
	Public     []string
	PageLimit  int
}

func (i Interface) facts() map[string]any {
	return map[string]any{"interface.version": i.Version, "interface.operations": i.Operations, "interface.public_operations": i.Public, "interface.page_limit": i.PageLimit}
}

// Deviation (不符合项) is one check that one entry, or the interface, does not meet.
type Deviation struct {
	Check  string `json:"check"`
	About  string `json:"about" enum:"entry,interface"`
	Clause string `json:"clause" doc:"Of the standard"`
	Title  string `json:"title" doc:"What the standard asks"`
	Remedy string `json:"remedy"`
	Entry  string `json:"entry,omitempty"`
	Name   string `json:"name,omitempty" doc:"Of the entry"`
	Holder string `json:"holder,omitempty"`
	New    bool   `json:"new,omitempty" doc:"Not in the former report"`
}

// same reports whether two deviations are the same one in two reports.
func (d Deviation) same(o Deviation) bool { return d.Check == o.Check && d.Entry == o.Entry }

// Report (符合性报告) is what was found against one version on one day.
type Report struct {
	ID         string       `json:"id"`
	Standard   string       `json:"standard"`
	Series     string       `json:"series"`
	Version    int          `json:"version"`
	Title      string       `json:"title"`
	Number     string       `json:"number,omitempty"`
	Edition    string       `json:"edition"`
	Sample     bool         `json:"sample,omitempty"`
	InForce    bool         `json:"in_force" doc:"The version was in force on that day"`
	Day        workday.Date `json:"day"`
	Area       access.Area  `json:"area,omitempty"`
	Entries    int          `json:"entries" doc:"Published entries that were looked at"`
	Holders    int          `json:"holders" doc:"Bodies whose entries they are, on this one platform"`
	Checks     int          `json:"checks"`
	Deviations []Deviation  `json:"deviations"`
	Former     string       `json:"former,omitempty" doc:"The report before, against the same version"`
	Resolved   []Deviation  `json:"resolved" doc:"Deviations of the former report that are none any more, of entries that are still published"`
	Account    string       `json:"account"`
	At         time.Time    `json:"at"`
}

// unclear is the remedy where a check could not be worked out: the standard is to be mended, not what it looked at.
const unclear = "无法检查: 条件在这个对象上算不出来, 请改写标准的这一项"

func (r *Report) add(unmet []regime.Unmet, e catalog.Entry) {
	for _, u := range unmet {
		remedy := u.Remedy
		if u.Unclear {
			remedy = unclear
		}
		r.Deviations = append(r.Deviations, Deviation{Check: u.ID, About: u.About, Clause: u.Clause, Title: u.Title, Remedy: remedy, Entry: e.ID, Name: e.Title, Holder: e.Holder})
	}
}

// compare marks what is new since the former report and what is mended. What was not looked at this time is not mended: an entry that is
// no longer published left with its faults.
func (r *Report) compare(former Report, looked map[string]bool) {
	r.Former = former.ID
	for i := range r.Deviations {
		r.Deviations[i].New = !slices.ContainsFunc(former.Deviations, r.Deviations[i].same)
	}
	for _, d := range former.Deviations {
		if looked[d.Entry] && !slices.ContainsFunc(r.Deviations, d.same) {
			d.New = false
			r.Resolved = append(r.Resolved, d)
		}
	}
}
