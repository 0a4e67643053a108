package disclose

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/query"
	"yunei/internal/core/query/release"
)

// States of a release.
const (
	Reserved = "reserved"
	Spent    = "spent"
	Voided   = "void"
)

// Outcomes of a spent release.
const (
	Released = "released"
	Failed   = "failed"
	Lost     = "lost"
)

// Ledger is the disclosure ledger in the control database. It has no state of its own.
type Ledger struct{}

// New returns the ledger.
func New() *Ledger { return &Ledger{} }

// Resource is one resource a release reads.
type Resource struct {
	ID       string `json:"id"`
	Snapshot string `json:"snapshot"`        // digest of the source snapshot, never of a space's copy
	Class    string `json:"class,omitempty"` // kind of subject whose keys occur in it

	Series string `json:"series,omitempty"` // of a series: the column that says in which month a row is
	Month  string `json:"month,omitempty"`  // of a series: the only month (2025-03) whose rows the release reads; empty: of any
}

// Request is one release to be charged.
type Request struct {
	ID        string       `json:"id"` // of the release, made by the caller (rel_...)
	Tenant    string       `json:"tenant"`
	Group     string       `json:"group,omitempty"`   // what the tenant and its related companies are charged to together
	Related   []string     `json:"related,omitempty"` // the groups of its related companies: what they spent counts here
	Grant     string       `json:"grant,omitempty"`   // whose share pays; empty for a release of the bureau's own
	Year      string       `json:"year"`              // legal year of the run, 2026
	Model     string       `json:"model"`             // the model's hash, what experts signed
	Question  string       `json:"question"`          // the model's question, by which equality is decided
	Params    string       `json:"params,omitempty"`
	Tuple     string       `json:"tuple,omitempty"` // values chosen for the model's parameters; the question holds them already
	Resources []Resource   `json:"resources"`
	Public    []Resource   `json:"public,omitempty"` // what it reads about nobody: not charged, but another snapshot of it is another question
	Plan      release.Plan `json:"plan"`
	Access    Access       `json:"-"` // how often the model may be run, of everybody together
}

// NewRequest fills in what follows from the model.
func NewRequest(id string, m *query.Model, plan release.Plan) Request {
	return Request{ID: id, Model: m.Hash(), Question: m.Question(), Plan: plan}
}

