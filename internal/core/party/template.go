package party

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/regime"
)

// Acts on standard texts.
const (
	ActTemplate      = "party.template.draft"
	ActTemplateFile  = "party.template.file"
	ActTemplateStart = "party.template.start"
)

const noTemplate = "没有这个版本的范本, 请刷新查看"

// Template (范本) is a version of a standard text that cases are made with: the pledge, a form, an agreement. Version 0 is the pack's
// own text. 泉州 七(六): 由平台运营单位依据本细则拟定后报送市数据管理部门备案后实施.
type Template struct {
	ID      string     `json:"id"`
	Slug    string     `json:"slug" doc:"Which paper it is, as the pack names it"`
	Title   string     `json:"title"`
	Version int        `json:"version"`
	Text    string     `json:"text,omitempty"`
	SM3     string     `json:"sm3"`
	Note    string     `json:"note,omitempty" doc:"What changed"`
	Org     string     `json:"org,omitempty" doc:"The body that drafted it"`
	Drafted time.Time  `json:"drafted,omitzero"`
	Number  string     `json:"number,omitempty" doc:"Number of its filing (备案号)"`
	Filed   *time.Time `json:"filed,omitempty"`
	Filer   string     `json:"filer,omitempty" doc:"The body with which it is filed"`
	Since   *time.Time `json:"since,omitempty" doc:"From this instant on new cases use it"`
}

// papersOfHouse are standard texts that the program brings where no pack does.
var papersOfHouse = []regime.Document{{ID: pledgePaper, Title: "入驻承诺书"}, {ID: undertakingPaper, Title: "保密承诺书"}, {ID: disclaimerPaper, Title: "第三方服务免责提示"}}

// papers are the standard texts of which there may be versions.
func papers(law *regime.Law) []regime.Document {
	list := law.Documents()
	for _, d := range papersOfHouse {
		if !slices.ContainsFunc(list, func(o regime.Document) bool { return o.ID == d.ID }) {
			list = append(list, d)
		}
	}
	return list
}

func (s *Service) defineTemplates(acts *act.Runner) {
	acts.Define(
		act.Def{Name: ActTemplate, Roles: []access.Role{access.Operator}},
		act.Def{Name: ActTemplateFile, Roles: []access.Role{access.Bureau}},
		act.Def{Name: ActTemplateStart, Roles: []access.Role{access.Operator}},
	)
	acts.Ledger().Register("form-template", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadTemplate(ctx, tx, id) })
	acts.Law().RegisterFact(regime.Fact{Name: "template.filed", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		t, err := loadTemplate(ctx, tx, id)
		return t.Filed != nil, err
	}})
}

// TextAt is the standard text with which a case begun at an instant is made: the newest version in force then, or else the pack's.
func TextAt(ctx context.Context, tx *sqldb.Tx, law *regime.Law, slug string, at time.Time) (string, bool, error) {
	list, err := templates(tx.Query(ctx, `SELECT body FROM form_template WHERE slug = $1 AND since > 0 AND since <= $2 ORDER BY since DESC, version DESC LIMIT 1`, slug, at.UnixMicro()))
	if err != nil || len(list) == 1 {
		return textOf(list), len(list) == 1, err
	}
	text, ok := law.Template(slug)
	return text, ok, nil
}

func textOf(list []Template) string {
	if len(list) == 0 {
		return ""
	}
	return list[0].Text
}

// TemplateDraft is a new version of a standard text.
type TemplateDraft struct {
	Slug string `json:"slug" minLength:"2" maxLength:"60"`
	Text string `json:"text" minLength:"10" maxLength:"50000"`
	Note string `json:"note,omitempty" maxLength:"500" doc:"What changed"`
}

