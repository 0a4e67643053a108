package supply

import (
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
	"yunei/internal/flow/lab"
)

// KindPart is the matter that decides on one part; PermitProvision the core/access permit of what an operator was given.
const (
	KindPart        = "supply.part"
	PermitProvision = "provision"
)

// States of a part, of a processing record and of a demand.
const (
	Asked     = "asked"
	Approved  = "approved"
	Refused   = "refused"
	Withdrawn = "withdrawn"
	Stands    = "stands"
	Ended     = "ended"
	Answered  = "answered"
)

// AskItem is what is asked of one resource.
type AskItem struct {
	Resource string   `json:"resource"`
	Fields   []string `json:"fields" minItems:"1" maxItems:"200"`
	Raw      bool     `json:"raw,omitempty" doc:"原始数据: not processed by the operator first"`
	Reason   string   `json:"reason,omitempty" maxLength:"2000" doc:"Why raw data is truly needed (确需利用原始数据)"`
}

// Ask is an application as it is filled in.
type Ask struct {
	Items []AskItem `json:"items" minItems:"1" maxItems:"50"`
}

// Item is one resource of an application, with its name in the catalog.
type Item struct {
	AskItem
	Title string `json:"title"`
}

// Application (公共数据申请) asks for data under one scenario.
type Application struct {
	ID       string      `json:"id"`
	Scenario string      `json:"scenario" doc:"Number of the scenario it is under"`
	Title    string      `json:"title" doc:"Of the scenario"`
	Org      string      `json:"org"`
	Operator string      `json:"operator,omitempty" doc:"The authorized operator it goes to, where the law has one"`
	Area     access.Area `json:"area,omitempty"`
	Items    []Item      `json:"items"`
	Parts    []string    `json:"parts"`
	Filer    string      `json:"filer"`
	Opened   time.Time   `json:"opened"`
}

// Part (申请的一部分) is what of an application one provider decides on, in one way.
type Part struct {
	ID          string     `json:"id"`
	Application string     `json:"application"`
	Scenario    string     `json:"scenario"`
	Org         string     `json:"org"`
	Provider    string     `json:"provider" doc:"数据提供单位"`
	Route       string     `json:"route" enum:"ordinary,raw"`
	Returned    bool       `json:"returned,omitempty" doc:"省回流数据"`
	Items       []Item     `json:"items"`
	Matter      string     `json:"matter"`
	State       string     `json:"state" enum:"asked,approved,refused,withdrawn"`
	Agreed      bool       `json:"agreed,omitempty" doc:"The provider reviewed and agreed"`
	Papers      []Recorded `json:"papers,omitempty" doc:"Papers of decisions taken elsewhere, such as the number in the provincial resource system"`
	Opened      time.Time  `json:"opened"`
	Closed      *time.Time `json:"closed,omitempty"`
}

// Recorded is the paper of a decision that was taken elsewhere.
type Recorded struct {
	Step   string `json:"step"`
	Title  string `json:"title" doc:"Of the step"`
	Number string `json:"number"`
	Digest string `json:"digest"`
}

// resources are the catalog entries it asks for.
func (p Part) resources() (ids []string) {
	for _, i := range p.Items {
		ids = append(ids, i.Resource)
	}
	return ids
}

// reference names the papers a part rests on.
func (p Part) reference() string {
	var out []string
	for _, r := range p.Papers {
		out = append(out, r.Number)
	}
	return strings.Join(out, "、")
}

// check finds what a form can be told at once.
func (a Ask) check() error {
	e := errs.New(errs.Invalid, "公共数据申请填写不完整, 请按所列各处补充")
	if len(a.Items) == 0 {
		e.Spots = append(e.Spots, errs.Spot{Where: "body.items", Message: "请至少选择一项数据资源"})
	}
	for i, item := range a.Items {
		if len(item.Fields) == 0 {
			e.Spots = append(e.Spots, errs.Spot{Where: "body.items", Message: "请至少选择一个数据项"})
		}
		if slices.ContainsFunc(a.Items[:i], func(o AskItem) bool { return o.Resource == item.Resource }) {
			e.Spots = append(e.Spots, errs.Spot{Where: "body.items", Message: "同一资源请合并为一项"})
		}
	}
	if len(e.Spots) > 0 {
		return e
	}
	return nil
}

func (i AskItem) route() string {
	if i.Raw {
		return lab.RouteRaw
	}
	return lab.RouteOrdinary
}

