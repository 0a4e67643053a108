package grant

import (
	"context"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/matter"
	"yunei/internal/core/notice"
)

// Why an operator turns to an applicant on its own initiative.
const (
	AfterReturn = "return" // 退回修改: 主动联系并给予指导
	AfterDelay  = "delay"  // 逾期: 了解原因并主动说明
)

// Guidance (指导、说明) is what the operator told an applicant whose file was returned or is late, or why it needed to tell
// nothing. 泉州 三(七).
type Guidance struct {
	ID       string       `json:"id"`
	Matter   string       `json:"matter"`
	Kind     string       `json:"kind" enum:"return,delay"`
	Round    int          `json:"round" doc:"Which return it is about"`
	Step     string       `json:"step,omitempty" doc:"The step that is late"`
	Text     string       `json:"text"`
	Needless bool         `json:"needless,omitempty" doc:"The text says why no guidance was needed"`
	Expected workday.Date `json:"expected,omitempty" doc:"By when the late step is expected now"`
	Account  string       `json:"account"`
	Name     string       `json:"name"`
	At       time.Time    `json:"at"`
}

// GuidanceDraft is what the operator records.
type GuidanceDraft struct {
	Kind     string       `json:"kind" enum:"return,delay"`
	Text     string       `json:"text" minLength:"2" maxLength:"5000"`
	Needless bool         `json:"needless,omitempty"`
	Expected workday.Date `json:"expected,omitempty"`
}

// GuidancePage is what was told about one file, and what is owed still.
type GuidancePage struct {
	Items []Guidance `json:"items"`
	Owed  []string   `json:"owed" doc:"return, delay: not told yet"`
}

// owed tells what the operator has still to tell about a file on a day.
func owed(m *matter.Matter, told []Guidance, day workday.Date) []string {
	out := []string{}
	if m.State == matter.Returned && !slices.ContainsFunc(told, func(g Guidance) bool { return g.Kind == AfterReturn && g.Round == m.Rounds }) {
		out = append(out, AfterReturn)
	}
	if late := lateStep(m, day); late != "" && !slices.ContainsFunc(told, func(g Guidance) bool { return g.Kind == AfterDelay && g.Round == m.Rounds && g.Step == late }) {
		out = append(out, AfterDelay)
	}
	return out
}

// lateStep is the first open step whose day has passed.
func lateStep(m *matter.Matter, day workday.Date) string {
	for _, s := range m.Steps {
		if s.State == matter.StepOpen && s.Deadline != nil && s.Deadline.Missed(day) {
			return s.ID
		}
	}
	return ""
}

// guided are the matters of this stage.
var guided = []string{KindPrescenario, KindScenario, KindOperator, KindDeveloper, KindRenewal}

// Guide records what the operator told the applicant of a returned or late file.
func (s *Service) Guide(ctx context.Context, matterID string, d GuidanceDraft) (Guidance, error) {
	var g Guidance
	if d.Text = strings.TrimSpace(d.Text); d.Text == "" {
		return g, spotted("body.text", "请填写指导或者说明的内容; 无须指导的, 请填写理由")
	}
	_, err := s.acts.Do(ctx, act.Call{Act: "grant.guide", Matter: matterID}, func(ctx context.Context, tx *act.Tx) error {
		m, err := s.guidedMatter(ctx, tx.Tx, matterID)
		if err != nil {
			return err
		}
		told, err := listGuidance(ctx, tx.Tx, m.ID)
		if err != nil {
			return err
		}
		if !slices.Contains(owed(m, told, workday.DateOf(tx.Now())), d.Kind) {
			return errs.New(errs.Conflict, "这个办件现在没有待办的指导或者说明, 请刷新查看")
		}
		actor := tx.Actor()
		g = Guidance{ID: tx.NewID("gui"), Matter: m.ID, Kind: d.Kind, Round: m.Rounds, Text: d.Text, Needless: d.Needless,
			Account: actor.Account, Name: actor.Name, At: tx.Now()}
		if d.Kind == AfterDelay {
			g.Step, g.Expected = lateStep(m, workday.DateOf(tx.Now())), d.Expected
		}
		if err := insertGuidance(ctx, tx.Tx, g); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": m.Applicant, "matter": m.ID}); err != nil {
			return err
		}
		if !g.Needless {
			if err := notice.Send(ctx, tx, notice.Message{Kind: notice.Guided, ObjectKind: "matter", Object: m.ID,
				Params: map[string]string{"title": m.Title, "kind": g.Kind, "text": g.Text}}, access.AccountAddress(m.Filer)); err != nil {
				return err
			}
		}
		return tx.Changed(ctx, "guidance", g.ID, g)
	})
	return g, err
}

// Guidance is what was told about a file, for whoever may see the file.
func (s *Service) Guidance(ctx context.Context, matterID string) (p GuidancePage, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		m, err := s.guidedMatter(ctx, tx, matterID)
		if err != nil {
			return err
		}
		if p.Items, err = listGuidance(ctx, tx, m.ID); err != nil {
			return err
		}
		if p.Items == nil {
			p.Items = []Guidance{}
		}
		p.Owed = owed(m, p.Items, workday.DateOf(tx.Now()))
		return nil
	})
	return p, err
}

func (s *Service) guidedMatter(ctx context.Context, tx *sqldb.Tx, id string) (*matter.Matter, error) {
	m, err := matter.Load(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(guided, m.Kind) || !matter.MaySee(access.From(ctx), m) {
		return nil, errs.New(errs.NotFound, noMatter)
	}
	return m, nil
}
