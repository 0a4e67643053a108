package consent

import (
	"context"
	"embed"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"

	"github.com/emmansun/gmsm/sm3"
)

//go:embed templates/*.txt
var templateFiles embed.FS

// Form is one version of the 《数据访问使用授权书》 template. 四(三): 授权文件应采用开发服务平台提供的《数据访问使用授权书》模板.
type Form struct {
	ID      string `json:"id" doc:"Name and version, such as personal-credit@1"`
	Title   string `json:"title"`
	MaxDays int    `json:"max_days" doc:"Longest term a document on this template may have"`
	MaxUses int64  `json:"max_uses"`
	// Of an own template (自有模板): the plan it was approved with, and that plan's scenario.
	Plan     string `json:"plan,omitempty" doc:"Of an own template: the development plan it was approved with and is accepted under"`
	Scenario string `json:"scenario,omitempty"`
	text     func(Document) (string, error)
}

// platformForm is the platform's template, and the limits of every other.
var platformForm = Form{ID: "personal-credit@1", Title: "数据访问使用授权书（个人信贷）", MaxDays: 92, MaxUses: 10, text: load("personal-credit-1.txt")}

// forms are the platform's templates in force, by id. A document binds its signer to the text of exactly one template.
var forms = map[string]Form{platformForm.ID: platformForm}

// Forms lists the templates a body may have documents signed on: the platform's, and its own approved ones.
func (s *Service) Forms(ctx context.Context, org string) ([]Form, error) {
	list := slices.SortedFunc(maps.Values(forms), func(a, b Form) int { return strings.Compare(a.ID, b.ID) })
	own, err := s.Owned(ctx, org)
	for _, o := range own {
		list = append(list, o.form())
	}
	return list, err
}

// FormOf is the platform's template with this id.
func FormOf(id string) (Form, bool) {
	f, ok := forms[id]
	return f, ok
}

func load(file string) func(Document) (string, error) {
	t := template.Must(template.New(file).Funcs(template.FuncMap{
		"join": func(list []string) string { return strings.Join(list, "、") },
		"fields": func(list []Field) string {
			titles := make([]string, len(list))
			for i, f := range list {
				titles[i] = f.Title
			}
			return strings.Join(titles, "、")
		},
		"day":    func(d Day) string { return chineseDay(d) },
		"titles": sensitiveTitles,
	}).ParseFS(templateFiles, "templates/"+file))
	return func(d Document) (string, error) {
		var b strings.Builder
		if err := t.Execute(&b, d); err != nil {
			return "", fmt.Errorf("write text of template %s: %w", d.Template, err)
		}
		return b.String(), nil
	}
}

// Text is what the person reads before signing, made from the very values that are signed.
func (f Form) Text(d Document) (string, error) { return f.text(d) }

// Seal fills in the digest of the text of a platform's template, after which the document is ready to be signed.
func (d Document) Seal() (Document, error) {
	f, ok := FormOf(d.Template)
	if !ok {
		return d, fmt.Errorf("no template %q", d.Template)
	}
	return f.Seal(d)
}

// Seal fills in the digest of the template's text.
func (f Form) Seal(d Document) (Document, error) {
	text, err := f.text(d)
	d.TextSM3 = textSM3(text)
	return d, err
}

// Compose completes a document and gives what the person reads and what is signed. It refuses what could not be used
// afterwards, so that nobody signs in vain.
func (s *Service) Compose(ctx context.Context, d Document) (text string, raw []byte, err error) {
	if gaps := d.missing(); len(gaps) > 0 {
		return "", nil, Refusal{Reason: Untold, Detail: strings.Join(gaps, "、")}.invalid()
	}
	f, ok, err := s.form(ctx, d.Template)
	if err != nil {
		return "", nil, err
	}
	if !ok {
		return "", nil, Refusal{Reason: Template}.invalid()
	}
	if d, err = f.Seal(d); err != nil || !f.fits(d) {
		return "", nil, Refusal{Reason: Template}.invalid()
	}
	if raw, err = d.Canonical(); err != nil {
		return "", nil, err
	}
	if hidden(string(raw)) || len(raw) > maxDocument {
		return "", nil, Refusal{Reason: Shape}.invalid()
	}
	text, err = f.text(d)
	return text, raw, err
}

func textSM3(text string) string {
	sum := sm3.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

// fits reports whether the document is inside the template's limits, for its scenario, and shows its text.
func (f Form) fits(d Document) bool {
	if d.MaxUses > f.MaxUses || d.Until.Sub(d.From) > f.MaxDays || f.Scenario != "" && d.Purpose.Scenario != f.Scenario {
		return false
	}
	text, err := f.text(d)
	return err == nil && textSM3(text) == d.TextSM3
}

func chineseDay(d Day) string {
	p := strings.SplitN(d.String(), "-", 3)
	if len(p) != 3 {
		return d.String()
	}
	return p[0] + "年" + strings.TrimPrefix(p[1], "0") + "月" + strings.TrimPrefix(p[2], "0") + "日"
}

// sensitiveTitles turns resource.field keys into the titles the person knows.
func sensitiveTitles(d Document) string {
	var out []string
	for _, key := range d.Separate {
		title := key
		for _, s := range d.Data {
			for _, f := range s.Fields {
				if FieldKey(s.Resource, f.Name) == key {
					title = f.Title
				}
			}
		}
		out = append(out, title)
	}
	return strings.Join(out, "、")
}
