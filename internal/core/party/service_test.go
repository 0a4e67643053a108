package party_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/ledger"
	"yunei/internal/core/matter"
	"yunei/internal/core/party"
	"yunei/internal/core/regime"
	"yunei/internal/test/testdb"
	"yunei/regimes"
)

const (
	repName = "林晓"
	repID   = "990000198003070019"
)

// house is the register under the Quanzhou pack, on a clock that can be moved.
type house struct {
	*party.Service
	db      *sqldb.DB
	clock   *clock.Set
	log     *ledger.Log
	anchor  *seal.Anchor
	matters *matter.Service
	breach  workday.Date // what org.last_breach answers
}

// each runs fn on both databases, each with a clock of its own; the day is a Tuesday within the pack's trial period.
func each(t *testing.T, fn func(t *testing.T, h *house)) {
	day := time.Date(2025, 6, 3, 2, 0, 0, 0, time.UTC)
	t.Run("sqlite", func(t *testing.T) {
		clk := clock.NewSet(day)
		fn(t, newHouse(t, testdb.SQLite(t, clk), clk))
	})
	t.Run("postgres", func(t *testing.T) {
		clk := clock.NewSet(day)
		fn(t, newHouse(t, testdb.Postgres(t, clk), clk))
	})
}

func newHouse(t *testing.T, db *sqldb.DB, clk *clock.Set) *house {
	t.Helper()
	keys, err := seal.LoadOrCreate(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h := &house{db: db, clock: clk, anchor: keys.Anchor()}
	h.log = ledger.New(db, keys, ledger.Options{})
	law := regime.New()
	acts := act.NewRunner(db, h.log, law)
	h.matters = matter.New(acts)
	h.Service = party.New(acts, keys, h.matters)
	law.RegisterFact(regime.Fact{Name: "org.last_breach", Type: regime.Day,
		Load: func(context.Context, *sqldb.Tx, string) (any, error) { return h.breach, nil }})
	law.RegisterFact(regime.Fact{Name: "org.closed_by_order", Type: regime.Bool, // an order of a stage that is not here
		Load: func(context.Context, *sqldb.Tx, string) (any, error) { return false, nil }})
	if err := law.Load(regimes.FS, "quanzhou-2024-05-17"); err != nil {
		t.Fatal(err)
	}
	// The composed acts run inside the matter that decides; here a bare act stands for it.
	h.Acts.Define(act.Def{Name: "test.decide", Roles: []access.Role{access.Operator, access.Applicant}})
	return h
}

func operator(ctx context.Context) context.Context {
	return access.With(ctx, access.Actor{Account: "acc_op", Org: "org_operator", Roles: []access.Role{access.Operator}})
}

func bank(ctx context.Context, org string) context.Context {
	return access.With(ctx, access.Actor{Account: "acc_bank", Org: org, Roles: []access.Role{access.Applicant}})
}

func registration(t *testing.T, spoil ...func(*party.Registration)) party.Registration {
	t.Helper()
	uscc, err := party.MakeUSCC("91990000MA9900000")
	if err != nil {
		uscc, err = party.MakeUSCC("91990000MA990000")
	}
	if err != nil {
		t.Fatal(err)
	}
	r := party.Registration{Name: "示例银行", USCC: uscc, Registered: "2010-01-04", InProvince: true,
		Representative: repName, RepresentativeID: repID, Contact: "陈明", Phone: "0595-00000000"}
	for _, f := range spoil {
		f(&r)
	}
	return r
}

func (h *house) register(t *testing.T, spoil ...func(*party.Registration)) party.Organization {
	t.Helper()
	o, err := h.Register(bank(t.Context(), ""), registration(t, spoil...))
	if err != nil {
		t.Fatalf("Register: %v", err)
	}
	return o
}

var papers = []party.Document{
	{Kind: party.BusinessLicense, Name: "营业执照.pdf", Blob: "sha256:01"},
	{Kind: party.RepresentativeProof, Name: "法人身份证明.pdf", Blob: "sha256:02"},
	{Kind: party.OrganizationProfile, Name: "单位情况说明.pdf", Blob: "sha256:03"},
	{Kind: party.PledgePaper, Name: "入驻承诺书.pdf", Blob: "sha256:04"},
}

func (h *house) admit(ctx context.Context, id string) (o party.Organization, err error) {
	_, err = h.Acts.Do(operator(ctx), act.Call{Act: "test.decide"}, func(ctx context.Context, tx *act.Tx) (err error) {
		o, err = h.AdmitTx(ctx, tx, id)
		return err
	})
	return o, err
}

// sign is what the phone of the representative does with the text it was shown.
func (h *house) sign(t *testing.T, name, id, text string) (cert string, sig []byte) {
	t.Helper()
	certPEM, keyPEM, err := h.anchor.IssuePerson(name, id, h.clock.Now().Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if sig, err = seal.SignAs(keyPEM, []byte(text)); err != nil {
		t.Fatal(err)
	}
	return string(certPEM), sig
}

func wantCode(t *testing.T, what string, err error, code errs.Code) *errs.Error {
	t.Helper()
	if errs.CodeOf(err) != code {
		t.Fatalf("%s = %v, want %s", what, err, code)
	}
	e, _ := errors.AsType[*errs.Error](err)
	return e
}

func wantArticle(t *testing.T, what string, err error, article string) {
	t.Helper()
	e := wantCode(t, what, err, errs.Unlawful)
	for _, c := range e.Cites {
		if c.Article == article && c.Quote != "" {
			return
		}
	}
	t.Errorf("%s cites %+v, want article %s", what, e.Cites, article)
}

func TestService_Register(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := bank(t.Context(), "")
		t.Run("every fault at once", func(t *testing.T) {
			_, err := h.Register(ctx, party.Registration{USCC: "911100007109250325", Registered: "2030-01-01", Roles: []access.Role{access.Expert}})
			e := wantCode(t, "Register", err, errs.Invalid)
			var where []string
			for _, s := range e.Spots {
				where = append(where, s.Where)
			}
			if got, want := strings.Join(where, " "), "name representative contact phone uscc registered roles"; got != want {
				t.Errorf("places = %q, want %q", got, want)
			}
		})
		t.Run("no identity number in the database", func(t *testing.T) {
			o := h.register(t)
			err := h.db.View(t.Context(), func(tx *sqldb.Tx) error {
				var n int64
				err := tx.QueryRow(t.Context(), `SELECT count(*) FROM organization WHERE id = $1 AND rep_digest <> '' AND rep_digest <> $2`, o.ID, repID).Scan(&n)
				if err == nil && n != 1 {
					t.Errorf("rows with a digest in place of the number = %d, want 1", n)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
		t.Run("twice", func(t *testing.T) {
			_, err := h.Register(ctx, registration(t))
			wantCode(t, "Register again", err, errs.Conflict)
		})
	})
}

func TestService_Paper(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.register(t)
		_, err := h.Apply(bank(t.Context(), o.ID), party.Paper, papers[:3])
		wantArticle(t, "Apply without the pledge", err, "二(二)2")

		a, err := h.Apply(bank(t.Context(), o.ID), party.Paper, papers)
		if err != nil {
			t.Fatalf("Apply: %v", err)
		}
		_, err = h.Apply(bank(t.Context(), o.ID), party.Paper, papers)
		wantCode(t, "Apply twice", err, errs.Conflict)

		admitted, err := h.admit(t.Context(), a.ID)
		if err != nil {
			t.Fatalf("AdmitTx: %v", err)
		}
		if h.valid(t, admitted.Permit) != nil {
			t.Errorf("permit of an admitted organization does not hold")
		}
		_, err = h.admit(t.Context(), a.ID)
		wantCode(t, "AdmitTx twice", err, errs.Conflict)
	})
}

func (h *house) valid(t *testing.T, permit string) error {
	t.Helper()
	var valid error
	if err := h.db.View(t.Context(), func(tx *sqldb.Tx) error {
		valid = access.Valid(t.Context(), tx, permit, workday.DateOf(tx.Now()))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return valid
}

func TestService_QR(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.register(t)
		ctx := bank(t.Context(), o.ID)
		a, err := h.Apply(ctx, party.QR, nil)
		if err != nil {
			t.Fatalf("Apply: %v", err)
		}
		_, err = h.admit(t.Context(), a.ID)
		wantCode(t, "AdmitTx before the pledge", err, errs.Conflict)

		old, _, err := h.OpenQR(ctx, a.ID)
		if err != nil {
			t.Fatalf("OpenQR: %v", err)
		}
		code, state, err := h.OpenQR(ctx, a.ID)
		if err != nil {
			t.Fatalf("OpenQR again: %v", err)
		}
		if got := state.Expires.Sub(state.Generated); got != 72*time.Hour {
			t.Errorf("code lives %v, want 72h", got)
		}
		_, err = h.OpenPhone(t.Context(), old)
		wantCode(t, "OpenPhone with the replaced code", err, errs.NotFound)
		phone, err := h.OpenPhone(t.Context(), code)
		if err != nil {
			t.Fatalf("OpenPhone: %v", err)
		}
		if !strings.Contains(phone.Text, "示例银行") || !strings.Contains(phone.Text, "多模型叠加") {
			t.Errorf("pledge text misses the organization or its duties: %s", phone.Text)
		}
		t.Run("another person", func(t *testing.T) {
			cert, sig := h.sign(t, "王五", "990000198003070043", phone.Text)
			_, err := h.Pledge(t.Context(), code, cert, sig)
			wantCode(t, "Pledge", err, errs.Forbidden)
		})
		t.Run("same name, another number", func(t *testing.T) {
			cert, sig := h.sign(t, repName, "990000198003070043", phone.Text)
			_, err := h.Pledge(t.Context(), code, cert, sig)
			wantCode(t, "Pledge", err, errs.Forbidden)
		})
		t.Run("another text", func(t *testing.T) {
			cert, sig := h.sign(t, repName, repID, phone.Text+" 但不受约束")
			_, err := h.Pledge(t.Context(), code, cert, sig)
			wantCode(t, "Pledge", err, errs.Forbidden)
		})
		t.Run("OK, once", func(t *testing.T) {
			cert, sig := h.sign(t, repName, repID, phone.Text)
			a, err := h.Pledge(t.Context(), code, cert, sig)
			if err != nil || a.Pledge == nil || a.Pledge.Signer != repName {
				t.Fatalf("Pledge = %+v, %v, want signed by %s", a.Pledge, err, repName)
			}
			_, err = h.Pledge(t.Context(), code, cert, sig)
			wantCode(t, "Pledge again", err, errs.Conflict)
			_, _, err = h.OpenQR(ctx, a.ID)
			wantCode(t, "OpenQR after the pledge", err, errs.Conflict)
			if _, err := h.admit(t.Context(), a.ID); err != nil {
				t.Fatalf("AdmitTx: %v", err)
			}
		})
	})
}

// 二(二)1: a code issued at 10:00 on day 1 works at 09:59 on day 4 and is dead at 10:00.
func TestService_QR_diesAfter72Hours(t *testing.T) {
	for _, tt := range []struct {
		name string
		age  time.Duration
		ok   bool
	}{
		{"a minute before", 72*time.Hour - time.Minute, true},
		{"at 72 hours", 72 * time.Hour, false},
		{"a minute after", 72*time.Hour + time.Minute, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				o := h.register(t)
				a, err := h.Apply(bank(t.Context(), o.ID), party.QR, nil)
				if err != nil {
					t.Fatal(err)
				}
				code, _, err := h.OpenQR(bank(t.Context(), o.ID), a.ID)
				if err != nil {
					t.Fatal(err)
				}
				phone, err := h.OpenPhone(t.Context(), code)
				if err != nil {
					t.Fatal(err)
				}
				cert, sig := h.sign(t, repName, repID, phone.Text)
				h.clock.Advance(tt.age)
				_, err = h.Pledge(t.Context(), code, cert, sig)
				if tt.ok {
					if err != nil {
						t.Fatalf("Pledge at age %v = %v, want signed", tt.age, err)
					}
					return
				}
				wantArticle(t, "Pledge", err, "二(二)1")
				_, err = h.OpenPhone(t.Context(), code)
				wantArticle(t, "OpenPhone", err, "二(二)1")
				if _, _, err := h.OpenQR(bank(t.Context(), o.ID), a.ID); err != nil {
					t.Errorf("OpenQR after expiry = %v, want a new code", err)
				}
			})
		})
	}
}

