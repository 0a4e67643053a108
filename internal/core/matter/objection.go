package matter

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
)

// Protest is what somebody says against a matter in its period in public, and how to reach them. It is personal data: the
// deciding body alone reads it, and the ledger holds only the digest of its version.
type Protest struct {
	ID      string    `json:"id"`
	Matter  string    `json:"matter"`
	Step    string    `json:"step"`
	Text    string    `json:"text" minLength:"5" maxLength:"2000"`
	Name    string    `json:"name" minLength:"2" maxLength:"60"`
	Contact string    `json:"contact" minLength:"5" maxLength:"120" doc:"Telephone or address"`
	At      time.Time `json:"at"`
}

func (p *Protest) check() error {
	p.Text, p.Name, p.Contact = strings.TrimSpace(p.Text), strings.TrimSpace(p.Name), strings.TrimSpace(p.Contact)
	var spots []errs.Spot
	for _, f := range []struct {
		where, value, say string
		least, most       int
	}{
		{"text", p.Text, "请写明异议的内容和理由, 5 至 2000 字", 5, 2000}, {"name", p.Name, "请填写姓名或者单位名称", 2, 60},
		{"contact", p.Contact, "请填写联系方式, 以便核实和答复", 5, 120},
	} {
		if n := utf8.RuneCountInString(f.value); n < f.least || n > f.most {
			spots = append(spots, errs.Spot{Where: f.where, Message: f.say})
		}
	}
	if len(spots) > 0 {
		return &errs.Error{Code: errs.Invalid, Msg: "异议有未填妥之处, 请按提示补充后重新提交", Spots: spots}
	}
	return nil
}

// publish makes a step's period in public known by a notice of the deciding body.
func (s *Service) publish(ctx context.Context, tx *act.Tx, m *Matter, step *Step) error {
	if s.Notices == nil {
		return fmt.Errorf("step %s of %s is a period in public and nobody publishes notices", step.ID, m.Kind)
	}
	bodies, err := access.AccountsIn(ctx, tx.Tx, "", access.Role(step.Role))
	if err != nil {
		return err
	}
	n := notice.Notice{Kind: notice.Publicity, Title: step.Title + ": " + m.Title, Until: step.Public.Deadline.Due, Subject: m.ID, Org: tx.Actor().Org,
		Text: fmt.Sprintf("“%s”现予公示, 公示期%s。任何单位和个人有异议的, 可以在公示期内通过本平台提出, 无需登录。", m.Title, step.Public.Deadline.Explain)}
	if i := slices.IndexFunc(bodies, func(a access.Account) bool { return a.Org != "" && a.Org != m.Applicant }); i >= 0 {
		n.Org = bodies[i].Org
	}
	if n, err = s.Notices.PublishTx(ctx, tx, n); err != nil {
		return err
	}
	step.Public.Notice = n.ID
	m.event(Event{At: tx.Now(), What: "published", Step: step.ID})
	_, err = tx.Exec(ctx, `INSERT INTO matter_public (notice, matter, step, until) VALUES ($1, $2, $3, $4)`, n.ID, m.ID, step.ID, n.Until.String())
	return err
}

// PublicFace is what everybody may know of a matter in its period in public.
type PublicFace struct {
	Notice    string           `json:"notice"`
	Matter    string           `json:"matter"`
	Kind      string           `json:"kind"`
	Step      string           `json:"step"`
	StepTitle string           `json:"step_title"`
	Body      string           `json:"body" doc:"The regulation's own title of the body that decides on objections"`
	Title     string           `json:"title"`
	Applicant string           `json:"applicant"`
	From      workday.Date     `json:"from"`
	Deadline  workday.Deadline `json:"deadline"`
	Cite      errs.Cite        `json:"cite"`
	Open      bool             `json:"open" doc:"Objections are taken now"`
	Received  int              `json:"received" doc:"How many objections were made"`
	Result    []PublicResult   `json:"results" doc:"What was decided on them, without who made them"`
}

