package trace

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/ledger"
	"yunei/internal/core/matter"
	"yunei/internal/core/party"
	"yunei/internal/core/query"
)

// Stage is where in its life something stood.
type Stage string

// The stages of a chain, in the order in which they follow each other.
const (
	Catalog     Stage = "catalog"     // 编目
	Grading     Stage = "grading"     // 定级
	Collection  Stage = "collection"  // 归集
	Application Stage = "application" // 申报
	Review      Stage = "review"      // 审查
	Grant       Stage = "grant"       // 授权
	Supply      Stage = "supply"      // 供数
	Model       Stage = "model"       // 模型
	Use         Stage = "use"         // 加工、查询
	Result      Stage = "result"      // 出域审查
	Delivery    Stage = "delivery"    // 交付
	Destruction Stage = "destruction" // 销毁
)

// Step is one thing that happened, as the ledger has it.
type Step struct {
	Stage   Stage        `json:"stage" enum:"catalog,grading,collection,application,review,grant,supply,model,use,result,delivery,destruction"`
	At      time.Time    `json:"at"`
	Act     string       `json:"act,omitempty" doc:"Empty: no act, such as taking open data"`
	Seq     int64        `json:"seq,omitempty" doc:"Ledger number; of several that were put together, of the first"`
	Kind    string       `json:"kind" doc:"Of the object it was done to"`
	Object  string       `json:"object"`
	Title   string       `json:"title"`
	Org     string       `json:"org,omitempty"`
	Account string       `json:"-"` // who acted; told where the person is asked for
	OrgName string       `json:"org_name,omitempty"`
	Matter  string       `json:"matter,omitempty"`
	Note    string       `json:"note,omitempty"`
	Grade   *query.Grade `json:"grade,omitempty" doc:"Of a grading"`
	Count   int64        `json:"count,omitempty" doc:"How many were put together: the calls of one service on one day"`
	Rests   []Ref        `json:"rests,omitempty" doc:"What the object rests on"`
}

// Ref names an object of the chain.
type Ref struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// Gap (缺口) is where the chain does not hold.
type Gap struct {
	Stage  Stage  `json:"stage"`
	Kind   string `json:"kind"`
	Object string `json:"object"`
	Title  string `json:"title,omitempty"`
	Why    string `json:"why"`
}

// node is one object of a chain.
type node struct {
	stage           Stage
	kind, id, title string
	rests           []Ref
	stageOf         func(act string) Stage // where acts on the object belong to different stages; "" leaves the entry out
}

// chain is what was found so far.
type chain struct {
	log     *ledger.Log
	nodes   []node
	index   map[string]int
	matters map[string]node // by id: the matter's own steps stand at the stage of what it decides on
	extra   []Step
	gaps    []Gap
}

func newChain(log *ledger.Log) *chain {
	return &chain{log: log, index: map[string]int{}, matters: map[string]node{}}
}

func (c *chain) add(n node) {
	if _, known := c.index[n.id]; known || n.id == "" {
		return
	}
	c.index[n.id] = len(c.nodes)
	c.nodes = append(c.nodes, n)
}

func (c *chain) matter(id string, stage Stage, title string) {
	if id != "" {
		c.matters[id] = node{stage: stage, kind: "matter", id: id, title: title}
	}
}

func (c *chain) gap(n node, why string) {
	c.gaps = append(c.gaps, Gap{Stage: n.stage, Kind: n.kind, Object: n.id, Title: n.title, Why: why})
}

// steps are the entries of everything in the chain. What left no entry is a gap: it was not done by an act.
func (c *chain) steps(ctx context.Context, tx *sqldb.Tx) ([]Step, error) {
	var ids, matters []string
	for _, n := range c.nodes {
		ids = append(ids, n.id)
	}
	for id := range c.matters {
		matters = append(matters, id)
	}
	slices.Sort(matters)
	entries, err := c.log.Concerning(ctx, tx, ids, matters)
	if err != nil {
		return nil, err
	}
	steps := c.extra
	told := map[string]bool{}
	for _, e := range entries {
		for _, s := range c.stepsOf(e, told) {
			if e.Outcome == ledger.Done {
				steps = append(steps, s)
			}
		}
	}
	for _, n := range c.nodes {
		if !told[n.id] {
			c.gap(n, "账本里没有它的任何条目, 不是经平台办理产生的")
		}
	}
	if err := c.decided(ctx, tx, steps); err != nil {
		return nil, err
	}
	return steps, name(ctx, tx, steps)
}

