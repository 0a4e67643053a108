package consent_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/ledger"
	"yunei/internal/core/regime"
	"yunei/internal/flow/collect"
	"yunei/internal/flow/consent"
	"yunei/internal/test/testdb"
	"yunei/regimes"
)

const (
	zhang   = "张三"
	zhangID = "990000198506110027"
	li      = "李四"
	liID    = "990000199001010033"
)

// desk is the consent service under the Quanzhou pack, on a clock that can be moved.
type desk struct {
	*consent.Service
	db     *sqldb.DB
	clock  *clock.Set
	log    *ledger.Log
	anchor *seal.Anchor
	keys   *seal.Keys
}

func each(t *testing.T, fn func(t *testing.T, d *desk)) {
	day := time.Date(2025, 6, 3, 2, 0, 0, 0, time.UTC)
	t.Run("sqlite", func(t *testing.T) {
		clk := clock.NewSet(day)
		fn(t, newDesk(t, testdb.SQLite(t, clk), clk))
	})
	t.Run("postgres", func(t *testing.T) {
		clk := clock.NewSet(day)
		fn(t, newDesk(t, testdb.Postgres(t, clk), clk))
	})
}

func newDesk(t *testing.T, db *sqldb.DB, clk *clock.Set) *desk {
	t.Helper()
	keys, err := seal.LoadOrCreate(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{db: db, clock: clk, keys: keys, anchor: keys.Anchor(), log: ledger.New(db, keys, ledger.Options{})}
	law := regime.New()
	d.Service = consent.New(act.NewRunner(db, d.log, law), keys, collect.NewSealer(keys.Derive("sid"), keys.KID()))
	d.Acts.Define(act.Def{Name: "test.call", Roles: []access.Role{access.DataUser}})
	if err := law.Load(regimes.FS, "quanzhou-2024-05-17"); err != nil {
		t.Fatal(err)
	}
	return d
}

// document is what 张三 is asked to sign: the bank may ask once a month for a credit band.
func (d *desk) document(spoil ...func(*consent.Document)) consent.Document {
	doc := consent.Document{
		Terms: consent.Terms{
			Template:   "personal-credit@1",
			Number:     "SQ-2025-000001",
			Recipients: []consent.Recipient{{Org: "org_bank", Name: "示例银行", USCC: "91000000MA00000157", Role: consent.RoleUser}},
			Purpose:    consent.Purpose{Scenario: "scn_loan", Text: "审核个人经营贷款申请", Use: "贷款审批", BusinessNo: "LN-000001"},
			Data: []consent.Source{{Resource: "res_card", Name: "信用卡账户", Provider: "示例金融局", Fields: []consent.Field{
				{Name: "pay_0", Title: "最近一期还款状态"}, {Name: "limit_bal", Title: "授信额度"}}}},
			Manner:    []string{"评分"},
			Outputs:   []consent.Output{{Name: "band", Text: "信用等级（优、良、中、差）"}},
			From:      "2025-06-01",
			Until:     "2025-06-30",
			MaxUses:   2,
			Retention: "贷款结清后 30 日内删除",
			SignedAt:  d.clock.Now(),
		},
		Subject: consent.Person{Name: zhang, IDNumber: zhangID},
	}
	for _, f := range spoil {
		f(&doc)
	}
	return doc
}

// signedBy is what the person's own device does.
func (d *desk) signedBy(t *testing.T, doc consent.Document, name, id string) consent.Signed {
	t.Helper()
	doc, err := doc.Seal()
	if err != nil {
		t.Fatal(err)
	}
	return d.signRaw(t, doc, name, id)
}

func (d *desk) signRaw(t *testing.T, doc consent.Document, name, id string) consent.Signed {
	t.Helper()
	raw, err := doc.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	cert, key, err := d.anchor.IssuePerson(name, id, d.clock.Now().Add(-24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	sig, err := seal.SignAs(key, raw)
	if err != nil {
		t.Fatal(err)
	}
	return consent.Signed{Document: string(raw), Certificate: string(cert), Signature: sig}
}

func (d *desk) sid(t *testing.T, id string) string {
	t.Helper()
	sid, err := d.SubjectID(id)
	if err != nil {
		t.Fatal(err)
	}
	return sid
}

func as(ctx context.Context, org string) context.Context {
	return access.With(ctx, access.Actor{Account: "acc_" + org, Org: org, Roles: []access.Role{access.DataUser}})
}

func (d *desk) citizen(t *testing.T, id string) context.Context {
	return access.With(t.Context(), access.Actor{Account: "acc_citizen", SID: d.sid(t, id), Roles: []access.Role{access.Subject}})
}

func reasonOf(err error) consent.Reason {
	if e, ok := errors.AsType[*errs.Error](err); ok && len(e.Spots) > 0 {
		return consent.Reason(e.Spots[0].Code)
	}
	return ""
}

// decide is one call about 张三 for the scenario, as serve makes it: decided, judged, one use taken.
func (d *desk) decide(ctx context.Context, h consent.Handed, spoil ...func(*consent.Asked)) error {
	sid, err := d.SubjectID(zhangID)
	if err != nil {
		return err
	}
	a := consent.Asked{SID: sid, Org: "org_bank", Scenario: "scn_loan", Fields: []string{"res_card.pay_0"}, Outputs: []string{"band"}}
	for _, f := range spoil {
		f(&a)
	}
	_, err = d.Acts.Do(as(ctx, a.Org), act.Call{Act: "test.call"}, func(ctx context.Context, tx *act.Tx) error {
		c, refusal, err := d.DecideTx(ctx, tx, h, a)
		if err != nil {
			return err
		}
		extra := map[string]any{"call.purpose": a.Scenario, "grant.purpose": a.Scenario, "grant.in_force": true, "org.admitted": true}
		if err := consent.Judge(ctx, tx, "serve.call", map[string]string{"org": a.Org}, refusal.Reason, refusal, extra); err != nil {
			return err
		}
		_, refusal, err = d.UseTx(ctx, tx, c)
		if err == nil && refusal.Reason != "" {
			err = refusal.Err()
		}
		return err
	})
	return err
}

func (d *desk) handed(t *testing.T, signed consent.Signed) consent.Handed {
	t.Helper()
	p, err := d.Examine(t.Context(), signed, d.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return consent.Handed{Proof: &p}
}

func TestService_Examine(t *testing.T) {
	clk := clock.NewSet(time.Date(2025, 6, 3, 2, 0, 0, 0, time.UTC))
	d := newDesk(t, testdb.SQLite(t, clk), clk)
	other := newDesk(t, testdb.SQLite(t, clk), clk) // another installation: its certificates are strangers here
	tests := []struct {
		name   string
		signed func(t *testing.T) consent.Signed
		want   consent.Reason
		says   string
	}{
		{"OK", func(t *testing.T) consent.Signed { return d.signedBy(t, d.document(), zhang, zhangID) }, "", ""},
		{"one byte changed", func(t *testing.T) consent.Signed {
			s := d.signedBy(t, d.document(), zhang, zhangID)
			s.Document = strings.Replace(s.Document, `"max_uses":2`, `"max_uses":9`, 1)
			return s
		}, consent.Signature, ""},
		{"signed by another person", func(t *testing.T) consent.Signed { return d.signedBy(t, d.document(), li, liID) }, consent.Signer, ""},
		{"same name, another number", func(t *testing.T) consent.Signed { return d.signedBy(t, d.document(), zhang, liID) }, consent.Signer, ""},
		{"certificate of a stranger", func(t *testing.T) consent.Signed { return other.signedBy(t, d.document(), zhang, zhangID) }, consent.Certificate, ""},
		{"no certificate", func(t *testing.T) consent.Signed {
			s := d.signedBy(t, d.document(), zhang, zhangID)
			s.Certificate = ""
			return s
		}, consent.Certificate, ""},
		{"signed before the certificate was valid", func(t *testing.T) consent.Signed {
			return d.signedBy(t, d.document(func(x *consent.Document) { x.SignedAt = clk.Now().Add(-48 * time.Hour) }), zhang, zhangID)
		}, consent.Certificate, ""},
		{"signed tomorrow", func(t *testing.T) consent.Signed {
			return d.signedBy(t, d.document(func(x *consent.Document) { x.SignedAt = clk.Now().Add(24 * time.Hour) }), zhang, zhangID)
		}, consent.SignedLater, ""},
		{"no purpose told", func(t *testing.T) consent.Signed {
			return d.signedBy(t, d.document(func(x *consent.Document) { x.Purpose.Text = " "; x.Purpose.Use = "" }), zhang, zhangID)
		}, consent.Untold, "目的、用途"},
		{"no source told", func(t *testing.T) consent.Signed {
			return d.signedBy(t, d.document(func(x *consent.Document) { x.Data[0].Provider = "" }), zhang, zhangID)
		}, consent.Untold, "数据来源"},
		{"no manner told", func(t *testing.T) consent.Signed {
			return d.signedBy(t, d.document(func(x *consent.Document) { x.Manner = nil }), zhang, zhangID)
		}, consent.Untold, "方式"},
		{"not a check-digit-valid number", func(t *testing.T) consent.Signed {
			return d.signedBy(t, d.document(func(x *consent.Document) { x.Subject.IDNumber = "990000198506110028" }), zhang, "990000198506110028")
		}, consent.Untold, "身份号码"},
		{"term longer than the template allows", func(t *testing.T) consent.Signed {
			return d.signedBy(t, d.document(func(x *consent.Document) { x.Until = "2026-06-30" }), zhang, zhangID)
		}, consent.Template, ""},
		{"other text shown than signed", func(t *testing.T) consent.Signed {
			doc, err := d.document(func(x *consent.Document) { x.Outputs[0].Text = "只看是否逾期" }).Seal()
			if err != nil {
				t.Fatal(err)
			}
			doc.Outputs[0].Text = "全部账户明细"
			return d.signRaw(t, doc, zhang, zhangID)
		}, consent.Template, ""},
		{"not JSON", func(*testing.T) consent.Signed { return consent.Signed{Document: "同意"} }, consent.Shape, ""},
		{"a key twice", func(t *testing.T) consent.Signed {
			s := d.signedBy(t, d.document(), zhang, zhangID)
			s.Document = strings.Replace(s.Document, `"max_uses":2`, `"max_uses":2,"max_uses":9`, 1)
			return s
		}, consent.Shape, ""},
		{"an unknown member", func(t *testing.T) consent.Signed {
			s := d.signedBy(t, d.document(), zhang, zhangID)
			s.Document = strings.Replace(s.Document, `{"data"`, `{"also":"全部","data"`, 1)
			return s
		}, consent.Shape, ""},
		{"text that turns the reading direction", func(t *testing.T) consent.Signed {
			return d.signedBy(t, d.document(func(x *consent.Document) { x.Purpose.Text = "审核\u202e款贷" }), zhang, zhangID)
		}, consent.Shape, ""},
		{"a line of its own smuggled into the text", func(t *testing.T) consent.Signed {
			return d.signedBy(t, d.document(func(x *consent.Document) { x.Purpose.Text = "审核\n　　期限：永久" }), zhang, zhangID)
		}, consent.Shape, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := d.Examine(t.Context(), tt.signed(t), clk.Now())
			if err != nil {
				t.Fatal(err)
			}
			if p.Refusal.Reason != tt.want {
				t.Fatalf("reason = %q, want %q", p.Refusal.Reason, tt.want)
			}
			if tt.want != "" && (!strings.Contains(p.Refusal.Sentence(), "请") || !strings.Contains(p.Refusal.Sentence(), tt.says)) {
				t.Errorf("sentence %q does not say %q and what to do", p.Refusal.Sentence(), tt.says)
			}
		})
	}
	t.Run("certificate expired after signing", func(t *testing.T) {
		s := d.signedBy(t, d.document(), zhang, zhangID)
		if p, err := d.Examine(t.Context(), s, clk.Now().AddDate(3, 0, 0)); err != nil || p.Refusal.Reason != "" {
			t.Errorf("reason = %q, want none: it was valid when it signed", p.Refusal.Reason)
		}
	})
}

func TestTerms_Check(t *testing.T) {
	clk := clock.NewSet(time.Date(2025, 6, 3, 2, 0, 0, 0, time.UTC))
	d := newDesk(t, testdb.SQLite(t, clk), clk)
	now := clk.Now()
	sid := d.sid(t, zhangID)
	// Midnight in Shanghai ends the last day: 2025-06-30 24:00 there is 16:00 UTC.
	end := time.Date(2025, 6, 30, 16, 0, 0, 0, time.UTC)
	tests := []struct {
		name  string
		doc   func(*consent.Document)
		asked func(*consent.Asked)
		now   time.Time
		want  consent.Reason
	}{
		{"OK", nil, nil, now, ""},
		{"another person", nil, func(a *consent.Asked) { a.SID = d.sid(t, liID) }, now, consent.OtherSubject},
		{"nobody", nil, func(a *consent.Asked) { a.SID = "" }, now, consent.OtherSubject},
		{"another bank", nil, func(a *consent.Asked) { a.Org = "org_other" }, now, consent.NotRecipient},
		{"no organization", nil, func(a *consent.Asked) { a.Org = "" }, now, consent.NotRecipient},
		{"partner not named", nil, func(a *consent.Asked) { a.Partner = "示例科技" }, now, consent.NotRecipient},
		{"partner named", func(x *consent.Document) {
			x.Recipients = append(x.Recipients, consent.Recipient{Org: "org_tech", Name: "示例科技", Role: consent.RoleThirdParty})
		}, func(a *consent.Asked) { a.Partner = "示例科技" }, now, ""},
		{"another scenario", nil, func(a *consent.Asked) { a.Scenario = "scn_rent" }, now, consent.OtherPurpose},
		{"a field more", nil, func(a *consent.Asked) { a.Fields = append(a.Fields, "res_card.education") }, now, consent.Fields},
		{"same field of another resource", nil, func(a *consent.Asked) { a.Fields = []string{"res_tax.pay_0"} }, now, consent.Fields},
		{"an output more", nil, func(a *consent.Asked) { a.Outputs = []string{"band", "limit"} }, now, consent.Outputs},
		{"sensitive without separate consent", nil, func(a *consent.Asked) { a.Sensitive = []string{"res_card.pay_0"} }, now, consent.NotSeparate},
		{"sensitive with separate consent", func(x *consent.Document) { x.Separate = []string{"res_card.pay_0"} },
			func(a *consent.Asked) { a.Sensitive = []string{"res_card.pay_0"} }, now, ""},
		{"the day before", nil, nil, time.Date(2025, 5, 31, 15, 59, 59, 0, time.UTC), consent.NotYet},
		{"first instant", nil, nil, time.Date(2025, 5, 31, 16, 0, 0, 0, time.UTC), ""},
		{"last instant", nil, nil, end.Add(-time.Microsecond), ""},
		{"expired", nil, nil, end, consent.Expired},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc := d.document()
			if tt.doc != nil {
				tt.doc(&doc)
			}
			a := consent.Asked{SID: sid, Org: "org_bank", Scenario: "scn_loan", Fields: []string{"res_card.pay_0", "res_card.limit_bal"}, Outputs: []string{"band"}}
			if tt.asked != nil {
				tt.asked(&a)
			}
			if got := doc.Terms.Check(sid, a, tt.now); got != tt.want {
				t.Errorf("Check = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestService_Decide(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		ctx := t.Context()
		signed := d.signedBy(t, d.document(), zhang, zhangID)
		if got := reasonOf(d.decide(ctx, consent.Handed{})); got != consent.Missing {
			t.Errorf("without a document: %q, want %q", got, consent.Missing)
		}
		if got := reasonOf(d.decide(ctx, consent.Handed{ID: "cns_none"})); got != consent.Unknown {
			t.Errorf("an id that never was: %q, want %q", got, consent.Unknown)
		}
		err := d.decide(ctx, d.handed(t, d.signedBy(t, d.document(), li, liID)))
		e, _ := errors.AsType[*errs.Error](err)
		if e == nil || e.Code != errs.Unlawful || len(e.Cites) == 0 || e.Cites[0].Article != "四(二)" {
			t.Errorf("a forged document = %+v, want unlawful citing 四(二)", err)
		}
		if err := d.decide(ctx, d.handed(t, signed)); err != nil {
			t.Fatalf("first use: %v", err)
		}
		list, err := d.Mine(d.citizen(t, zhangID), "", 50)
		if err != nil || len(list) != 1 || list[0].Uses != 1 {
			t.Fatalf("the person sees %+v, %v, want one document used once", list, err)
		}
		id := list[0].ID
		t.Run("another bank learns nothing from an id", func(t *testing.T) {
			if got := reasonOf(d.decide(ctx, consent.Handed{ID: id}, func(a *consent.Asked) { a.Org = "org_other" })); got != consent.Unknown {
				t.Errorf("reason = %q, want %q", got, consent.Unknown)
			}
		})
		t.Run("another document under the same number", func(t *testing.T) {
			again := d.signedBy(t, d.document(func(x *consent.Document) { x.MaxUses = 9 }), zhang, zhangID)
			if got := reasonOf(d.decide(ctx, d.handed(t, again))); got != consent.Replayed {
				t.Errorf("reason = %q, want %q", got, consent.Replayed)
			}
		})
		if err := d.decide(ctx, consent.Handed{ID: id}); err != nil {
			t.Fatalf("second use: %v", err)
		}
		if got := reasonOf(d.decide(ctx, d.handed(t, signed))); got != consent.UsedUp {
			t.Errorf("third use of two: %q, want %q", got, consent.UsedUp)
		}
	})
}

func TestService_Withdraw(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		c, err := d.Submit(as(t.Context(), "org_bank"), d.signedBy(t, d.document(), zhang, zhangID))
		if err != nil {
			t.Fatalf("Submit: %v", err)
		}
		if _, err := d.Withdraw(d.citizen(t, liID), c.ID); errs.CodeOf(err) != errs.NotFound {
			t.Errorf("Withdraw by another person = %v, want not_found", err)
		}
		if _, err := d.Withdraw(d.citizen(t, zhangID), c.ID); err != nil {
			t.Fatalf("Withdraw: %v", err)
		}
		if got := reasonOf(d.decide(t.Context(), consent.Handed{ID: c.ID})); got != consent.Withdrawn {
			t.Errorf("the next call: %q, want %q", got, consent.Withdrawn)
		}
		// Handing the document in again does not bring it back.
		anew := d.document(func(x *consent.Document) { x.SignedAt = x.SignedAt.Add(-time.Minute) })
		if got := reasonOf(d.decide(t.Context(), d.handed(t, d.signedBy(t, anew, zhang, zhangID)))); got != consent.Replayed {
			t.Errorf("the same number signed anew: %q, want %q", got, consent.Replayed)
		}
		if _, err := d.Withdraw(d.citizen(t, zhangID), c.ID); errs.CodeOf(err) != errs.Conflict {
			t.Errorf("Withdraw twice = %v, want conflict", err)
		}
	})
}

func TestService_Submit(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		signed := d.signedBy(t, d.document(), zhang, zhangID)
		if _, err := d.Submit(as(t.Context(), "org_other"), signed); reasonOf(err) != consent.NotRecipient {
			t.Errorf("Submit by a body not named = %v, want %s", err, consent.NotRecipient)
		}
		first, err := d.Submit(as(t.Context(), "org_bank"), signed)
		if err != nil {
			t.Fatalf("Submit: %v", err)
		}
		again, err := d.Submit(as(t.Context(), "org_bank"), signed)
		if err != nil || again.ID != first.ID {
			t.Errorf("Submit again = %s, %v, want the same %s", again.ID, err, first.ID)
		}
		t.Run("nothing personal in the database", func(t *testing.T) {
			for _, q := range []string{`SELECT terms FROM consent`, `SELECT body FROM ledger_entry`, `SELECT body FROM object_version`, `SELECT sealed FROM consent`} {
				err := d.db.View(t.Context(), func(tx *sqldb.Tx) error {
					rows, err := tx.Query(t.Context(), q)
					if err != nil {
						return err
					}
					for rows.Next() {
						var raw []byte
						if err := rows.Scan(&raw); err != nil {
							return err
						}
						if strings.Contains(string(raw), zhangID) || strings.Contains(string(raw), zhang) {
							t.Errorf("%s holds the name or number of the person", q)
						}
					}
					return rows.Err()
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		})
		paper, err := d.Paper(d.citizen(t, zhangID), first.ID)
		if err != nil || !strings.Contains(paper.Text, zhang) || paper.Signed.Document != signed.Document {
			t.Errorf("Paper = %v, want the document as it was signed", err)
		}
		if _, err := d.Paper(as(t.Context(), "org_other"), first.ID); errs.CodeOf(err) != errs.NotFound {
			t.Errorf("Paper for another body = %v, want not_found", err)
		}
	})
}

// Erasing takes the bytes; what was proven stays provable.
func TestService_Erase(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		operator := access.With(t.Context(), access.Actor{Account: "acc_op", Org: "org_op", Roles: []access.Role{access.Operator}})
		c, err := d.Submit(as(t.Context(), "org_bank"), d.signedBy(t, d.document(), zhang, zhangID))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Erase(operator, c.ID); errs.CodeOf(err) != errs.Conflict {
			t.Errorf("Erase while valid = %v, want conflict", err)
		}
		if _, err := d.End(as(t.Context(), "org_bank"), c.ID, "贷款申请未通过"); err != nil {
			t.Fatalf("End: %v", err)
		}
		if got := reasonOf(d.decide(t.Context(), consent.Handed{ID: c.ID})); got != consent.Ended {
			t.Errorf("a call after the end of the business: %q, want %q", got, consent.Ended)
		}
		if _, err := d.Erase(operator, c.ID); err != nil {
			t.Fatalf("Erase: %v", err)
		}
		if _, err := d.Paper(d.citizen(t, zhangID), c.ID); errs.CodeOf(err) != errs.NotFound {
			t.Errorf("Paper after erasing = %v, want not_found", err)
		}
		got, err := d.Get(d.citizen(t, zhangID), c.ID)
		if err != nil || got.Digest != c.Digest || got.Erased.IsZero() {
			t.Errorf("Get after erasing = %+v, %v, want the digest and when it was erased", got, err)
		}
	})
}

func TestDocument_Text(t *testing.T) {
	d := &desk{clock: clock.NewSet(time.Date(2025, 6, 3, 2, 0, 0, 0, time.UTC))}
	form, _ := consent.FormOf("personal-credit@1")
	text, err := form.Text(d.document(func(x *consent.Document) { x.Separate = []string{"res_card.pay_0"} }))
	if err != nil {
		t.Fatal(err)
	}
	// 四(二): source, purpose, manner, scope, use and term, in plain words.
	for _, want := range []string{"示例金融局", "信用卡账户", "审核个人经营贷款申请", "评分", "最近一期还款状态、授信额度", "贷款审批", "2025年6月1日至2025年6月30日",
		"示例银行", "信用等级（优、良、中、差）", "最多使用 2 次", "逐项单独同意使用以下敏感个人信息：最近一期还款状态", "撤销"} {
		if !strings.Contains(text, want) {
			t.Errorf("text does not say %q:\n%s", want, text)
		}
	}
}

func FuzzParse(f *testing.F) {
	d := &desk{clock: clock.NewSet(time.Date(2025, 6, 3, 2, 0, 0, 0, time.UTC))}
	raw, err := d.document().Canonical()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(raw))
	f.Add(`{}`)
	f.Add(`{"from":"2025-06-01"}`)
	// Whatever is accepted says the same to everybody: its bytes are the one canonical form of what was read.
	f.Fuzz(func(t *testing.T, raw string) {
		doc, err := consent.Parse([]byte(raw))
		if err != nil {
			return
		}
		again, err := doc.Canonical()
		if err != nil || string(again) != raw {
			t.Errorf("Parse accepted %q, whose canonical form is %q (%v)", raw, again, err)
		}
		if !json.Valid([]byte(raw)) {
			t.Errorf("Parse accepted %q, which is not JSON", raw)
		}
	})
}

