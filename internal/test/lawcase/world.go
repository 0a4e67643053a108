package lawcase

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/matter"
	"yunei/internal/core/party"
	"yunei/internal/core/regime"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/collect"
	"yunei/internal/flow/grant"
	"yunei/internal/gate/node"
)

// World is a node under one pack, with an account for every role.
type World struct {
	*node.Node
	t         testing.TB
	clock     *clock.Set
	law       *regime.Law
	seats     map[access.Role][]access.Actor
	unstarted []string               // authorizations that are signed
	operation string                 // the authorization of the operator, where the pack has that level
	developer access.Actor           // authorized as a developer, where the pack has that level
	seals     map[access.Role]string // registered contract seals
	card      catalog.Entry          // the published card table, once it is
	desk      string                 // the newest space
	band      string                 // the newest class B model in it
	service   service
	ready     ready
	data      string // the node's folder
	open      bool   // the air quality table is open to all
	n         int
}

// seatsOf is how many accounts a role has: experts are drawn, two people of the bureau may have to agree.
var seatsOf = map[access.Role]int{access.Expert: 5}

// New opens a node under a pack.
func New(t testing.TB, pack string, at workday.Date) *World {
	t.Helper()
	w := &World{t: t, clock: clock.NewSet(morning(at.AddDays(-240))), seats: map[access.Role][]access.Actor{}, seals: map[access.Role]string{}}
	data := t.TempDir()
	w.data = data
	var err error
	w.Node, err = node.Open(t.Context(), node.Options{Data: data, DB: "sqlite:" + filepath.Join(data, "yunei.db"), Packs: []string{pack}, Clock: w.clock, NoWalls: true})
	must(t, err)
	t.Cleanup(func() { must(t, w.Close()) })
	w.law = w.Acts.Law()
	w.Acts.Define(act.Def{Name: "test.arrange", Roles: []access.Role{access.Platform}})
	w.silence()
	for _, role := range access.Roles() {
		for i := range max(2, seatsOf[role]) {
			w.seats[role] = append(w.seats[role], w.account(fmt.Sprintf("%s%d", role, i), orgOf(role), role))
		}
	}
	must(t, w.levels())
	return w
}

// levels authorizes an operator and a developer, where the pack has these levels; it takes weeks in public.
func (w *World) levels() error {
	if w.has(grant.KindOperator) {
		f, err := w.admitted(access.Authorized)
		if err == nil {
			w.operation, err = w.agreed(f, grant.Request{Level: grant.LevelOperator})
		}
		if err == nil {
			err = w.startAuthorization(w.operation)
		}
		if err != nil {
			return fmt.Errorf("authorize an operator: %w", err)
		}
		w.seats[access.Authorized] = []access.Actor{f}
	}
	if w.has(grant.KindDeveloper) {
		department := w.registered(fmt.Sprintf("11990000MB%06d", 1), party.Registration{Name: "示例市金融局", Kind: party.PublicBody, Roles: []access.Role{access.Department}})
		w.seats[access.Department] = []access.Actor{w.account("department", department, access.Department)}
		f, err := w.admitted()
		if err == nil {
			_, err = w.Grant.ConfirmDepartment(w.seat(access.Bureau), department, grant.Confirmation{Fields: []string{"金融"}, Document: "示数据函〔2025〕3号"})
		}
		if err == nil {
			err = w.authorize(f, grant.Request{Level: grant.LevelDeveloper, Authorizer: department})
		}
		if err != nil {
			return fmt.Errorf("authorize a developer: %w", err)
		}
		w.developer = f
		for range 7 { // as many as cases start one
			f, err := w.admitted()
			if err != nil {
				return err
			}
			id, err := w.agreed(f, grant.Request{Level: grant.LevelDeveloper, Authorizer: department})
			if err != nil {
				return err
			}
			w.unstarted = append(w.unstarted, id)
		}
	}
	return nil
}

func (w *World) has(kind string) bool {
	_, err := w.law.Procedure(kind, workday.DateOf(w.clock.Now()))
	return err == nil
}

// authorize takes an application for a level to an authorization in force.
func (w *World) authorize(f access.Actor, r grant.Request) error {
	id, err := w.agreed(f, r)
	if err != nil {
		return err
	}
	return w.startAuthorization(id)
}