// decided says at which of its steps a matter was worked on.
func (c *chain) decided(ctx context.Context, tx *sqldb.Tx, steps []Step) error {
	titles := map[string]string{}
	for id := range c.matters {
		m, err := matter.Load(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, s := range m.Steps {
			titles[id+" "+s.ID] = s.Title
		}
	}
	for i, s := range steps {
		if s.Kind == "matter" {
			steps[i].Note = titles[s.Object+" "+s.Note]
		}
	}
	return nil
}

// sorted is oldest first; what one entry did at several stages stands in their order.
func sorted(steps []Step) []Step {
	order := []Stage{Catalog, Grading, Collection, Application, Review, Grant, Supply, Model, Use, Result, Delivery, Destruction}
	slices.SortStableFunc(steps, func(a, b Step) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Seq, b.Seq), cmp.Compare(slices.Index(order, a.Stage), slices.Index(order, b.Stage)))
	})
	return steps
}

// papers are what one act makes together, the weightiest first: of these an entry is a step of one.
var papers = []string{"grant", "agreement", "declaration", "scenario", "data-part", "data-application", "permit"}

// stepsOf is one entry as steps, one for each object it touched. What decides in a matter is a step of that matter alone, whatever
// followed from it.
func (c *chain) stepsOf(e ledger.Record, told map[string]bool) []Step {
	made := func(n node, stage Stage) Step {
		return Step{Stage: stage, At: e.Recorded, Act: e.Act, Seq: e.Seq, Kind: n.kind, Object: n.id, Title: n.title, Org: e.Org, Account: e.Actor, Matter: e.Matter, Rests: n.rests}
	}
	var out []Step
	paper := -1 // place in out
	for _, change := range e.Changes {
		i, known := c.index[change.ID]
		if !known || c.nodes[i].kind != change.Kind {
			continue
		}
		n := c.nodes[i]
		told[n.id] = true
		stage := n.stage
		if n.stageOf != nil {
			stage = n.stageOf(e.Act)
		}
		weight := slices.Index(papers, n.kind)
		switch {
		case stage == "" || slices.ContainsFunc(out, func(s Step) bool { return s.Object == n.id }):
		case weight < 0:
			out = append(out, made(n, stage))
		case paper < 0:
			paper, out = len(out), append(out, made(n, stage))
		case weight < slices.Index(papers, out[paper].Kind):
			out[paper] = made(n, stage)
		}
	}
	m, decides := c.matters[e.Matter]
	switch {
	case !decides:
	case strings.HasPrefix(e.Act, "matter."):
		s := made(m, m.stage)
		s.Note = e.Step
		return []Step{s}
	case len(out) == 0:
		out = []Step{made(m, m.stage)}
	}
	return out
}

// name puts the organizations' names beside their ids.
func name(ctx context.Context, tx *sqldb.Tx, steps []Step) error {
	names := map[string]string{"": ""}
	for i := range steps {
		name, known := names[steps[i].Org]
		if !known {
			o, err := party.Load(ctx, tx, steps[i].Org)
			if err != nil && !errs.Is(err, errs.NotFound) {
				return err
			}
			name = o.Name
			names[steps[i].Org] = name
		}
		steps[i].OrgName = name
	}
	return nil
}

// Count is how many steps a stage has, and how many gaps.
type Count struct {
	Stage Stage `json:"stage"`
	Steps int   `json:"steps"`
	Gaps  int   `json:"gaps"`
}

func counts(stages []Stage, steps []Step, gaps []Gap) []Count {
	out := make([]Count, len(stages))
	for i, stage := range stages {
		out[i].Stage = stage
		for _, s := range steps {
			if s.Stage == stage {
				out[i].Steps++
			}
		}
		for _, g := range gaps {
			if g.Stage == stage {
				out[i].Gaps++
			}
		}
	}
	return out
}