// DraftTemplate uploads a version. Cases go on with the former one until it is put into force.
func (s *Service) DraftTemplate(ctx context.Context, d TemplateDraft) (t Template, err error) {
	d.Text = strings.TrimSpace(d.Text)
	if !between(d.Text, 10, 50000) {
		return t, spotted("text", "请填写范本全文")
	}
	known := papers(s.Acts.Law())
	i := slices.IndexFunc(known, func(p regime.Document) bool { return p.ID == d.Slug })
	if i < 0 {
		return t, spotted("slug", "现行规则没有 "+d.Slug+" 这种材料, 请从列表中选择")
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActTemplate}, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Lock(ctx, "template:"+d.Slug); err != nil {
			return err
		}
		last := 0
		if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(version), 0) FROM form_template WHERE slug = $1`, d.Slug).Scan(&last); err != nil {
			return fmt.Errorf("last version of %s: %w", d.Slug, err)
		}
		sum := sm3.Sum([]byte(d.Text))
		t = Template{ID: tx.NewID("tpl"), Slug: d.Slug, Title: known[i].Title, Version: last + 1, Text: d.Text, SM3: hex.EncodeToString(sum[:]),
			Note: strings.TrimSpace(d.Note), Org: tx.Actor().Org, Drafted: tx.Now()}
		if err := putTemplate(ctx, tx, t); err != nil {
			return err
		}
		return tx.Judge(ctx, map[string]string{"template": t.ID})
	})
	return t, err
}

// FileTemplate takes a version into the bureau's file (备案) under a number; from this instant on it is in force.
func (s *Service) FileTemplate(ctx context.Context, id, number string) (Template, error) {
	if number = strings.TrimSpace(number); !between(number, 2, 120) {
		return Template{}, spotted("number", "请填写备案号")
	}
	return s.changeTemplate(ctx, ActTemplateFile, id, func(t *Template, a access.Actor, now time.Time) error {
		if t.Filed != nil {
			return errs.New(errs.Conflict, "这个版本已经备案, 请刷新查看")
		}
		t.Number, t.Filer, t.Filed = number, a.Org, &now
		if t.Since == nil {
			t.Since = &now
		}
		return nil
	})
}

// StartTemplate puts a version into force without its being filed, where the law does not ask for that.
func (s *Service) StartTemplate(ctx context.Context, id string) (Template, error) {
	return s.changeTemplate(ctx, ActTemplateStart, id, func(t *Template, a access.Actor, now time.Time) error {
		switch {
		case t.Org != a.Org:
			return errs.New(errs.NotFound, "%s", noTemplate)
		case t.Since != nil:
			return errs.New(errs.Conflict, "这个版本已经启用, 请刷新查看")
		}
		t.Since = &now
		return nil
	})
}

func (s *Service) changeTemplate(ctx context.Context, name, id string, change func(*Template, access.Actor, time.Time) error) (t Template, err error) {
	_, err = s.Acts.Do(ctx, act.Call{Act: name}, func(ctx context.Context, tx *act.Tx) error {
		if t, err = loadTemplate(ctx, tx.Tx, id); err != nil {
			return err
		}
		if err := change(&t, tx.Actor(), tx.Now()); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"template": t.ID}); err != nil {
			return err
		}
		return putTemplate(ctx, tx, t)
	})
	return t, err
}

// TemplatePage is a standard text as it stands: the version in force, and every version there is.
type TemplatePage struct {
	Slug     string       `json:"slug"`
	Title    string       `json:"title"`
	Text     string       `json:"text,omitempty" doc:"In force for new cases; empty where there is none"`
	Version  int          `json:"version" doc:"0: the text that comes with the rules"`
	Versions []Template   `json:"versions" doc:"Newest first"`
	Acts     []act.Option `json:"acts" doc:"On the version named by on"`
}

// Templates are the standard texts of which there may be versions, for everyone who is signed in.
func (s *Service) Templates(ctx context.Context) (list []TemplatePage, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		for _, d := range papers(s.Acts.Law()) {
			p, err := s.templatePage(ctx, tx, d)
			if err != nil {
				return err
			}
			list = append(list, p)
		}
		return nil
	})
	return list, err
}

func (s *Service) templatePage(ctx context.Context, tx *sqldb.Tx, d regime.Document) (p TemplatePage, err error) {
	p = TemplatePage{Slug: d.ID, Title: d.Title, Versions: []Template{}, Acts: []act.Option{}}
	all, err := templates(tx.Query(ctx, `SELECT body FROM form_template WHERE slug = $1 ORDER BY version DESC`, d.ID))
	if err != nil {
		return p, err
	}
	if p.Text, _, err = TextAt(ctx, tx, s.Acts.Law(), d.ID, tx.Now()); err != nil {
		return p, err
	}
	var since time.Time
	actor := access.From(ctx)
	for _, t := range all {
		if t.Since != nil && t.Since.After(since) {
			since, p.Version = *t.Since, t.Version
		}
		if t.Since == nil && actor.Has(access.Operator) {
			o, err := s.Acts.Option(ctx, tx, ActTemplateStart, nil, map[string]string{"template": t.ID})
			if err != nil {
				return p, err
			}
			o.On = t.ID
			p.Acts = append(p.Acts, o)
		}
		if t.Filed == nil && actor.Has(access.Bureau) {
			o, err := s.Acts.Option(ctx, tx, ActTemplateFile, nil, map[string]string{"template": t.ID})
			if err != nil {
				return p, err
			}
			o.On = t.ID
			p.Acts = append(p.Acts, o)
		}
		p.Versions = append(p.Versions, t)
	}
	return p, nil
}

func putTemplate(ctx context.Context, tx *act.Tx, t Template) error {
	body, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("encode template: %w", err)
	}
	var since int64
	if t.Since != nil {
		since = t.Since.UnixMicro()
	}
	_, err = tx.Exec(ctx, `INSERT INTO form_template (id, slug, version, since, body) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET since = $4, body = $5`, t.ID, t.Slug, t.Version, since, string(body))
	if err != nil {
		return fmt.Errorf("save template %s: %w", t.ID, err)
	}
	return tx.Changed(ctx, "form-template", t.ID, t)
}

func loadTemplate(ctx context.Context, tx *sqldb.Tx, id string) (t Template, err error) {
	var body string
	err = tx.QueryRow(ctx, `SELECT body FROM form_template WHERE id = $1`, id).Scan(&body)
	if errors.Is(err, sqldb.ErrNoRows) {
		return t, errs.New(errs.NotFound, noTemplate)
	}
	if err != nil {
		return t, fmt.Errorf("load template %s: %w", id, err)
	}
	return t, json.Unmarshal([]byte(body), &t)
}

func templates(rows *sqldb.Rows, err error) ([]Template, error) {
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (t Template, err error) {
		var body string
		if err := r.Scan(&body); err != nil {
			return t, err
		}
		return t, json.Unmarshal([]byte(body), &t)
	})
}
