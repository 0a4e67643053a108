package lab

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/query"
	"yunei/internal/core/query/release"
)

// What a learned sample costs: the profile of a resource (指标概况) once, a tree of dependent columns beside it.
const (
	profileRho release.Rho = 10_000_000_000
	treeRho    release.Rho = 50_000_000_000
)

// treeTries is how often a tree may be learned in a year: a second time, charged again, where the first did not pass
// acceptance; then the profile has to do.
const treeTries = 2

// Rejected is a set that was learned and charged but did not pass acceptance: nobody sees it.
const Rejected = "rejected"

// SampleSet (样例数据集) is learned from raw data with noise, charged once to every resource it comes from, and shared by
// all tenants. While it is one of today's schema it is not learned again within a year; an old one stays valid.
type SampleSet struct {
	ID        string            `json:"id"`
	Level     string            `json:"level" enum:"S1,S2"`
	Resources []string          `json:"resources" doc:"The parent first, where there are two"`
	Tables    []string          `json:"tables"`
	Versions  []int             `json:"versions" doc:"Schema versions it was learned under"`
	Snapshots map[string]string `json:"snapshots" doc:"Resource to the digest of the snapshot it was learned from"`
	State     string            `json:"state" enum:"running,done,rejected,failed,lost"`
	Rho       int64             `json:"rho" doc:"Charged to each resource, in units of 10^-12"`
	Charge    string            `json:"charge" doc:"The disclosure ledger's entry"`
	Reason    string            `json:"reason"`
	Decided   string            `json:"decided" doc:"Organization that decided to spend it"`
	Learned   string            `json:"learned,omitempty" doc:"Digest of the noised histograms"`
	Start     int64             `json:"start" doc:"Ledger number of the start act"`
	Opened    time.Time         `json:"opened"`
	Closed    *time.Time        `json:"closed,omitempty"`
}

func (s *SampleSet) finish(state string, at time.Time) error {
	if s.State != Running {
		return errs.New(errs.Conflict, "这次生成已经结束, 请刷新查看结果")
	}
	s.State, s.Closed = state, &at
	return nil
}

func (s *SampleSet) key() string { return strings.Join(s.Resources, ",") }

// fresh reports whether the set was learned less than a year before a day.
func (s *SampleSet) fresh(day workday.Date) bool {
	return day.Before(workday.DateOf(s.Opened).AddYears(1))
}

// fits reports whether the set has the table as it is today.
func (s *SampleSet) fits(t query.Table) bool {
	i := slices.Index(s.Resources, t.Resource)
	return i >= 0 && s.Versions[i] == t.SchemaVersion
}

// Request states.
const (
	Asked   = "asked"
	Answers = "answered"
	Refused = "refused"
)

// SampleRequest is a tenant's request for a level that costs something.
type SampleRequest struct {
	ID       string     `json:"id"`
	Space    string     `json:"space"`
	Org      string     `json:"org"`
	Resource string     `json:"resource"`
	Parent   string     `json:"parent,omitempty" doc:"Resource with one row of a subject to learn together with (主表)"`
	Level    string     `json:"level" enum:"S1,S2"`
	Reason   string     `json:"reason"`
	State    string     `json:"state" enum:"asked,answered,refused"`
	Set      string     `json:"set,omitempty"`
	Why      string     `json:"why,omitempty"`
	Opened   time.Time  `json:"opened"`
	Closed   *time.Time `json:"closed,omitempty"`
}

func (r *SampleRequest) close(state, set, why string, at time.Time) error {
	if r.State != Asked {
		return errs.New(errs.Conflict, "这项申请已经办结, 请刷新查看结果")
	}
	r.State, r.Set, r.Why, r.Closed = state, set, why, &at
	return nil
}

// resources is what the request asks to learn from, the parent first.
func (r *SampleRequest) resources() []string {
	if r.Parent == "" {
		return []string{r.Resource}
	}
	return []string{r.Parent, r.Resource}
}

// decides reports whether somebody may spend the budget of resources with these holders: the bureau, or who holds all.
func decides(a access.Actor, holders []string) bool {
	return a.Has(access.Bureau) || a.Has(access.Holder) && !slices.ContainsFunc(holders, func(h string) bool { return h != a.Org })
}

func decodeSet(body string) (s SampleSet, err error) {
	err = json.Unmarshal([]byte(body), &s)
	return s, err
}
