package lawcase_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/regime"
	"yunei/internal/test/lawcase"
	"yunei/regimes"
)

func TestMain(m *testing.M) {
	duckdb.MaybeWorker()
	m.Run()
}

// exception is an act that cannot be brought to the point at which the law is asked, and why. The list only shrinks: an entry that
// matches no case any more fails the test.
type exception struct{ pack, act, why string }

var exceptions = []exception{
	{"", "party.pledge", "needs the representative's certificate; test/http/party.txt signs a pledge"},
	{"", "matter.opine", "needs a matter before the mechanism; test/http/zhoushan-2024-03-20/mechanism.txt brings one there"},
	{"", "matter.pause", "passes where a procedure stops clocks, and no shipped one does; test/http/sample-office/matter-office.txt stops one"},
	{"", "matter.resume", "passes where a clock was stopped, as above"},
	{"", "matter.extend", "passes where a procedure lengthens limits, as above"},
	{"", "matter.object.decide", "passes where somebody objected; test/http/sample-office/matter-office.txt decides on an objection"},
	{"hainan-2021-09-15", "watch.report.review", "nobody owes a report under this regulation; test/http/hainan-2021-09-15/organs.txt asks the same rule of an order"},
	{"weihai-draft-2022", "", "the draft regulates catalog, sharing and opening; it has no admission and no authorization"},
}

func (e exception) covers(pack, act string) bool {
	return (e.pack == "" || e.pack == pack) && strings.HasPrefix(act, e.act)
}

// TestCases runs every case of law of every shipped regulation against the real acts.
func TestCases(t *testing.T) {
	found, err := fs.Glob(regimes.FS, "*/pack.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	used := make([]int, len(exceptions))
	t.Run("packs", func(t *testing.T) {
		for _, f := range found {
			pack := path.Dir(f)
			if strings.HasPrefix(pack, "yunei-") || strings.HasPrefix(pack, "national-") {
				continue // they are tried under the packs that bring them along
			}
			t.Run(pack, func(t *testing.T) {
				t.Parallel()
				unreached := run(t, pack)
				mu.Lock()
				defer mu.Unlock()
				for _, r := range unreached {
					i := slices.IndexFunc(exceptions, func(e exception) bool { return e.covers(pack, r.Act) })
					if i < 0 {
						t.Errorf("%s:%d %s: %s is not brought to the point at which the law is asked (%s); add it to lawcase/acts.go, or here with the reason", r.File, r.Line, r.Name, r.Act, r.Unreached)
						continue
					}
					used[i]++
				}
			})
		}
	})
	for i, e := range exceptions {
		t.Logf("not tried: %3d cases of %s%s: %s", used[i], e.pack, e.act, e.why)
		if used[i] == 0 {
			t.Errorf("no case needs the exception %s %s any more: delete it", e.pack, e.act)
		}
	}
}

// run answers the cases whose act was not reached.
func run(t *testing.T, pack string) (unreached []lawcase.Result) {
	law := regime.New()
	if err := law.Load(regimes.FS, pack); err != nil {
		t.Fatal(err)
	}
	all := law.Cases()
	cases := slices.DeleteFunc(all, func(c regime.LawCase) bool {
		// Which steps fall away no act decides. A national rule on a day before this regulation has no procedure to be tried in.
		return c.Kind != "" || c.Pack != pack && !lawcase.InForce(law, c.Day)
	})
	// By day, because the clock only moves on; within a day the refusals of an act first, because they leave what was arranged for it.
	refuses := func(c regime.LawCase) bool {
		for _, want := range c.Expect {
			if want == regime.Refuse {
				return true
			}
		}
		return false
	}
	sort.SliceStable(cases, func(i, j int) bool {
		a, b := cases[i], cases[j]
		switch {
		case a.Day != b.Day:
			return a.Day < b.Day
		case a.Act != b.Act:
			return a.Act < b.Act
		}
		return refuses(a) && !refuses(b)
	})
	if len(cases) == 0 {
		return nil
	}
	// The eve and the first day of the regulation are a world of their own: whoever is authorized before the others are tried is so under it.
	begins := sort.Search(len(cases), func(i int) bool { return lawcase.InForce(law, cases[i].Day.AddDays(-1)) })
	for _, part := range [][]regime.LawCase{cases[:begins], cases[begins:]} {
		if len(part) == 0 {
			continue
		}
		w := lawcase.New(t, pack, part[0].Day)
		for _, c := range part {
			r := w.Run(c)
			if r.Wrong != "" {
				t.Errorf("%s:%d %s: %s", c.File, c.Line, c.Name, r.Wrong)
			}
			if r.Unreached != "" {
				unreached = append(unreached, r)
			}
		}
	}
	t.Logf("%d of %d cases ran against the real acts", len(cases)-len(unreached), len(cases))
	return unreached
}

// TestRun_FindsUnjudged holds that a rule which is right on paper and never asked by the program is found, and so is a case that
// says otherwise than the act does.
func TestRun_FindsUnjudged(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mine")
	if err := os.CopyFS(dir, sub(t, "quanzhou-2024-05-17")); err != nil {
		t.Fatal(err)
	}
	edit(t, filepath.Join(dir, "pack.yaml"), "id: quanzhou-2024-05-17", "id: mine")
	more := `rules:
  - id: unjudged
    title: 账号开通前须核验
    kind: check
    cite: {article: 二(二)1, quote: 72小时有效的入驻二维码}
    about: [change]
    acts: [party.apply]
    check: change.happened != ""
    message: 请先办理变更。
`
	if err := os.WriteFile(filepath.Join(dir, "rules", "more.yaml"), []byte(more), 0o600); err != nil {
		t.Fatal(err)
	}
	w := lawcase.New(t, dir, "2025-09-26")
	on := func(rule string, given map[string]any, want regime.Outcome) lawcase.Result {
		return w.Run(regime.LawCase{Pack: "mine", CaseSpec: regime.CaseSpec{Name: rule, Day: "2025-09-26", Act: "party.apply", Given: given, Expect: map[string]regime.Outcome{rule: want}}})
	}
	if r := on("unjudged", map[string]any{"change.happened": ""}, regime.Refuse); !strings.Contains(r.Wrong, `unjudged: the act recorded "not-applicable", want error`) {
		t.Errorf("a rule about an object the act does not carry: got %+v", r)
	}
	if r := on("clean-record", map[string]any{"org.last_breach": "2025-01-01"}, regime.Pass); !strings.Contains(r.Wrong, `clean-record: the act recorded "error", want pass`) {
		t.Errorf("a case that says otherwise: got %+v", r)
	}
	if r := on("clean-record", map[string]any{"org.last_breach": "2025-01-01"}, regime.Refuse); r.Wrong != "" || r.Unreached != "" {
		t.Errorf("a case that is right: got %+v", r)
	}
}

func sub(t *testing.T, pack string) fs.FS {
	t.Helper()
	f, err := fs.Sub(regimes.FS, pack)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func edit(t *testing.T, file, old, new string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), old) {
		t.Fatalf("%s does not hold %q: %v", file, old, err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), old, new, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}
