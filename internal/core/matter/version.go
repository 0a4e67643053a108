package matter

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
)

// Former is the state of an application's documents before a supplement replaced some.
type Former struct {
	Round int       `json:"round" doc:"0 for what was first handed in"`
	At    time.Time `json:"at" doc:"When it was replaced"`
	Kinds []string  `json:"kinds" doc:"The materials it holds"`
}

// Round is the documents of one round.
type Round struct {
	Round     int        `json:"round"`
	Documents []Document `json:"documents"`
}

func versionID(matter string, round int) string { return fmt.Sprintf("%s#%d", matter, round) }

// insertVersion stores the documents that a supplement replaces.
func insertVersion(ctx context.Context, tx *sqldb.Tx, matter string, p Round) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode version: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO matter_version (id, matter, body) VALUES ($1, $2, $3)`, versionID(matter, p.Round), matter, string(body))
	return err
}

func loadVersion(ctx context.Context, tx *sqldb.Tx, id string) (p Round, err error) {
	var body string
	if err := missing(tx.QueryRow(ctx, `SELECT body FROM matter_version WHERE id = $1`, id).Scan(&body), "没有这个版本, 请核对后重试"); err != nil {
		return p, err
	}
	return p, json.Unmarshal([]byte(body), &p)
}

// Round gives the documents of one round of a matter the actor may see; the last is what stands now.
func (s *Service) Round(ctx context.Context, matterID string, round int) (p Round, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		m, err := Visible(ctx, tx, matterID)
		if err != nil {
			return err
		}
		p, err = papers(ctx, tx, m, round)
		return err
	})
	return p, err
}

func papers(ctx context.Context, tx *sqldb.Tx, m *Matter, round int) (Round, error) {
	if round == m.Rounds {
		return Round{Round: round, Documents: m.Documents}, nil
	}
	return loadVersion(ctx, tx, versionID(m.ID, round))
}

// Difference is what happened to the documents of one kind between two rounds.
type Difference struct {
	Kind  string     `json:"kind"`
	Title string     `json:"title"`
	What  string     `json:"what" enum:"same,added,removed,replaced,edited"`
	Lines []DiffLine `json:"lines,omitempty" doc:"Of a text: its lines with what happened to each"`
	Old   []Document `json:"old,omitempty" doc:"The files of the earlier round that the later no longer has; they stay to be read"`
	New   []Document `json:"new,omitempty" doc:"The files that the later round has in their place"`
}

// DiffLine is one line of a comparison.
type DiffLine struct {
	Op   string `json:"op" enum:"same,added,removed"`
	Text string `json:"text"`
}

// Compare tells what changed between two rounds, kind by kind.
func (s *Service) Compare(ctx context.Context, matterID string, from, to int) (out []Difference, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		m, err := Visible(ctx, tx, matterID)
		if err != nil {
			return err
		}
		a, err := papers(ctx, tx, m, from)
		if err != nil {
			return err
		}
		b, err := papers(ctx, tx, m, to)
		out = compare(a.Documents, b.Documents)
		return err
	})
	return out, err
}

func compare(a, b []Document) []Difference {
	out := []Difference{}
	for _, kind := range kindsOf(a, b) {
		old, fresh := byKind(a, kind), byKind(b, kind)
		c := Difference{Kind: kind, What: "same"}
		if len(fresh) > 0 {
			c.Title = fresh[0].Title
		} else {
			c.Title = old[0].Title
		}
		switch {
		case len(old) == 0:
			c.What = "added"
		case len(fresh) == 0:
			c.What = "removed"
		case content(old) == content(fresh):
		case digests(old) != digests(fresh):
			c.What = "replaced"
		default:
			c.What = "edited"
		}
		if c.What != "same" {
			c.Lines = diff(lines(old), lines(fresh))
			c.Old, c.New = filesBut(old, fresh), filesBut(fresh, old)
		}
		out = append(out, c)
	}
	return out
}

func kindsOf(lists ...[]Document) []string {
	var out []string
	seen := map[string]bool{}
	for _, list := range lists {
		for _, d := range list {
			if !seen[d.Kind] {
				seen[d.Kind] = true
				out = append(out, d.Kind)
			}
		}
	}
	return out
}

func byKind(list []Document, kind string) (out []Document) {
	for _, d := range list {
		if d.Kind == kind {
			out = append(out, d)
		}
	}
	return out
}

func digests(list []Document) string {
	var b strings.Builder
	for _, d := range list {
		b.WriteString(d.Digest + " ")
	}
	return b.String()
}

func content(list []Document) string {
	var b strings.Builder
	for _, d := range list {
		fmt.Fprintf(&b, "%q %q %q\n", d.Title, d.Digest, d.Text)
	}
	return b.String()
}

// filesBut are the files of one list that the other does not have.
func filesBut(list, other []Document) (out []Document) {
	for _, d := range list {
		same := func(o Document) bool { return o.Digest == d.Digest }
		if d.Digest != "" && !slices.ContainsFunc(other, same) {
			out = append(out, Document{Kind: d.Kind, Title: d.Title, Digest: d.Digest})
		}
	}
	return out
}

// lines are the texts of one kind, line by line.
func lines(list []Document) (out []string) {
	for _, d := range list {
		if d.Text != "" {
			out = append(out, strings.Split(d.Text, "\n")...)
		}
	}
	return out
}

// maxDiff bounds the work of one comparison; longer texts are shown as removed and added as a whole.
const maxDiff = 2000

// diff compares two texts by their longest common subsequence of lines.
func diff(a, b []string) (out []DiffLine) {
	if len(a) > maxDiff || len(b) > maxDiff {
		for _, l := range a {
			out = append(out, DiffLine{"removed", l})
		}
		for _, l := range b {
			out = append(out, DiffLine{"added", l})
		}
		return out
	}
	long := make([][]int, len(a)+1)
	for i := range long {
		long[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				long[i][j] = long[i+1][j+1] + 1
			} else {
				long[i][j] = max(long[i+1][j], long[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = append(out, DiffLine{"same", a[i]})
			i, j = i+1, j+1
		case j >= len(b) || i < len(a) && long[i+1][j] >= long[i][j+1]:
			out = append(out, DiffLine{"removed", a[i]})
			i++
		default:
			out = append(out, DiffLine{"added", b[j]})
			j++
		}
	}
	return out
}

// Attached finds a file among the documents and papers of a matter that the actor may see, in any round. A file that whoever put it
// there did not bring is no paper of theirs, whatever its digest: it is answered as if it were not there.
func Attached(ctx context.Context, tx *sqldb.Tx, matterID, digest string) (title string, err error) {
	m, err := Visible(ctx, tx, matterID)
	if err != nil {
		return "", err
	}
	brought, err := bringersOf(ctx, tx, digest)
	if err != nil {
		return "", err
	}
	for round := m.Rounds; round >= 0; round-- {
		p, err := papers(ctx, tx, m, round)
		if errs.Is(err, errs.NotFound) { // handed in before versions were kept
			continue
		}
		if err != nil {
			return "", err
		}
		for _, d := range p.Documents {
			if d.Digest == digest && brought.has(m.Applicant, m.Filer) {
				return d.Title, nil
			}
		}
	}
	for _, s := range m.Steps {
		for _, o := range append(append([]Opinion{}, s.Past...), s.Opinions...) {
			if o.Document != nil && o.Document.Digest == digest && brought.has(o.Org, o.Account, o.Recorder) {
				return o.Document.Number, nil
			}
		}
		if s.Pending != nil && s.Pending.Decision.Document.Digest == digest && brought.has("", s.Pending.By) {
			return s.Pending.Decision.Document.Number, nil
		}
	}
	return "", errs.New(errs.NotFound, "这个办件没有这份文件, 请核对后重试")
}

// Visible loads a matter that is the caller's business; another's is answered as if it did not exist.
func Visible(ctx context.Context, tx *sqldb.Tx, id string) (*Matter, error) {
	m, err := Load(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	actor, err := Standing(ctx, tx, access.From(ctx))
	if err != nil {
		return nil, err
	}
	if !MaySee(actor, m) {
		return nil, noMatter()
	}
	return m, nil
}