func TestService_Apply_law(t *testing.T) {
	outside := func(r *party.Registration) { r.InProvince = false }
	for _, tt := range []struct {
		name    string
		spoil   func(*party.Registration)
		method  party.Method
		breach  workday.Date
		article string // "" is allowed
	}{
		{"outside the province by code", outside, party.QR, "", "二(二)2"},
		{"outside the province on paper", outside, party.Paper, "", ""},
		{"an institution outside the province by code", func(r *party.Registration) { outside(r); r.Kind = party.Institution }, party.QR, "", ""},
		{"breach two years ago", nil, party.QR, "2023-06-05", "二(一)"},
		{"breach four years ago", nil, party.QR, "2021-05-31", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				h.breach = tt.breach
				var spoil []func(*party.Registration)
				if tt.spoil != nil {
					spoil = append(spoil, tt.spoil)
				}
				o := h.register(t, spoil...)
				var docs []party.Document
				if tt.method == party.Paper {
					docs = papers
				}
				_, err := h.Apply(bank(t.Context(), o.ID), tt.method, docs)
				if tt.article == "" {
					if err != nil {
						t.Fatalf("Apply = %v, want taken", err)
					}
					return
				}
				wantArticle(t, "Apply", err, tt.article)
			})
		})
	}
}

// admitted is an organization that is in.
func (h *house) admitted(t *testing.T) party.Organization {
	t.Helper()
	o := h.register(t)
	a, err := h.Apply(bank(t.Context(), o.ID), party.Paper, papers)
	if err != nil {
		t.Fatal(err)
	}
	if o, err = h.admit(t.Context(), a.ID); err != nil {
		t.Fatal(err)
	}
	return o
}

