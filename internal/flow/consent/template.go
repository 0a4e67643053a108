package consent

import (
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
	text    *template.Template
}

// forms are the templates in force, by id. A document binds its signer to the text of exactly one of them.
var forms = map[string]Form{
	"personal-credit@1": {ID: "personal-credit@1", Title: "数据访问使用授权书（个人信贷）", MaxDays: 92, MaxUses: 10, text: load("personal-credit-1.txt")},
}

// Forms lists the templates in force.
func Forms() []Form {
	return slices.SortedFunc(maps.Values(forms), func(a, b Form) int { return strings.Compare(a.ID, b.ID) })
}

// FormOf is the template with this id.
func FormOf(id string) (Form, bool) {
	f, ok := forms[id]
	return f, ok
}

func load(file string) *template.Template {
	return template.Must(template.New(file).Funcs(template.FuncMap{
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
}

// Text is what the person reads before signing, made from the very values that are signed.
func (d Document) Text() (string, error) {
	f, ok := FormOf(d.Template)
	if !ok {
		return "", fmt.Errorf("no template %q", d.Template)
	}
	var b strings.Builder
	if err := f.text.Execute(&b, d); err != nil {
		return "", fmt.Errorf("write text of template %s: %w", d.Template, err)
	}
	return b.String(), nil
}

// Seal fills in the digest of the text, after which the document is ready to be signed.
func (d Document) Seal() (Document, error) {
	text, err := d.Text()
	if err != nil {
		return d, err
	}
	d.TextSM3 = textSM3(text)
	return d, nil
}

// Compose completes a document and gives what the person reads and what is signed. It refuses what could not be used
// afterwards, so that nobody signs in vain.
func Compose(d Document) (text string, raw []byte, err error) {
	if gaps := d.missing(); len(gaps) > 0 {
		return "", nil, Refusal{Reason: Untold, Detail: strings.Join(gaps, "、")}.invalid()
	}
	if d, err = d.Seal(); err != nil || !d.onForm() {
		return "", nil, Refusal{Reason: Template}.invalid()
	}
	if raw, err = d.Canonical(); err != nil {
		return "", nil, err
	}
	if hidden(string(raw)) || len(raw) > maxDocument {
		return "", nil, Refusal{Reason: Shape}.invalid()
	}
	text, err = d.Text()
	return text, raw, err
}

func textSM3(text string) string {
	sum := sm3.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

// onForm reports whether the document is on a template in force, inside its limits, and shows that template's text.
func (d Document) onForm() bool {
	f, ok := FormOf(d.Template)
	if !ok || d.MaxUses > f.MaxUses || d.Until.Sub(d.From) > f.MaxDays {
		return false
	}
	text, err := d.Text()
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