// split makes the parts of an application: holder and returned tell of each resource whose it is and where it came from.
func split(items []Item, holder func(string) string, returned func(string) bool) []Part {
	var parts []Part
	for _, item := range items {
		who, back, route := holder(item.Resource), returned(item.Resource), item.route()
		i := slices.IndexFunc(parts, func(p Part) bool { return p.Provider == who && p.Returned == back && p.Route == route })
		if i < 0 {
			parts = append(parts, Part{Provider: who, Returned: back, Route: route})
			i = len(parts) - 1
		}
		parts[i].Items = append(parts[i].Items, item)
	}
	return parts
}

// ended takes over what a part's matter decided.
func (p *Part) ended(m *matter.Matter, at time.Time) {
	p.State = map[matter.State]string{matter.Passed: Approved, matter.Refused: Refused}[m.State]
	if p.State == "" {
		p.State = Withdrawn
	}
	p.Closed = &at
	p.Agreed, p.Papers = agreed(m), nil
	for _, s := range m.Steps {
		for _, o := range s.Opinions {
			if s.Records && o.Document != nil {
				p.Papers = append(p.Papers, Recorded{Step: s.ID, Title: s.Title, Number: o.Document.Number, Digest: o.Document.Digest})
			}
		}
	}
}

// agreed reports whether the provider passed a part, whatever the others say.
func agreed(m *matter.Matter) bool {
	return slices.ContainsFunc(m.Steps, func(s matter.Step) bool {
		return access.Role(s.Role) == access.Holder && s.State == matter.StepDone &&
			slices.ContainsFunc(s.Opinions, func(o matter.Opinion) bool { return o.Verdict == matter.Pass })
	})
}

// Provision (提供给授权运营主体的资源) is one resource that the bureau gave to an operator, inside the domain, under its agreement.
type Provision struct {
	ID            string       `json:"id"`
	Area          access.Area  `json:"area,omitempty"`
	Authorization string       `json:"authorization"`
	Agreement     string       `json:"agreement"`
	Operator      string       `json:"operator"`
	Resource      string       `json:"resource"`
	Title         string       `json:"title"`
	Permit        string       `json:"permit"`
	From          workday.Date `json:"from"`
	Until         workday.Date `json:"until"`
	By            string       `json:"by"`
	Opened        time.Time    `json:"opened"`
	Ended         *time.Time   `json:"ended,omitempty"`
	Why           string       `json:"why,omitempty"`
}

// Processing (加工处理记录) is what an operator did to a resource before it supplies it: which items it let through, and how they were
// cleaned and masked. It speaks of one version of the catalog entry and lapses with it.
type Processing struct {
	ID       string      `json:"id"`
	Area     access.Area `json:"area,omitempty"`
	Operator string      `json:"operator"`
	Resource string      `json:"resource"`
	Title    string      `json:"title"`
	Version  int         `json:"version" doc:"Version of the catalog entry it speaks of"`
	Snapshot string      `json:"snapshot" doc:"Digest of the data it was done on first"`
	Treated
	State  string     `json:"state" enum:"stands,ended"`
	By     string     `json:"by"`
	Opened time.Time  `json:"opened"`
	Ended  *time.Time `json:"ended,omitempty"`
	Why    string     `json:"why,omitempty"`
}

// Treated is what the operator fills in.
type Treated struct {
	Fields  []string `json:"fields" minItems:"1" maxItems:"500" doc:"Items that were let through; the others are not supplied by the ordinary route"`
	Cleaned string   `json:"cleaned" minLength:"2" maxLength:"5000" doc:"清洗"`
	Masked  string   `json:"masked" minLength:"2" maxLength:"5000" doc:"脱敏"`
}

// Demand (数据需求清单) is what a scenario needs and no resource in operation gives.
type Demand struct {
	ID       string      `json:"id"`
	Area     access.Area `json:"area,omitempty"`
	Scenario string      `json:"scenario"`
	Org      string      `json:"org"`
	What     string      `json:"what"`
	Why      string      `json:"why"`
	State    string      `json:"state" enum:"asked,answered"`
	Resource string      `json:"resource,omitempty" doc:"The published resource that answers it"`
	Title    string      `json:"title,omitempty"`
	Fields   []string    `json:"fields,omitempty"`
	By       string      `json:"by,omitempty"`
	Opened   time.Time   `json:"opened"`
	Closed   *time.Time  `json:"closed,omitempty"`
}