func (w *World) startAuthorization(id string) error {
	return w.byAny(func(ctx context.Context) error { _, err := w.Grant.StartAuthorization(ctx, id); return err })
}

// agreed is an approved authorization whose agreement every party has signed.
func (w *World) agreed(f access.Actor, r grant.Request) (id string, err error) {
	r.Field, r.Statement = "金融", "具备金融领域开发利用能力"
	a, err := w.Grant.Apply(w.as(f), r)
	if err == nil {
		err = w.pass(a.ID)
	}
	if err != nil {
		return "", err
	}
	today := workday.DateOf(w.clock.Now())
	agreement, err := w.Grant.SignAuthorization(w.as(f), a.ID, grant.Terms{From: today, Until: today.AddYears(2)})
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	for _, p := range agreement.Parties {
		if p.Org != f.Org {
			if err := w.sign(agreement.ID, access.Role(p.Role), p.Seal); err != nil {
				return "", fmt.Errorf("sign as %s: %w", p.Role, err)
			}
		}
	}
	return a.ID, nil
}

// department is the organization that may authorize developers.
func (w *World) department() string { return w.seats[access.Department][0].Org }

func morning(d workday.Date) time.Time { return d.Time().Add(9 * time.Hour) }

func orgOf(role access.Role) string {
	if role == access.Expert || role == access.Subject {
		return ""
	}
	return "org_" + string(role)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// silence lets no rule speak, while something is arranged.
func (w *World) silence() {
	w.law.Rehearse(&regime.Rehearsal{Asked: func(string, string) bool { return false }})
}

// as is the context in which somebody acts.
func (w *World) as(a access.Actor) context.Context { return access.With(w.t.Context(), a) }

func (w *World) system() context.Context { return w.as(access.System()) }

// seat is the first account of a role.
func (w *World) seat(role access.Role) context.Context { return w.as(w.seats[role][0]) }

// account opens a login without a password; an expert has a signing key.
func (w *World) account(login, org string, roles ...access.Role) access.Actor {
	var a access.Account
	_, err := w.Acts.Do(w.system(), act.Call{Act: "test.arrange"}, func(ctx context.Context, tx *act.Tx) error {
		a = access.Account{ID: tx.NewID("acc"), Login: login, Name: login, Org: org, Roles: roles, Opened: tx.Now()}
		if err := access.CreateAccount(ctx, tx.Tx, a, "no password fits"); err != nil {
			return err
		}
		return tx.Changed(ctx, "account", a.ID, a)
	})
	must(w.t, err)
	if a.Actor().Has(access.Expert) {
		_, err := w.Party.ConfirmExpert(w.system(), party.ExpertDraft{Account: a.ID, Fields: []string{"technology"}, Document: "专家组〔2025〕1号"})
		must(w.t, err)
		_, err = w.Party.RegisterKey(w.as(a.Actor()), base64.StdEncoding.EncodeToString(key(login).Public().(ed25519.PublicKey)))
		must(w.t, err)
	}
	return a.Actor()
}

func key(login string) ed25519.PrivateKey {
	sum := sha256.Sum256([]byte(login))
	return ed25519.NewKeyFromSeed(sum[:])
}

// firm registers an organization with one account, which may apply and use data.
func (w *World) firm(more ...access.Role) access.Actor {
	w.n++
	o := w.registered(fmt.Sprintf("91990000MA%06d", w.n), party.Registration{Name: fmt.Sprintf("示例公司%d", w.n)})
	return w.account(fmt.Sprintf("firm%d", w.n), o, append(more, access.Applicant, access.DataUser)...)
}

// registered is the id of a new organization.
func (w *World) registered(first16 string, r party.Registration) string {
	uscc, err := party.MakeUSCC(first16)
	must(w.t, err)
	r.USCC, r.Registered, r.InProvince, r.Representative, r.Contact, r.Phone = uscc, "2010-01-04", true, "林晓", "陈明", "0595-00000000"
	r.RepresentativeID = collect.InventedNumber(900_000 + w.n)
	o, err := w.Party.Register(w.system(), r)
	must(w.t, err)
	return o.ID
}

var papers = []party.Document{
	{Kind: party.BusinessLicense, Name: "营业执照.pdf", Blob: "sha256:01"},
	{Kind: party.RepresentativeProof, Name: "法人身份证明.pdf", Blob: "sha256:02"},
	{Kind: party.OrganizationProfile, Name: "单位情况说明.pdf", Blob: "sha256:03"},
	{Kind: party.PledgePaper, Name: "承诺书.pdf", Blob: "sha256:04"},
}

// admitted is a firm that was admitted.
func (w *World) admitted(more ...access.Role) (access.Actor, error) {
	f := w.firm(more...)
	a, err := w.Party.Apply(w.as(f), party.Paper, papers)
	if err != nil {
		return f, fmt.Errorf("apply: %w", err)
	}
	return f, w.pass(a.ID)
}

// pass takes the newest matter about an object through every step of its procedure.
func (w *World) pass(subject string) error {
	for range 20 {
		m, err := w.about(subject)
		if err != nil || m.Over() {
			return err
		}
		if err := w.step(m); err != nil {
			return err
		}
	}
	return fmt.Errorf("the matter about %s does not end", subject)
}

// step decides one open step: each account of its role that it lies with passes it, until it is over.
func (w *World) step(m *matter.Matter) error {
	for i := range m.Steps {
		s := &m.Steps[i]
		if s.State != matter.StepOpen {
			continue
		}
		if s.Role == "" || len(s.May) == 0 { // a period in public: the clock decides
			w.clock.Advance(14 * 24 * time.Hour)
			return w.Matters.Sweep(w.system())
		}
		var refused error
		for _, who := range w.seats[access.Role(s.Role)] {
			if err := w.decide(m, s, who); err != nil {
				refused = err // it lies with somebody else of the role
				continue
			}
			again, err := w.matter(m.ID)
			if err != nil || again.Over() || stepState(again, s.ID) != matter.StepOpen {
				return err
			}
		}
		if s.Binding {
			return fmt.Errorf("%s: nobody can pass step %s: %w", m.Kind, s.ID, refused)
		}
	}
	return fmt.Errorf("%s: no step can be passed", m.Kind)
}

// decide passes a step as one account, with every check answered and, where it is asked for, a signature.
func (w *World) decide(m *matter.Matter, s *matter.Step, who access.Actor) error {
	d := matter.Decision{Verdict: s.May[0], Reason: "符合规定", Checks: map[string]bool{}, NoConflict: s.Draw != nil}
	for _, c := range s.Checks {
		d.Checks[c.ID] = true
	}
	if s.Records { // decided elsewhere: its number and paper
		d.Document = &matter.Paper{Number: "会议纪要〔2025〕1号", Digest: "sha256:01"}
	}
	ctx := w.as(who)
	if who.Has(access.Expert) {
		err := w.DB.View(ctx, func(tx *sqldb.Tx) error {
			text, err := w.Matters.SignText(ctx, tx, m)
			if err != nil || text == "" {
				return err
			}
			keys, err := access.KeysOf(ctx, tx, who.Account)
			if err != nil {
				return err
			}
			d.Signature = &matter.Signature{Key: keys[0].ID, Signed: text, Value: base64.StdEncoding.EncodeToString(ed25519.Sign(key(who.Name), []byte(text)))}
			return nil
		})
		if err != nil {
			return err
		}
	}
	_, err := w.Matters.Decide(ctx, m.ID, s.ID, d)
	return err
}

func (w *World) matter(id string) (m *matter.Matter, err error) {
	err = w.DB.View(w.t.Context(), func(tx *sqldb.Tx) (err error) {
		m, err = matter.Load(w.t.Context(), tx, id)
		return err
	})
	return m, err
}

// about is the newest matter about an object.
func (w *World) about(subject string) (m *matter.Matter, err error) {
	err = w.DB.View(w.t.Context(), func(tx *sqldb.Tx) error {
		list, err := matter.List(w.t.Context(), tx, matter.Filter{Subject: subject, Limit: 1})
		if err == nil && len(list) == 0 {
			return fmt.Errorf("no matter about %s", subject)
		}
		if err == nil {
			m = list[0]
		}
		return err
	})
	return m, err
}

func stepState(m *matter.Matter, id string) string {
	s, err := m.Step(id)
	if err != nil {
		return ""
	}
	return s.State
}