// 四(三): an own template is accepted under the plan it was approved with, and paper where the plan declared paper.
func TestTerms_CheckPlan(t *testing.T) {
	own, paper := consent.Terms{Template: consent.OwnID("dcl_1")}, consent.Terms{Template: "personal-credit@1", Scan: "66c7"}
	for _, tt := range []struct {
		name  string
		terms consent.Terms
		plan  consent.Plan
		want  consent.Reason
	}{
		{"OwnTemplateOfThePlan", own, consent.Plan{ID: "dcl_1"}, ""},
		{"OwnTemplateOfAnother", own, consent.Plan{ID: "dcl_2"}, consent.OtherPlan},
		{"OwnTemplateWithoutPlan", own, consent.Plan{}, consent.OtherPlan},
		{"PaperDeclared", paper, consent.Plan{ID: "dcl_1", Paper: true}, ""},
		{"PaperNotDeclared", paper, consent.Plan{ID: "dcl_1"}, consent.NoPaper},
		{"Electronic", consent.Terms{Template: "personal-credit@1"}, consent.Plan{ID: "dcl_1", Paper: true}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.terms.CheckPlan(tt.plan); got != tt.want {
				t.Errorf("CheckPlan = %q, want %q", got, tt.want)
			}
		})
	}
}

// 四(四): a draw takes the files with the smallest lots, at the rate of the law, and anybody who has the population repeats it.
func TestService_DrawSample(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		operator := access.With(t.Context(), access.Actor{Account: "acc_operator", Org: "org_operator", Roles: []access.Role{access.Operator}})
		if _, err := d.DrawSample(operator); !errs.Is(err, errs.Conflict) {
			t.Fatalf("a draw of nothing = %v, want a conflict", err)
		}
		const files = 45 // 50 per mille of them are 2.25: three are drawn
		for i := range files {
			signed := d.signedBy(t, d.document(func(x *consent.Document) { x.Number = fmt.Sprintf("SQ-%02d", i) }), zhang, zhangID)
			if _, err := d.Submit(as(t.Context(), "org_bank"), signed); err != nil {
				t.Fatal(err)
			}
		}
		draw, err := d.DrawSample(operator)
		if err != nil || draw.Of != files || draw.Drawn != 3 || draw.Rate != 50 {
			t.Fatalf("DrawSample = %+v, %v, want 3 of %d at 50 per mille", draw, err, files)
		}
		sample, err := d.Sample(operator, draw.ID)
		if err != nil {
			t.Fatal(err)
		}
		list := strings.Join(sample.Population, "\n") + "\n"
		if sum := sha256.Sum256([]byte(list)); draw.Digest != "sha256:"+hex.EncodeToString(sum[:]) {
			t.Errorf("digest = %s, want that of the %d ids", draw.Digest, len(sample.Population))
		}
		lots := map[string]string{}
		for _, id := range sample.Population {
			sum := sha256.Sum256([]byte(draw.Seed + " " + id))
			lots[id] = hex.EncodeToString(sum[:])
		}
		order := slices.SortedFunc(maps.Keys(lots), func(a, b string) int { return strings.Compare(lots[a], lots[b]) })
		for i, p := range sample.Spots {
			if p.Consent != order[i] {
				t.Errorf("place %d is %s, want %s", i, p.Consent, order[i])
			}
		}
		// The person withdraws a suspended document like any other, and a later check does not bring it back.
		id := sample.Spots[0].Consent
		if _, err := d.Check(operator, draw.ID, id, consent.Finding{Valid: true, Note: "未告知用途"}); err != nil {
			t.Fatal(err)
		}
		if got := reasonOf(d.decide(as(t.Context(), "org_bank"), consent.Handed{ID: id})); got != consent.Suspended {
			t.Errorf("a call under a failed file = %q, want suspended", got)
		}
		if _, err := d.Withdraw(d.citizen(t, zhangID), id); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Check(operator, draw.ID, id, consent.Finding{Compliant: true, Valid: true, Note: "复查一致"}); err != nil {
			t.Fatal(err)
		}
		if got := reasonOf(d.decide(as(t.Context(), "org_bank"), consent.Handed{ID: id})); got != consent.Withdrawn {
			t.Errorf("a call under a withdrawn file = %q, want withdrawn", got)
		}
	})
}
