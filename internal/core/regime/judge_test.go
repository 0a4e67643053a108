package regime_test

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/regime"
	"yunei/regimes"
)

const quanzhou = "quanzhou-2024-05-17"

// counted is a fact with a fixed value that counts how often it was loaded.
func counted(name string, t regime.Type, value any, n *int) regime.Fact {
	return regime.Fact{Name: name, Type: t, Load: func(context.Context, *sqldb.Tx, string) (any, error) {
		*n++
		return value, nil
	}}
}

func loadQuanzhou(t testing.TB, facts ...regime.Fact) *regime.Law {
	t.Helper()
	law := regime.New()
	law.RegisterFact(facts...)
	if err := law.Load(regimes.FS, quanzhou); err != nil {
		t.Fatal(err)
	}
	return law
}

func TestJudge_LoadsOnlyWhatIsNamed(t *testing.T) {
	var verified, inForce, other int
	law := loadQuanzhou(t,
		counted("grant.in_force", regime.Bool, true, &inForce),
		counted("grant.purpose", regime.String, "scn_1", &verified),
		counted("org.admitted", regime.Bool, true, new(int)),
		counted("org.last_breach", regime.Day, workday.Date("2020-01-01"), &other),
	)
	j, err := law.Judge(t.Context(), nil, "serve.call", "2025-09-26", map[string]string{"org": "org_1", "grant": "grt_1"},
		map[string]any{"consent.verified": true, "consent.reason": "", "call.purpose": "scn_1"})
	if err != nil {
		t.Fatal(err)
	}
	if j.Refused || j.Err() != nil {
		t.Errorf("a lawful call is refused: %v", j.Err())
	}
	if other != 0 {
		t.Errorf("org.last_breach was loaded %d times for serve.call, which no rule bound to it names", other)
	}
	if inForce != 1 {
		t.Errorf("grant.in_force was loaded %d times, want once", inForce)
	}
}

func TestJudge_Refusal(t *testing.T) {
	law := loadQuanzhou(t,
		counted("grant.in_force", regime.Bool, true, new(int)),
		counted("grant.purpose", regime.String, "scn_1", new(int)),
		counted("org.admitted", regime.Bool, true, new(int)),
	)
	j, err := law.Judge(t.Context(), nil, "serve.call", "2025-09-26", map[string]string{"org": "org_1", "grant": "grt_1"},
		map[string]any{"consent.verified": false, "consent.reason": "consent.missing", "call.purpose": "scn_1"})
	if err != nil {
		t.Fatal(err)
	}
	refusal, ok := errors.AsType[*errs.Error](j.Err())
	if !ok || refusal.Code != errs.Unlawful || len(refusal.Cites) == 0 {
		t.Fatalf("got %v, want an unlawful citation", j.Err())
	}
	c := refusal.Cites[0]
	if c.Rule != "consent-verified" || c.Pack != quanzhou || c.Article != "四(二)" || !strings.Contains(c.Quote, "信息主体授权同意") || c.Message == "" {
		t.Errorf("citation %+v", c)
	}
	text, ok := law.Article(c.Pack, c.Article)
	if !ok || !strings.Contains(text, c.Quote) {
		t.Errorf("article %s = %q does not hold the quoted words", c.Article, text)
	}
}

func TestJudge_FailsClosed(t *testing.T) {
	broken := regime.Fact{Name: "org.admitted", Type: regime.Bool, Load: func(context.Context, *sqldb.Tx, string) (any, error) {
		return nil, errors.New("disk on fire")
	}}
	wrongType := regime.Fact{Name: "org.admitted", Type: regime.Bool, Load: func(context.Context, *sqldb.Tx, string) (any, error) {
		return "yes", nil
	}}
	plan := map[string]any{"plan.prescenario_passed": true}
	tests := map[string]struct {
		facts   []regime.Fact
		objects map[string]string
		want    string
	}{
		"ErrNotRegistered": {nil, map[string]string{"org": "org_1"}, "事实 org.admitted 没有给出, 程序也没有登记怎样读取它"},
		"ErrNoObject":      {[]regime.Fact{counted("org.admitted", regime.Bool, true, new(int))}, nil, "事实 org.admitted 是关于 org 的, 这项操作不涉及它"},
		"ErrLoad":          {[]regime.Fact{broken}, map[string]string{"org": "org_1"}, "disk on fire"},
		"ErrType":          {[]regime.Fact{wrongType}, map[string]string{"org": "org_1"}, "事实 org.admitted 的类型是 bool, 不能是 yes"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			law := loadQuanzhou(t, test.facts...)
			j, err := law.Judge(t.Context(), nil, "lab.space.open", "2025-09-26", test.objects, plan)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %+v, %v; want an error with %q", j, err, test.want)
			}
		})
	}
}

// TestJudge_MessageFills holds that a refusal names the facts and the missing papers.
func TestJudge_MessageFills(t *testing.T) {
	law := loadQuanzhou(t)
	given := map[string]any{"org.last_breach": "2024-08-01", "org.registered": "2010-01-01", "org.kind": "enterprise", "org.in_province": false,
		"org.dcmm": false, "admission.method": "paper", "admission.documents": []string{"pledge", "business-license"}}
	j, err := law.Judge(t.Context(), nil, "party.apply", "2025-09-26", map[string]string{"org": "o", "admission": "a"}, given)
	if err != nil {
		t.Fatal(err)
	}
	msg := j.Err().Error()
	for _, want := range []string{"2024-08-01", "法人身份证明、单位情况说明"} {
		if !strings.Contains(msg, want) {
			t.Errorf("message %q does not name %q", msg, want)
		}
	}
	if strings.Contains(msg, "{") {
		t.Errorf("message %q has an unfilled placeholder", msg)
	}
}

