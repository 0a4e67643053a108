package regime

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
)

// Keep stores the text of every loaded pack under its digest, so that what was decided by it can be read by it for good.
func (l *Law) Keep(ctx context.Context, tx *sqldb.Tx) error {
	for _, p := range l.packs {
		_, err := tx.Exec(ctx, `INSERT INTO regime_text (digest, pack, body, kept) VALUES ($1, $2, $3, $4) ON CONFLICT (digest) DO NOTHING`,
			p.digest, p.spec.ID, p.text, tx.Now().UnixMicro())
		if err != nil {
			return fmt.Errorf("keep the text of %s: %w", p.spec.ID, err)
		}
	}
	return nil
}

// VerifyKept finds kept texts that do not have their digest any more.
func VerifyKept(ctx context.Context, tx *sqldb.Tx) (faults []string, err error) {
	type kept struct{ digest, pack, body string }
	list, err := sqldb.List(ctx, tx, func(r *sqldb.Rows) (k kept, err error) { return k, r.Scan(&k.digest, &k.pack, &k.body) },
		`SELECT digest, pack, body FROM regime_text ORDER BY digest`)
	for _, k := range list {
		if digest(k.body) != k.digest {
			faults = append(faults, fmt.Sprintf("留存的规则包 %s (%s) 与其摘要不符", k.pack, k.digest))
		}
	}
	return faults, err
}

// Past is a pack as it was worded when an act was judged by it.
type Past struct{ pack *pack }

// PastRule is a rule as it was worded then.
type PastRule struct {
	Rule   string    `json:"rule"`
	Title  string    `json:"title"`
	Cite   errs.Cite `json:"cite"`
	Text   string    `json:"text,omitempty" doc:"The article in full"`
	Values []Setting `json:"values,omitempty" doc:"Values that the rule names, as its pack set them then"`
}

// Setting is a value with its unit.
type Setting struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Value string `json:"value"`
	Unit  string `json:"unit,omitempty"`
}

var parameter = regexp.MustCompile(`param\.([a-z][a-z0-9_.]*[a-z0-9_])`)

// settings are the values that a rule's conditions and message name.
func (p Past) settings(s RuleSpec) (out []Setting) {
	for _, m := range parameter.FindAllStringSubmatch(s.When+" "+s.Check+" "+s.Message, -1) {
		for _, v := range p.pack.values {
			if v.spec.Name != m[1] || slices.ContainsFunc(out, func(o Setting) bool { return o.Name == m[1] }) {
				continue
			}
			value := v.spec.Text
			if v.spec.Int != nil {
				value = strconv.FormatInt(*v.spec.Int, 10)
			}
			out = append(out, Setting{Name: m[1], Title: v.spec.Title, Value: value, Unit: v.spec.Unit})
		}
	}
	return out
}

// Then reads the pack that an entry names, as id@digest. A text that does not have its digest any more is refused: it is not what
// was decided by.
func Then(ctx context.Context, tx *sqldb.Tx, name string) (Past, error) {
	id, sum, _ := strings.Cut(name, "@")
	var body string
	err := tx.QueryRow(ctx, `SELECT body FROM regime_text WHERE digest = $1`, sum).Scan(&body)
	if errors.Is(err, sqldb.ErrNoRows) {
		return Past{}, errs.New(errs.NotFound, "没有留存当时的规则包 %s, 请按摘要 %s 查找原件", id, sum)
	}
	if err != nil {
		return Past{}, fmt.Errorf("text of %s: %w", name, err)
	}
	if digest(body) != sum {
		return Past{}, errs.New(errs.Conflict, "留存的规则包 %s 与账本记录的摘要不符, 不能作为依据; 请立即核验账本", id)
	}
	var archive bytes.Buffer
	files := zip.NewWriter(&archive)
	for body != "" {
		line, rest, _ := strings.Cut(body, "\n")
		var file string
		var size int
		if _, err := fmt.Sscanf(line, "%s %d", &file, &size); err != nil || size < 0 || size > len(rest) {
			return Past{}, fmt.Errorf("text of %s: bad line %q", name, line)
		}
		w, err := files.Create(path.Join(id, file))
		if err != nil {
			return Past{}, err
		}
		if _, err := w.Write([]byte(rest[:size])); err != nil {
			return Past{}, err
		}
		body = rest[size:]
	}
	if err := files.Close(); err != nil {
		return Past{}, err
	}
	read, err := zip.NewReader(bytes.NewReader(archive.Bytes()), int64(archive.Len()))
	if err != nil {
		return Past{}, fmt.Errorf("text of %s: %w", name, err)
	}
	return Past{readPack(read, id)}, nil
}

// Title is the regulation's.
func (p Past) Title() string { return p.pack.spec.Title }

// Rule finds a rule by its id.
func (p Past) Rule(id string) (PastRule, bool) {
	for _, r := range p.pack.rules {
		if r.spec.ID == id {
			out := PastRule{Rule: id, Title: r.spec.Title, Cite: p.pack.cite(id, r.spec.Cite), Values: p.settings(r.spec)}
			for _, a := range p.pack.articles.list {
				if a.Number == r.spec.Cite.Article {
					out.Text = a.Text
				}
			}
			return out, true
		}
	}
	return PastRule{}, false
}