// child is a permit that descends from an admission.
func (h *house) child(t *testing.T, o party.Organization) (child access.Permit) {
	t.Helper()
	_, err := h.Acts.Do(operator(t.Context()), act.Call{Act: "test.decide"}, func(ctx context.Context, tx *act.Tx) (err error) {
		child, err = tx.Issue(ctx, access.Permit{Kind: "grant", Holder: o.ID, Object: "x", From: tx.Day(), Until: "2026-01-01", Parents: []string{o.Permit}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return child
}

// Suspending is one row: a permit below the admission stops and comes back with it.
func TestService_Suspend(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.admitted(t)
		child := h.child(t, o)
		wantCode(t, "Suspend without a reason", h.Suspend(operator(t.Context()), o.ID, ""), errs.Invalid)
		wantCode(t, "Suspend by the bank", h.Suspend(bank(t.Context(), o.ID), o.ID, "x"), errs.Forbidden)
		if err := h.Suspend(operator(t.Context()), o.ID, "数据泄露"); err != nil {
			t.Fatalf("Suspend: %v", err)
		}
		wantCode(t, "child permit", h.valid(t, child.ID), errs.Forbidden)
		if err := h.Lift(operator(t.Context()), o.ID, "整改完成"); err != nil {
			t.Fatalf("Lift: %v", err)
		}
		if err := h.valid(t, child.ID); err != nil {
			t.Errorf("child permit after lifting = %v, want valid", err)
		}
		if err := h.End(operator(t.Context()), o.ID, "弄虚作假"); err != nil {
			t.Fatalf("End: %v", err)
		}
		wantCode(t, "Lift after the end", h.Lift(operator(t.Context()), o.ID, "x"), errs.Conflict)
	})
}

// 二(三): Friday's change filed on the fourth working day is taken, and marked late.
func TestService_Change(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.register(t)
		ctx := bank(t.Context(), o.ID)
		// 2025-06-03 is the Tuesday after the Dragon Boat holiday (05-31 to 06-02): Friday 05-30 plus three working days is 06-05.
		c, err := h.FileChange(ctx, "2025-05-30", party.ChangeSet{Contact: "周文"}, nil)
		if err != nil {
			t.Fatalf("FileChange: %v", err)
		}
		if c.Due != "2025-06-05" || c.Late {
			t.Errorf("due %s late %v, want 2025-06-05 in time", c.Due, c.Late)
		}
		_, err = h.FileChange(ctx, "2025-05-30", party.ChangeSet{Phone: "0595-11111111"}, nil)
		wantCode(t, "a second open change", err, errs.Conflict)
		wantCode(t, "deciding on one's own change", h.decide(ctx, c.ID, "verify", matter.Pass), errs.Unlawful)
		if err := h.decide(operator(t.Context()), c.ID, "verify", matter.Pass); err != nil {
			t.Fatalf("pass the change: %v", err)
		}
		got, err := h.Organization(ctx, o.ID)
		if err != nil || got.Contact != "周文" || got.Phone != o.Phone {
			t.Errorf("organization = %+v, %v, want the new contact and the old phone", got, err)
		}
		h.clock.Advance(72 * time.Hour)
		c, err = h.FileChange(ctx, "2025-05-30", party.ChangeSet{Representative: "赵敏", RepresentativeID: "990000198003070043"}, nil)
		if err != nil || !c.Late {
			t.Errorf("FileChange on 2025-06-06 = %+v, %v, want taken and late", c, err)
		}
		if c.Set.RepresentativeID != "" {
			t.Errorf("the stored change holds an identity number")
		}
		if err := h.decide(operator(t.Context()), c.ID, "verify", matter.Refuse); err != nil {
			t.Fatalf("refuse the change: %v", err)
		}
		if got, err := h.Organization(ctx, o.ID); err != nil || got.Representative != repName {
			t.Errorf("organization after a refused change = %+v, %v, want the old representative", got, err)
		}
	})
}

// What is not mine does not exist.
func TestService_others(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.register(t)
		a, err := h.Apply(bank(t.Context(), o.ID), party.QR, nil)
		if err != nil {
			t.Fatal(err)
		}
		stranger := bank(t.Context(), "org_other")
		_, err = h.Admission(stranger, a.ID)
		unknown := wantCode(t, "Admission of another", err, errs.NotFound)
		_, err = h.Admission(stranger, "adm_none")
		if none := wantCode(t, "Admission that never was", err, errs.NotFound); none.Msg != unknown.Msg {
			t.Errorf("another's is answered %q, a missing one %q: they must be the same words", unknown.Msg, none.Msg)
		}
		_, _, err = h.OpenQR(stranger, a.ID)
		wantCode(t, "OpenQR of another", err, errs.NotFound)
		if list, err := h.Admissions(stranger, "", 50); err != nil || len(list) != 0 {
			t.Errorf("Admissions of a stranger = %v, %v, want none", list, err)
		}
	})
}
