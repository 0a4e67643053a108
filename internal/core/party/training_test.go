package party_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/ledger"
	"yunei/internal/core/matter"
	"yunei/internal/core/party"
	"yunei/internal/core/regime"
	"yunei/internal/test/testdb"
	"yunei/regimes"
)

// schooled is a law of three rules: no access before training, none before the person's own undertaking, and a mark of 80.
var schooled = map[string]string{
	"pack.yaml": `
id: schooled
title: 培训规则
issuer: 某局
level: city
status: in-force
from: 2024-01-01
roles:
  - {role: data-user, title: 使用单位, cite: {article: 一, quote: 使用单位}}
  - {role: data-bureau, title: 主管部门, cite: {article: 一, quote: 主管部门}}
  - {role: applicant-org, title: 申请单位, cite: {article: 一, quote: 申请单位}}
`,
	"articles/1.md": "# 一 培训\n\n使用单位、申请单位的人员经主管部门培训,八十分以上为合格,合格一年内有效,方可开通权限。\n",
	"rules/training.yaml": `
values:
  - {name: training.pass, kind: limit, title: 合格线, int: 80, strict: max, cite: {article: 一, quote: 八十分以上为合格}}
  - {name: training.valid, kind: validity, title: 有效期, int: 12, unit: month, strict: min, cite: {article: 一, quote: 合格一年内有效}}
rules:
  - id: trained-before-access
    title: 培训合格方可开通权限
    kind: gate
    cite: {article: 一, quote: 方可开通权限}
    acts: [party.account.open]
    when: account.platform_access
    check: account.trained
    message: 该人员没有有效的培训合格记录, 不能开通权限。请先参加培训。
`,
}

