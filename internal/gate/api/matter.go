package api

import (
	"context"

	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/matter"
)

// TaskItem is a task as an inbox shows it.
type TaskItem struct {
	matter.Task
	KindTitle     string `json:"kind_title"`
	ApplicantName string `json:"applicant_name"`
	Left          *int   `json:"left,omitempty" doc:"Working days left; negative when overdue; absent where no limit is set"`
}

// MatterItem is a matter as a list shows it.
type MatterItem struct {
	ID            string       `json:"id"`
	Kind          string       `json:"kind"`
	KindTitle     string       `json:"kind_title"`
	Title         string       `json:"title"`
	Applicant     string       `json:"applicant"`
	ApplicantName string       `json:"applicant_name"`
	State         matter.State `json:"state"`
	Step          string       `json:"step,omitempty" doc:"Titles of the open steps"`
	Day           workday.Date `json:"day"`
}

// MatterPage is a matter with its acts.
type MatterPage struct {
	Matter        *matter.Matter `json:"matter"`
	KindTitle     string         `json:"kind_title"`
	ApplicantName string         `json:"applicant_name"`
	SignText      string         `json:"sign_text,omitempty" doc:"What a passing opinion at an open step must sign"`
	Acts          []act.Option   `json:"acts"`

	Bodies map[string]string `json:"bodies,omitempty" doc:"Names of the organizations that were asked or sent a copy"`
}

func (a *API) registerMatter() {
	get(a, "/v1/tasks", "tasks", "matters", "我的待办", a.tasks)
	get(a, "/v1/matters", "matters", "matters", "办件", a.matters)
	get(a, "/v1/matters/{id}", "matter", "matters", "办件详情", a.matter)
	get(a, "/v1/tasks/counts", "task-counts", "matters", "待办数量", func(ctx context.Context, _ *none) (c matter.Counts, err error) {
		err = a.s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
			c, err = matter.Count(ctx, tx, actor(ctx))
			return err
		})
		return c, err
	})
	a.registerMatterActs()
	a.registerMatterOffice()
	a.registerMatterFile()
	a.registerTransitions()
	a.registerPublicity()
}

func (a *API) kindTitle(kind string) string {
	if kind == matter.KindAppeal {
		return "申诉"
	}
	p, err := a.s.Acts.Law().Procedure(kind, workday.DateOf(a.s.Clock.Now()))
	if err != nil {
		return kind
	}
	return p.Title
}

func (a *API) tasks(ctx context.Context, in *struct {
	Paging
	View string `query:"view" enum:"mine,organization,overdue,done" default:"mine" doc:"mine: my inboxes and those delegated to me; organization: everyone's in my organization; overdue: mine past their day; done: what I did"`
	Kind string `query:"kind" doc:"Only this kind of matter"`
	Pack string `query:"pack" doc:"Only under this regulation"`
}) (Page[TaskItem], error) {
	var out Page[TaskItem]
	var tasks []matter.Task
	err := a.s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		tasks, err = matter.Inbox(ctx, tx, actor(ctx), matter.View{Name: in.View, Kind: in.Kind, Pack: in.Pack, After: in.Cursor, Limit: in.Limit})
		return err
	})
	if err != nil {
		return out, err
	}
	ids := make([]string, len(tasks))
	for i, t := range tasks {
		ids[i] = t.Applicant
	}
	names, err := a.orgNames(ctx, ids...)
	if err != nil {
		return out, err
	}
	today := workday.DateOf(a.s.Clock.Now())
	out.Items = make([]TaskItem, len(tasks))
	for i, t := range tasks {
		out.Items[i] = TaskItem{Task: t, KindTitle: a.kindTitle(t.Kind), ApplicantName: names[t.Applicant], Left: a.left(today, t.Due)}
	}
	if len(tasks) == in.Limit {
		out.Next = tasks[len(tasks)-1].Cursor()
	}
	return out, nil
}

// left counts the working days from today to the due day; negative when it is past.
func (a *API) left(today workday.Date, due string) *int {
	day, err := workday.Parse(due)
	if err != nil {
		return nil
	}
	n := a.s.Acts.Law().Calendar().Between(today, day)
	return &n
}

func (a *API) countLeft(today workday.Date, clocks []matter.Clock) {
	for i := range clocks {
		clocks[i].Left = a.left(today, clocks[i].Due.String())
	}
}

func (a *API) matters(ctx context.Context, in *struct {
	Paging
	Kind    string `query:"kind"`
	Subject string `query:"subject"`
}) (Page[MatterItem], error) {
	out := Page[MatterItem]{Items: []MatterItem{}}
	var list []*matter.Matter
	err := a.s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = matter.ListVisible(ctx, tx, actor(ctx), matter.Filter{Kind: in.Kind, Subject: in.Subject, Before: in.Cursor, Limit: in.Limit})
		return err
	})
	if err != nil {
		return out, err
	}
	for _, m := range list {
		name, err := a.orgName(ctx, m.Applicant)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, MatterItem{ID: m.ID, Kind: m.Kind, KindTitle: a.kindTitle(m.Kind), Title: m.Title,
			Applicant: m.Applicant, ApplicantName: name, State: m.State, Step: m.OpenTitles(), Day: m.Day})
	}
	if len(list) == in.Limit {
		out.Next = list[len(list)-1].ID
	}
	return out, nil
}

// nameCandidates gives everybody in a draw their name: a file that shows codes cannot be checked by a reader.
func nameCandidates(ctx context.Context, tx *sqldb.Tx, m *matter.Matter) error {
	for i := range m.Steps {
		if m.Steps[i].Draw == nil {
			continue
		}
		for j := range m.Steps[i].Draw.Candidates {
			c := &m.Steps[i].Draw.Candidates[j]
			account, err := access.LoadAccount(ctx, tx, c.Account)
			if err != nil {
				return err
			}
			c.Name = account.Name
		}
	}
	return nil
}

func (a *API) matter(ctx context.Context, in *ByID) (MatterPage, error) {
	var p MatterPage
	err := a.s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		m, err := matter.Visible(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		p.Matter, p.KindTitle = m, a.kindTitle(m.Kind)
		today := workday.DateOf(tx.Now())
		for i := range m.Steps {
			st := &m.Steps[i]
			if st.State != matter.StepOpen || st.Deadline == nil {
				continue
			}
			st.Left = a.left(today, st.Deadline.Due.String())
			a.countLeft(today, st.Clocks)
		}
		if err := nameCandidates(ctx, tx, m); err != nil {
			return err
		}
		if p.SignText, err = a.s.Matters.SignText(ctx, tx, m); err != nil {
			return err
		}
		p.Acts, err = a.s.Matters.Options(ctx, tx, m)
		m.Discreet(actor(ctx))
		return err
	})
	if err != nil {
		return p, err
	}
	if p.Bodies, err = a.orgNames(ctx, p.Matter.Bodies()...); err != nil {
		return p, err
	}
	p.ApplicantName, err = a.orgName(ctx, p.Matter.Applicant)
	return p, err
}