// PublicResult is the decision on one objection.
type PublicResult struct {
	State string `json:"state" enum:"open,upheld,dismissed,closed"`
	Reply string `json:"reply,omitempty"`
}

func (m *Matter) face(s *Step, n string, day workday.Date) PublicFace {
	f := PublicFace{Notice: n, Matter: m.ID, Kind: m.Kind, Step: s.ID, StepTitle: s.Title, Body: s.RoleTitle, Title: m.Title, Applicant: m.Applicant,
		Cite: s.Cite, Result: []PublicResult{}}
	if s.Public != nil {
		f.From, f.Deadline, f.Received = s.Public.From, s.Public.Deadline, len(s.Public.Objections)
		f.Open = s.Public.Notice == n && m.mayObject(s, day) == nil
		for _, o := range s.Public.Objections {
			f.Result = append(f.Result, PublicResult{o.State, o.Reply})
		}
	}
	return f
}

// Faces lists periods in public to anyone, newest first; before is the notice of the last one of the page before.
func (s *Service) Faces(ctx context.Context, before string, limit int) (list []PublicFace, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := tx.Query(ctx, `SELECT notice, matter, step FROM matter_public WHERE ($1 = '' OR notice < $1) ORDER BY notice DESC LIMIT $2`, before, limit)
		found, err := sqldb.Collect(rows, err, func(r *sqldb.Rows) (p [3]string, err error) {
			return p, r.Scan(&p[0], &p[1], &p[2])
		})
		if err != nil {
			return err
		}
		for _, p := range found {
			m, err := Load(ctx, tx, p[1])
			if err != nil {
				return err
			}
			step, err := m.Step(p[2])
			if err != nil {
				return err
			}
			list = append(list, m.face(step, p[0], workday.DateOf(tx.Now())))
		}
		return nil
	})
	return list, err
}

// Face is one period in public, by its notice.
func (s *Service) Face(ctx context.Context, id string) (f PublicFace, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		m, step, err := ofNotice(ctx, tx, id)
		if err == nil {
			f = m.face(step, id, workday.DateOf(tx.Now()))
		}
		return err
	})
	return f, err
}

const noPublicity = "没有这项公示, 请核对后重试"

func ofNotice(ctx context.Context, tx *sqldb.Tx, id string) (*Matter, *Step, error) {
	var matterID, stepID string
	err := tx.QueryRow(ctx, `SELECT matter, step FROM matter_public WHERE notice = $1`, id).Scan(&matterID, &stepID)
	if err = missing(err, noPublicity); err != nil {
		return nil, nil, err
	}
	m, err := Load(ctx, tx, matterID)
	if err != nil {
		return nil, nil, err
	}
	step, err := m.Step(stepID)
	return m, step, err
}

// Object takes an objection (异议) from anyone, signed in or not, until the last day of the period in public. It answers with
// the objection's number and nothing else.
func (s *Service) Object(ctx context.Context, noticeID string, p Protest) (string, error) {
	if err := p.check(); err != nil {
		return "", err
	}
	_, err := s.acts.Do(ctx, act.Call{Act: "matter.object"}, func(ctx context.Context, tx *act.Tx) error {
		m, _, err := ofNotice(ctx, tx.Tx, noticeID)
		if err != nil {
			return err
		}
		if err := tx.Lock(ctx, m.ID); err != nil {
			return err
		}
		m, step, err := ofNotice(ctx, tx.Tx, noticeID)
		if err != nil {
			return err
		}
		tx.InMatter(m.ID, step.ID)
		if err := m.mayObject(step, workday.DateOf(tx.Now())); err != nil {
			return err
		}
		if step.Public.Notice != noticeID {
			return errs.New(errs.Conflict, "这项公示已由新的公示代替, 请到新的公示提出异议")
		}
		if err := tx.Judge(ctx, s.objects(s.kinds[m.Kind], m)); err != nil {
			return err
		}
		p.ID, p.Matter, p.Step, p.At = tx.NewID("obj"), m.ID, step.ID, tx.Now()
		if err := insertProtest(ctx, tx.Tx, step, p); err != nil {
			return err
		}
		step.Public.Objections = append(step.Public.Objections, Objection{ID: p.ID, At: p.At, State: ObjectionOpen})
		m.event(Event{At: p.At, What: "objected", Step: step.ID})
		if err := tx.Changed(ctx, "objection", p.ID, p); err != nil {
			return err
		}
		if err := urgeTasks(ctx, tx.Tx, m.ID, step.ID); err != nil {
			return err
		}
		return s.save(ctx, tx, m)
	})
	return p.ID, err
}