func schooledHouse(t *testing.T, db *sqldb.DB, clk *clock.Set) *house {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, dir := range []string{"vocabulary.yaml", "calendars"} {
		err := fs.WalkDir(regimes.FS, dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			raw, err := fs.ReadFile(regimes.FS, path)
			fsys[path] = &fstest.MapFile{Data: raw}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range schooled {
		fsys["schooled/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	keys, err := seal.LoadOrCreate(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h := &house{db: db, clock: clk, anchor: keys.Anchor(), log: ledger.New(db, keys, ledger.Options{})}
	law := regime.New()
	acts := act.NewRunner(db, h.log, law)
	h.matters = matter.New(acts)
	h.Service = party.New(acts, keys, h.matters)
	if err := law.Load(fsys, "schooled"); err != nil {
		t.Fatal(err)
	}
	h.Acts.Define(act.Def{Name: "test.decide", Roles: []access.Role{access.Operator}})
	return h
}

// 舟山 二(三)1: 培训通过后方可开通平台使用权限. Admission gives the untrained nothing; passing gives it at once; a year later it
// no longer counts.
func TestService_TakeExam(t *testing.T) {
	day := time.Date(2025, 6, 3, 2, 0, 0, 0, time.UTC)
	run := func(t *testing.T, db *sqldb.DB, clk *clock.Set) {
		h := schooledHouse(t, db, clk)
		bureau := as(t.Context(), "acc_bureau", "org_bureau", access.Bureau)
		a, o, err := h.Join(t.Context(), party.NewAccount{Login: "chen", Password: "a-long-password", Name: "陈明"}, registration(t))
		if err != nil {
			t.Fatalf("Join: %v", err)
		}
		clerk := access.With(t.Context(), a.Actor())
		adm := h.applied(t, clerk, o.ID)
		if _, err := h.admit(t.Context(), adm); err != nil {
			t.Fatalf("admit: %v", err)
		}
		wantRoles(t, h, "admitted and untrained", a.ID, access.Applicant)

		c, err := h.PublishCourse(bureau, party.CourseDraft{Title: "岗前培训", Text: "学习内容", Pass: 50, Questions: []party.Question{
			{Text: "甲", Options: []string{"对", "错"}, Answer: 0}, {Text: "乙", Options: []string{"对", "错"}, Answer: 1},
			{Text: "丙", Options: []string{"对", "错"}, Answer: 1}, {Text: "丁", Options: []string{"对", "错"}, Answer: 0}}})
		if err != nil {
			t.Fatalf("PublishCourse: %v", err)
		}
		r, err := h.TakeExam(clerk, c.ID, []int{0, 1, 1, 1})
		if err != nil || r.Passed || *r.Score != 75 {
			t.Fatalf("TakeExam with one wrong = %+v, %v; want 75 and failed: the law asks for 80, whatever the course says", r, err)
		}
		r, err = h.TakeExam(clerk, c.ID, []int{0, 1, 1, 0})
		if err != nil || !r.Passed || r.Until != "2026-06-03" {
			t.Fatalf("TakeExam = %+v, %v; want passed and valid through 2026-06-03", r, err)
		}
		wantRoles(t, h, "passed", a.ID, access.Applicant, access.DataUser)
		h.wantFact(t, "passed", "org.trained", o.ID, true)

		clerk = access.With(t.Context(), access.Actor{Account: a.ID, Name: a.Name, Org: o.ID, Roles: []access.Role{access.Applicant, access.DataUser}})
		n := party.NewAccount{Login: "shen", Password: "a-long-password", Name: "沈文", Org: o.ID, Roles: []access.Role{access.DataUser}, Identity: "990000198003070043"}
		_, err = h.OpenAccount(clerk, n)
		wantCode(t, "OpenAccount for the untrained", err, errs.Unlawful)
		if _, err := h.RecordTraining(bureau, party.TrainingDraft{Org: o.ID, Name: "沈文", Identity: "990000198003070043", Title: "岗前培训班", Passed: true, Day: "2025-06-01"}); err != nil {
			t.Fatalf("RecordTraining: %v", err)
		}
		if _, err := h.OpenAccount(clerk, n); err != nil {
			t.Fatalf("OpenAccount for the trained: %v", err)
		}
		h.wantFact(t, "both passed", "org.trained", o.ID, true)
		clk.Advance(366 * 24 * time.Hour)
		h.wantFact(t, "a year and a day later", "org.trained", o.ID, false)
	}
	t.Run("sqlite", func(t *testing.T) { clk := clock.NewSet(day); run(t, testdb.SQLite(t, clk), clk) })
	t.Run("postgres", func(t *testing.T) { clk := clock.NewSet(day); run(t, testdb.Postgres(t, clk), clk) })
}

func (h *house) applied(t *testing.T, ctx context.Context, org string) string {
	t.Helper()
	var id string
	_, err := h.Acts.Do(operator(t.Context()), act.Call{Act: "test.decide"}, func(_ context.Context, tx *act.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO admission (id, org, method, state, documents, applied, applied_on, code_digest, code_generated, code_expires, code_used,
			pledge, reason, decided) VALUES ($1, $2, 'paper', 'applied', '[]', 0, '2025-06-03', '', 0, 0, 0, '', '', 0)`, "adm_1", org)
		id = "adm_1"
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func wantRoles(t *testing.T, h *house, when, account string, want ...access.Role) {
	t.Helper()
	err := h.db.View(t.Context(), func(tx *sqldb.Tx) error {
		a, err := access.LoadAccount(t.Context(), tx, account)
		if err == nil && !slices.Equal(a.Roles, want) {
			t.Errorf("%s: roles %v, want %v", when, a.Roles, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// 海南 第二十五条, 泉州 六(三): the person signs, by certificate or by key; that a colleague signed says nothing about them.
func TestService_Undertake(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.register(t)
		person := func(login, name string) context.Context {
			a := access.Account{ID: "acc_" + login, Login: login, Name: name, Org: o.ID, Roles: []access.Role{access.DataUser}}
			if err := h.db.Do(t.Context(), func(tx *sqldb.Tx) error { return access.CreateAccount(t.Context(), tx, a, "") }); err != nil {
				t.Fatal(err)
			}
			return access.With(t.Context(), a.Actor())
		}
		lin := person("lin", repName)
		page, err := h.OwnUndertaking(lin)
		if err != nil || page.Signed != nil {
			t.Fatalf("OwnUndertaking = %+v, %v; want a text and no signature", page, err)
		}
		cert, key, err := h.anchor.IssuePerson(repName, repID, h.clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		sig, err := seal.SignAs(key, []byte(page.Text))
		if err != nil {
			t.Fatal(err)
		}
		signed := party.PersonalSignature{Certificate: string(cert), Signature: base64.StdEncoding.EncodeToString(sig)}
		zhou := person("zhou", "周文")
		_, err = h.Undertake(zhou, signed)
		wantCode(t, "signing with a colleague's signature", err, errs.Forbidden)
		if _, err := h.Undertake(lin, signed); err != nil {
			t.Fatalf("Undertake: %v", err)
		}
		if page, err = h.OwnUndertaking(lin); err != nil || page.Signed == nil {
			t.Errorf("OwnUndertaking after signing = %+v, %v; want the signature", page, err)
		}

		public, private, _ := ed25519.GenerateKey(nil)
		k, err := h.RegisterKey(zhou, base64.StdEncoding.EncodeToString(public))
		if err != nil {
			t.Fatal(err)
		}
		page, err = h.OwnUndertaking(zhou)
		if err != nil || page.Signed != nil {
			t.Fatalf("OwnUndertaking of the colleague = %+v, %v; want unsigned", page, err)
		}
		byKey := party.PersonalSignature{Key: k.ID, Signature: base64.StdEncoding.EncodeToString(ed25519.Sign(private, []byte(page.Text)))}
		_, err = h.Undertake(lin, byKey)
		wantCode(t, "signing with a colleague's key", err, errs.Forbidden)
		if _, err := h.Undertake(zhou, byKey); err != nil {
			t.Fatalf("Undertake by key: %v", err)
		}
	})
}