// Key decides equality on the query: what is asked, with which parameters, of which
// source snapshots, by which mechanism. Nothing of the result is in it: to serve the old
// number because two different queries select the same people would itself be an answer.
func (r *Request) Key() string {
	type vector struct {
		Agg      int
		C        int64
		Variance string
	}
	mechanism := struct {
		Name    string
		L0      int
		Vectors []vector
		Select  string `json:",omitempty"`
	}{Name: r.Plan.Mechanism, L0: r.Plan.L0}
	if s := r.Plan.Select; s != nil {
		mechanism.Select = fmt.Sprintf("%s %d above %d", s.Epsilon.RatString(), s.Delta, r.Plan.K)
	}
	for _, v := range r.Plan.Vectors {
		mechanism.Vectors = append(mechanism.Vectors, vector{v.Agg, v.C, v.Variance.RatString()})
	}
	sum := sha256.Sum256([]byte(mustJSON([]any{r.Question, r.Params, r.read(), mechanism})))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// read names every snapshot that a request reads, whatever the order.
func (r *Request) read() []string {
	out := []string{}
	for _, res := range append(slices.Clone(r.Resources), r.Public...) {
		out = append(out, res.ID+" "+res.Snapshot)
	}
	slices.Sort(out)
	return out
}

// Release is one row of the ledger.
type Release struct {
	ID       string      `json:"id"`
	Key      string      `json:"key"`
	Model    string      `json:"model"`
	Tenant   string      `json:"tenant"`
	Grant    string      `json:"grant,omitempty"`
	Year     string      `json:"year"`
	Rho      release.Rho `json:"rho"`
	K        int         `json:"k"`
	Cells    int         `json:"cells"`
	State    string      `json:"state"`
	Outcome  string      `json:"outcome,omitempty"`
	Output   string      `json:"output,omitempty"` // where the stored result is
	Digest   string      `json:"digest,omitempty"` // of the stored result
	Reserved time.Time   `json:"reserved"`
	Settled  time.Time   `json:"settled,omitzero"`
}

const releaseColumns = `id, query_key, model, tenant, access_grant, period, rho, k, cells, state, outcome, output, digest, reserved, settled`

func scanRelease(scan func(...any) error) (Release, error) {
	var r Release
	var rho, reserved, settled int64
	var k, cells int64
	err := scan(&r.ID, &r.Key, &r.Model, &r.Tenant, &r.Grant, &r.Year, &rho, &k, &cells, &r.State, &r.Outcome, &r.Output, &r.Digest, &reserved, &settled)
	r.Rho, r.K, r.Cells, r.Reserved = release.Rho(rho), int(k), int(cells), time.UnixMicro(reserved).UTC()
	if settled != 0 {
		r.Settled = time.UnixMicro(settled).UTC()
	}
	return r, err
}

// Reservation is the answer to Reserve: either a charge of its own, or an equal release
// that exists already and costs nothing.
type Reservation struct {
	ID    string
	Equal *Release // serve this one; nothing was charged
}

// Reserve charges a release before its run. It refuses with L101 when any scope would
// exceed its cap, and charges nothing then. When an equal release has been made it is
// returned instead.
func (l *Ledger) Reserve(ctx context.Context, tx *sqldb.Tx, r Request) (Reservation, error) {
	if err := r.check(); err != nil {
		return Reservation{}, err
	}
	scopes := r.scopes()
	if err := lockAll(ctx, tx, append(r.relatedScopes(), scopes...)); err != nil {
		return Reservation{}, err
	}
	equal, running, err := l.equal(ctx, tx, r.Key())
	if err != nil {
		return Reservation{}, err
	}
	if equal != nil {
		return Reservation{ID: equal.ID, Equal: equal}, nil
	}
	if running {
		return Reservation{}, refuse(Equal, "query", "")
	}
	if err := l.admit(ctx, tx, &r); err != nil {
		return Reservation{}, err
	}
	if err := l.cover(ctx, tx, &r, scopes); err != nil {
		return Reservation{}, err
	}
	return Reservation{ID: r.ID}, l.insert(ctx, tx, &r, scopes)
}

func (r *Request) check() error {
	if r.ID == "" || r.Tenant == "" || r.Question == "" || len(r.Year) != 4 || len(r.Resources) == 0 {
		return errors.New("disclose: an incomplete request")
	}
	seen := map[string]bool{}
	for _, res := range r.Resources {
		if res.ID == "" || res.Snapshot == "" || seen[res.ID] || res.Month != "" && res.Series == "" {
			return errors.New("disclose: a resource without a snapshot, twice, or with a month of no series")
		}
		seen[res.ID] = true
	}
	rho, err := r.Plan.Recharge()
	if err != nil || rho != r.Plan.Rho || rho <= 0 {
		return fmt.Errorf("disclose: the plan says %s, its mechanism costs %s (%v)", r.Plan.Rho, rho, err)
	}
	return nil
}

// cover checks every scope.
func (l *Ledger) cover(ctx context.Context, tx *sqldb.Tx, r *Request, scopes []Scope) error {
	budgets, err := l.months(ctx, tx, r)
	if err != nil {
		return err
	}
	for _, s := range scopes {
		b, err := l.together(ctx, tx, r, s)
		if err != nil {
			return err
		}
		budgets = append(budgets, b)
	}
	for _, b := range budgets {
		s := b.Scope
		if b.Cap != uncapped && (b.Charged > b.Cap || r.Plan.Rho > b.Cap-b.Charged) {
			return refuse(Exhausted, s.Kind, fmt.Sprintf("%s：上限 %s，已计 %s，本次 %s", titles[s.Kind], b.Cap, b.Charged, r.Plan.Rho))
		}
		if d := r.Plan.Delta(); b.DeltaCap > 0 && d > 0 && d > b.DeltaCap-b.Delta {
			return refuse(Exhausted, s.Kind, titles[s.Kind]+"：遴选分组的次数已满")
		}
		if s.Kind == ResourceYear && r.Grant == "" {
			// Without a share of its own a release lives on what no share has taken.
			free, err := l.unshared(ctx, tx, s)
			if err != nil {
				return err
			}
			if r.Plan.Rho > free {
				return refuse(Exhausted, s.Kind, fmt.Sprintf("年度未分配额度余 %s，本次 %s", max(free, 0), r.Plan.Rho))
			}
		}
	}
	return nil
}

var titles = map[string]string{ResourceYear: "资源年度额度", ResourceMonth: "每人每月额度", ResourceLifetime: "资源存续期额度", Grant: "授权额度", Group: "关联企业合计额度", ClassYear: "主体类年度合计"}

func (l *Ledger) insert(ctx context.Context, tx *sqldb.Tx, r *Request, scopes []Scope) error {
	_, err := tx.Exec(ctx, `INSERT INTO disclosure_release (id, query_key, model, tenant, tenant_group, access_grant, period, rho, delta, k, cells, request, state, outcome, output, digest, reserved, settled, snapshots, tuple)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		r.ID, r.Key(), r.Model, r.Tenant, r.Group, r.Grant, r.Year, int64(r.Plan.Rho), int64(r.Plan.Delta()), int64(r.Plan.K), int64(r.Plan.Cells), mustJSON(r),
		Reserved, "", "", "", tx.Now().UnixMicro(), int64(0), r.snapshots(), r.Tuple)
	if err != nil {
		return fmt.Errorf("reserve %s: %w", r.ID, err)
	}
	for _, s := range scopes {
		if _, err := tx.Exec(ctx, `INSERT INTO disclosure_charge (scope, id, period, release, rho, delta) VALUES ($1, $2, $3, $4, $5, $6)`,
			s.Kind, s.ID, s.Period, r.ID, int64(r.Plan.Rho), int64(r.Plan.Delta())); err != nil {
			return fmt.Errorf("charge %s to %s: %w", r.ID, s, err)
		}
	}
	return l.event(ctx, tx, "reserve", r.ID, r)
}

// equal finds a released equal, or reports that one is under way.
func (l *Ledger) equal(ctx context.Context, tx *sqldb.Tx, key string) (*Release, bool, error) {
	found, err := sqldb.List(ctx, tx, func(rows *sqldb.Rows) (Release, error) { return scanRelease(rows.Scan) },
		`SELECT `+releaseColumns+` FROM disclosure_release WHERE query_key = $1 AND state <> $2 ORDER BY reserved, id`, key, Voided)
	if err != nil {
		return nil, false, fmt.Errorf("look for an equal release: %w", err)
	}
	running := false
	for i := range found {
		if found[i].State == Spent && found[i].Outcome == Released {
			return &found[i], false, nil
		}
		running = running || found[i].State == Reserved
	}
	return nil, running, nil
}

// Find looks for a stored release that answers the request without a charge.
func (l *Ledger) Find(ctx context.Context, tx *sqldb.Tx, r Request) (*Release, error) {
	equal, _, err := l.equal(ctx, tx, r.Key())
	return equal, err
}

// Get reads one release.
func (l *Ledger) Get(ctx context.Context, tx *sqldb.Tx, id string) (Release, error) {
	r, err := scanRelease(tx.QueryRow(ctx, `SELECT `+releaseColumns+` FROM disclosure_release WHERE id = $1`, id).Scan)
	if errors.Is(err, sqldb.ErrNoRows) {
		return r, errs.New(errs.NotFound, "没有这次披露记录。请核对编号。")
	}
	return r, err
}

// RequestOf reads back what was reserved.
func (l *Ledger) RequestOf(ctx context.Context, tx *sqldb.Tx, id string) (Request, error) {
	var body string
	if err := tx.QueryRow(ctx, `SELECT request FROM disclosure_release WHERE id = $1`, id).Scan(&body); err != nil {
		return Request{}, fmt.Errorf("read request of %s: %w", id, err)
	}
	var r Request
	return r, json.Unmarshal([]byte(body), &r)
}

// Settlement says how a run ended.
type Settlement struct {
	Outcome string `json:"outcome"` // Released or Failed
	Output  string `json:"output,omitempty"`
	Digest  string `json:"digest,omitempty"`
}

// Spend settles a reservation after its run, whatever came out. Only a released outcome
// is served again to equal requests.
func (l *Ledger) Spend(ctx context.Context, tx *sqldb.Tx, id string, s Settlement) error {
	if s.Outcome != Released && s.Outcome != Failed {
		return fmt.Errorf("disclose: outcome %q", s.Outcome)
	}
	return l.settle(ctx, tx, id, Spent, "spend", s)
}

// Void gives a reservation back. The caller vouches that the run's process never
// started: nothing else may depend on data less.
func (l *Ledger) Void(ctx context.Context, tx *sqldb.Tx, id string) error {
	return l.settle(ctx, tx, id, Voided, "void", Settlement{})
}

func (l *Ledger) settle(ctx context.Context, tx *sqldb.Tx, id, state, kind string, s Settlement) error {
	n, err := tx.Exec(ctx, `UPDATE disclosure_release SET state = $1, outcome = $2, output = $3, digest = $4, settled = $5 WHERE id = $6 AND state = $7`,
		state, s.Outcome, s.Output, s.Digest, tx.Now().UnixMicro(), id, Reserved)
	if err != nil {
		return fmt.Errorf("%s %s: %w", kind, id, err)
	}
	if n != 1 {
		return errs.New(errs.Conflict, "这次披露已经结清，不能重复办理。请刷新页面。")
	}
	return l.event(ctx, tx, kind, id, s)
}

// Sweep settles reservations older than the given time as lost: their process died, so
// nobody knows what it read, and the charge stands. It returns their ids.
func (l *Ledger) Sweep(ctx context.Context, tx *sqldb.Tx, before time.Time) ([]string, error) {
	ids, err := sqldb.List(ctx, tx, func(rows *sqldb.Rows) (id string, err error) { return id, rows.Scan(&id) },
		`SELECT id FROM disclosure_release WHERE state = $1 AND reserved < $2 ORDER BY reserved, id`, Reserved, before.UnixMicro())
	if err != nil {
		return nil, fmt.Errorf("look for lost runs: %w", err)
	}
	for _, id := range ids {
		if err := l.settle(ctx, tx, id, Spent, "lost", Settlement{Outcome: Lost}); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// event appends to the chain.
func (l *Ledger) event(ctx context.Context, tx *sqldb.Tx, kind, subject string, body any) error {
	if err := tx.Lock(ctx, "disclosure chain"); err != nil {
		return err
	}
	var seq int64
	prev := ""
	err := tx.QueryRow(ctx, `SELECT seq, hash FROM disclosure_event ORDER BY seq DESC LIMIT 1`).Scan(&seq, &prev)
	if err != nil && !errors.Is(err, sqldb.ErrNoRows) {
		return fmt.Errorf("read the disclosure chain: %w", err)
	}
	seq++
	at, text := tx.Now().UnixMicro(), mustJSON(body)
	_, err = tx.Exec(ctx, `INSERT INTO disclosure_event (seq, at, kind, subject, body, prev, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		seq, at, kind, subject, text, prev, link(prev, seq, at, kind, subject, text))
	if err != nil {
		return fmt.Errorf("append to the disclosure chain: %w", err)
	}
	return nil
}

// link hashes one event onto the chain; lengths keep the parts apart.
func link(prev string, seq, at int64, kind, subject, body string) string {
	h := sha256.New()
	for _, part := range []string{prev, strconv.FormatInt(seq, 10), strconv.FormatInt(at, 10), kind, subject, body} {
		fmt.Fprintf(h, "%d:%s,", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Verify recomputes the chain from the first event and compares it with the releases
// and their charges. It returns what does not fit.
func (l *Ledger) Verify(ctx context.Context, tx *sqldb.Tx) ([]string, error) {
	v := verifier{states: map[string]string{}, charges: map[string]int64{}, deltas: map[string]int64{}}
	rows, err := tx.Query(ctx, `SELECT seq, at, kind, subject, body, prev, hash FROM disclosure_event ORDER BY seq`)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var seq, at int64
		var kind, subject, body, prev, hash string
		if err := rows.Scan(&seq, &at, &kind, &subject, &body, &prev, &hash); err != nil {
			return nil, err
		}
		v.event(seq, at, kind, subject, body, prev, hash)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if err := v.rows(ctx, tx); err != nil {
		return nil, err
	}
	return v.problems, nil
}

type verifier struct {
	problems []string
	last     string
	seq      int64
	states   map[string]string // release -> state by the chain
	charges  map[string]int64  // "scope release" -> rho by the chain
	deltas   map[string]int64  // the same for delta
}

func (v *verifier) say(format string, args ...any) {
	v.problems = append(v.problems, fmt.Sprintf(format, args...))
}

func (v *verifier) event(seq, at int64, kind, subject, body, prev, hash string) {
	v.seq++
	if seq != v.seq || prev != v.last || hash != link(prev, seq, at, kind, subject, body) {
		v.say("event %d (%s %s) does not continue the chain", seq, kind, subject)
	}
	v.last, v.seq = hash, seq
	switch kind {
	case "reserve":
		v.states[subject] = Reserved
		var r Request
		if err := json.Unmarshal([]byte(body), &r); err != nil {
			v.say("event %d: %v", seq, err)
			return
		}
		for _, s := range r.scopes() {
			v.charges[s.String()+"\x00"+subject] = int64(r.Plan.Rho)
			v.deltas[s.String()+"\x00"+subject] = int64(r.Plan.Delta())
		}
	case "spend", "lost":
		v.states[subject] = Spent
	case "void":
		v.states[subject] = Voided
	}
}

func (v *verifier) rows(ctx context.Context, tx *sqldb.Tx) error {
	rows, err := tx.Query(ctx, `SELECT id, state FROM disclosure_release ORDER BY id`)
	if err != nil {
		return err
	}
	seen := 0
	for rows.Next() {
		var id, state string
		if err := rows.Scan(&id, &state); err != nil {
			return err
		}
		seen++
		if v.states[id] != state {
			v.say("release %s is %q in its row and %q in the chain", id, state, v.states[id])
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if seen != len(v.states) {
		v.say("%d releases stand in the table and %d in the chain", seen, len(v.states))
	}
	rows, err = tx.Query(ctx, `SELECT scope, id, period, release, rho, delta FROM disclosure_charge ORDER BY release, scope, id, period`)
	if err != nil {
		return err
	}
	n := 0
	for rows.Next() {
		var s Scope
		var id string
		var rho, delta int64
		if err := rows.Scan(&s.Kind, &s.ID, &s.Period, &id, &rho, &delta); err != nil {
			return err
		}
		n++
		if want, ok := v.charges[s.String()+"\x00"+id]; !ok || want != rho || v.deltas[s.String()+"\x00"+id] != delta {
			v.say("release %s is charged %d to %s in its row and %d in the chain", id, rho, strings.TrimSpace(s.String()), want)
		}
	}
	if n != len(v.charges) {
		v.say("%d charges stand in the table and %d in the chain", n, len(v.charges))
	}
	return rows.Err()
}