// insertProtest keeps an objection, one open at a time from the same contact.
func insertProtest(ctx context.Context, tx *sqldb.Tx, step *Step, p Protest) error {
	rows, err := tx.Query(ctx, `SELECT id FROM matter_objection WHERE matter = $1 AND step = $2 AND contact = $3`, p.Matter, p.Step, p.Contact)
	mine, err := sqldb.Collect(rows, err, func(r *sqldb.Rows) (id string, err error) { return id, r.Scan(&id) })
	if err != nil {
		return err
	}
	for _, o := range step.Objections() {
		if o.State == ObjectionOpen && slices.Contains(mine, o.ID) {
			return errs.New(errs.Conflict, "您提出的异议正在处理, 请等待答复; 有补充的请与公示单位联系")
		}
	}
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode objection: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO matter_objection (id, matter, step, contact, body) VALUES ($1, $2, $3, $4, $5)`, p.ID, p.Matter, p.Step, p.Contact, string(body))
	return err
}

func scanProtest(row interface{ Scan(...any) error }) (p Protest, err error) {
	var body string
	if err = row.Scan(&body); err != nil {
		return p, err
	}
	return p, json.Unmarshal([]byte(body), &p)
}

func loadProtest(ctx context.Context, tx *sqldb.Tx, id string) (Protest, error) {
	p, err := scanProtest(tx.QueryRow(ctx, `SELECT body FROM matter_objection WHERE id = $1`, id))
	return p, missing(err, "没有这件异议, 请核对后重试")
}

// stepBefore is a step of a file that the caller may see, and the caller as they stand in for others.
func stepBefore(ctx context.Context, tx *sqldb.Tx, matterID, stepID string) (m *Matter, step *Step, actor access.Actor, err error) {
	if m, err = Visible(ctx, tx, matterID); err != nil {
		return nil, nil, actor, err
	}
	if step, err = m.Step(stepID); err != nil {
		return nil, nil, actor, err
	}
	actor, err = Standing(ctx, tx, access.From(ctx))
	return m, step, actor, err
}

// Protests are the words and contacts of the objections at a step, for those who decide on them.
func (s *Service) Protests(ctx context.Context, matterID, stepID string) (list []Protest, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		m, step, actor, err := stepBefore(ctx, tx, matterID, stepID)
		if err != nil {
			return err
		}
		if actor.Org == m.Applicant && actor.Org != "" {
			return refuse(errs.Forbidden, step.Cite, "异议人的信息只供办理单位核实, 不向申请人提供")
		}
		if _, _, err := m.sits(step, actor); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT body FROM matter_objection WHERE matter = $1 AND step = $2 ORDER BY id`, matterID, stepID)
		list, err = sqldb.Collect(rows, err, func(r *sqldb.Rows) (Protest, error) { return scanProtest(r) })
		return err
	})
	return list, err
}

// DecideObjection upholds an objection, which returns or refuses the matter, or dismisses it with a reason.
func (s *Service) DecideObjection(ctx context.Context, matterID, stepID, id string, upheld bool, v Verdict, reason string) (*Matter, error) {
	return s.atStep(ctx, act.Call{Act: "matter.object.decide", Matter: matterID, Step: stepID}, reason, func(ctx context.Context, tx *act.Tx, h *hand) error {
		o := h.opinion(tx.Now())
		o.Verdict, o.Reason = v, reason
		if err := h.m.decideObjection(h.step, id, upheld, o, h.count); err != nil {
			return err
		}
		return s.settle(ctx, tx, h.kind, h.m, h.step, h.seat)
	})
}