// TestTrial holds that nothing new begins after the trial period, that ending things stays possible, and that a recorded
// decision to continue brings the rules back.
func TestTrial(t *testing.T) {
	const after = workday.Date("2026-11-21")
	given := map[string]any{"matter.applicant_is_decider": false}
	law := loadQuanzhou(t)
	j, err := law.Judge(t.Context(), nil, "matter.decide", after, map[string]string{"matter": "m"}, given)
	if err != nil {
		t.Fatal(err)
	}
	if !j.Refused || !strings.Contains(j.Err().Error(), "2026-05-17") {
		t.Errorf("deciding on %s: got %v, want a refusal that names the end of the trial", after, j.Err())
	}
	if j, err = law.Judge(t.Context(), nil, "consent.withdraw", after, map[string]string{"consent": "c"}, nil); err != nil || j.Refused {
		t.Errorf("withdrawing on %s: got %v, %v, want it possible", after, j.Err(), err)
	}
	continued := regime.Fact{Name: regime.ContinuedFact, Type: regime.Day, Load: func(_ context.Context, _ *sqldb.Tx, id string) (any, error) {
		if id != quanzhou {
			t.Errorf("continuation asked of %q", id)
		}
		return workday.Date("2027-05-17"), nil
	}}
	law = loadQuanzhou(t, continued)
	if j, err = law.Judge(t.Context(), nil, "matter.decide", after, map[string]string{"matter": "m"}, given); err != nil || j.Refused {
		t.Errorf("deciding on %s after a decision to continue: got %v, %v", after, j.Err(), err)
	}
}

// TestPreview holds that a page can ask what is open before there is anything to judge, and still hears every refusal that
// is already certain.
func TestPreview(t *testing.T) {
	for _, passed := range []bool{true, false} {
		law := loadQuanzhou(t, counted("org.admitted", regime.Bool, true, new(int)), counted("plan.prescenario_passed", regime.Bool, passed, new(int)))
		j, err := law.Preview(t.Context(), nil, "grant.scenario.submit", "2025-09-26", map[string]string{"org": "o", "plan": "p"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if j.Refused == passed {
			t.Errorf("pre-declaration passed %v: got %v", passed, j.Err())
		}
		for _, v := range j.Verdicts {
			if v.Rule == "scenario-documents" {
				t.Errorf("the papers of an application nobody filed were judged: %+v", v)
			}
		}
	}
}

func TestRegisterFact_Err(t *testing.T) {
	tests := map[string]struct {
		facts []regime.Fact
		want  string
	}{
		"ErrTwice":     {[]regime.Fact{{Name: "org.admitted", Type: regime.Bool}, {Name: "org.admitted", Type: regime.Bool}}, "事实 org.admitted 登记了两次"},
		"ErrName":      {[]regime.Fact{{Name: "admitted", Type: regime.Bool}}, "事实 \"admitted\" 的名称须写成 对象.词 的形式"},
		"ErrOtherType": {[]regime.Fact{{Name: "org.admitted", Type: regime.Int}}, "事实 org.admitted 登记的类型是 int, vocabulary.yaml 写的是 bool"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			law := regime.New()
			law.RegisterFact(test.facts...)
			if err := law.Load(regimes.FS, quanzhou); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestLoad_ErrNoSuchPack(t *testing.T) {
	err := regime.New().Load(regimes.FS, "quanzhuo")
	if !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), quanzhou) {
		t.Errorf("got %v, want invalid with the packs there are", err)
	}
}

// TestLoad_BringsAlong holds that a pack loads those it rests on, lowest level last.
func TestLoad_BringsAlong(t *testing.T) {
	law := loadQuanzhou(t)
	var got []string
	for _, p := range law.Packs() {
		got = append(got, p.ID)
	}
	if want := "national-2025 national-esign-2019 national-dsl-2021 national-pipl-2021 national-netdata-2025 " + quanzhou + " yunei-base yunei-release"; strings.Join(got, " ") != want {
		t.Errorf("packs %v, want %s", got, want)
	}
	if d := law.Digests(); len(d) != len(got) || !strings.HasPrefix(d[len(d)-3], quanzhou+"@sha256:") {
		t.Errorf("digests %v", d)
	}
}

// changed is the shipped packs with files replaced or added.
func changed(t testing.TB, files map[string]string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(regimes.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(regimes.FS, name)
		out[name] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

// BenchmarkJudge is one act under all its rules, conditions compiled and facts at hand.
func BenchmarkJudge(b *testing.B) {
	law := loadQuanzhou(b, counted("grant.in_force", regime.Bool, true, new(int)), counted("grant.purpose", regime.String, "scn_1", new(int)),
		counted("org.admitted", regime.Bool, true, new(int)))
	objects := map[string]string{"org": "org_1", "grant": "grt_1"}
	extra := map[string]any{"consent.verified": true, "consent.reason": "", "call.purpose": "scn_1"}
	for b.Loop() {
		if _, err := law.Judge(b.Context(), nil, "serve.call", "2025-09-26", objects, extra); err != nil {
			b.Fatal(err)
		}
	}
}
