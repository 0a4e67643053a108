package access

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
)

// Permit states. Only Active lets anything happen; Suspended can be lifted, Revoked cannot.
const (
	Active    = "active"
	Suspended = "suspended"
	Revoked   = "revoked"
)

// maxChain bounds the walk to the roots: admission, prescenario, grant, agreement, order, consent leave room to spare.
const maxChain = 16

// Permit (许可) lets Holder do Kind to Object for one Purpose, over Fields, from From until before Until.
type Permit struct {
	ID      string       `json:"id"`
	Kind    string       `json:"kind"`
	Holder  string       `json:"holder"`
	Object  string       `json:"object"`
	Fields  []string     `json:"fields,omitempty"`
	Purpose string       `json:"purpose,omitempty"`
	From    workday.Date `json:"from"`
	Until   workday.Date `json:"until"`
	Parents []string     `json:"parents,omitempty"`
	State   string       `json:"state"`
	Basis   string       `json:"basis" doc:"The matter or decision it rests on"`
	Opened  time.Time    `json:"opened"`
}

// InsertPermit stores a permit; acts call it through act.Tx.Issue, which also puts it into the ledger.
func InsertPermit(ctx context.Context, tx *sqldb.Tx, p Permit) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode permit: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO permit (id, kind, holder, object, state, from_day, until_day, body, opened)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		p.ID, p.Kind, p.Holder, p.Object, p.State, p.From.String(), p.Until.String(), string(body), p.Opened.UnixMicro())
	if err != nil {
		return fmt.Errorf("insert permit %s: %w", p.ID, err)
	}
	return nil
}

// SetPermitState suspends, lifts or revokes one permit; everything below it follows at its next use.
func SetPermitState(ctx context.Context, tx *sqldb.Tx, id, state string) (Permit, error) {
	p, err := LoadPermit(ctx, tx, id)
	if err != nil {
		return p, err
	}
	if p.State == Revoked {
		return p, errs.New(errs.Conflict, "许可 %s 已经终止, 不能再改变, 请重新申请", id)
	}
	_, err = tx.Exec(ctx, `UPDATE permit SET state = $2 WHERE id = $1`, id, state)
	p.State = state
	return p, err
}

// LoadPermit loads a permit by id.
func LoadPermit(ctx context.Context, tx *sqldb.Tx, id string) (Permit, error) {
	p, err := scanPermit(tx.QueryRow(ctx, `SELECT `+permitColumns+` FROM permit WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return p, errs.New(errs.NotFound, "没有这项许可, 请核对后重试")
	}
	return p, err
}

// PermitsOf lists a holder's permits of one kind on one object, newest first.
func PermitsOf(ctx context.Context, tx *sqldb.Tx, holder, kind, object string) ([]Permit, error) {
	rows, err := tx.Query(ctx, `SELECT `+permitColumns+` FROM permit
		WHERE holder = $1 AND kind = $2 AND object = $3 ORDER BY id DESC`, holder, kind, object)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Permit, error) { return scanPermit(r) })
}

// PermitsHeld lists everything a holder holds, newest first, whatever its state.
func PermitsHeld(ctx context.Context, tx *sqldb.Tx, holder string) ([]Permit, error) {
	rows, err := tx.Query(ctx, `SELECT `+permitColumns+` FROM permit WHERE holder = $1 ORDER BY id DESC`, holder)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Permit, error) { return scanPermit(r) })
}

// ValidFor finds a valid permit of holder to do kind to object on that day. Where there is none, the error says
// why the newest one does not hold; where there never was one, it is NotFound.
func ValidFor(ctx context.Context, tx *sqldb.Tx, holder, kind, object string, day workday.Date) (Permit, error) {
	list, err := PermitsOf(ctx, tx, holder, kind, object)
	if err != nil {
		return Permit{}, fmt.Errorf("list permits: %w", err)
	}
	first := error(errs.New(errs.NotFound, "没有相应的许可, 请先申请并获批"))
	for i, p := range list {
		err := Valid(ctx, tx, p.ID, day)
		if err == nil {
			return p, nil
		}
		if errs.CodeOf(err) == errs.Internal {
			return Permit{}, err
		}
		if i == 0 {
			first = err
		}
	}
	return Permit{}, first
}

// Valid reports whether the permit and all its ancestors hold on that day: nil, or an errs.Forbidden that names the
// broken link.
func Valid(ctx context.Context, tx *sqldb.Tx, id string, day workday.Date) error {
	return valid(ctx, tx, id, day, 0)
}

func valid(ctx context.Context, tx *sqldb.Tx, id string, day workday.Date, depth int) error {
	if depth > maxChain {
		return fmt.Errorf("permit %s: chain of parents is longer than %d", id, maxChain)
	}
	p, err := LoadPermit(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := p.holds(day); err != nil {
		return err
	}
	for _, parent := range p.Parents {
		if err := valid(ctx, tx, parent, day, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// titles are what people call a permit of each kind.
var titles = map[string]string{"admission": "平台入驻", "sample": "样例使用许可", "grant": "授权", "model": "模型使用许可", "authorization": "授权资格",
	"agreement": "协议", "statistics": "精确统计许可", "consent": "本人授权"}

func (p Permit) title() string {
	if t := titles[p.Kind]; t != "" {
		return t
	}
	return "许可"
}

func (p Permit) holds(day workday.Date) error {
	switch {
	case p.State == Suspended:
		return errs.New(errs.Forbidden, "%s已暂停, 恢复后才能继续, 请联系数据主管部门", p.title())
	case p.State != Active:
		return errs.New(errs.Forbidden, "%s已终止, 请重新申请", p.title())
	case day.String() < p.From.String():
		return errs.New(errs.Forbidden, "许可自 %s 起生效, 请届时再办", p.From)
	case day.String() >= p.Until.String():
		return errs.New(errs.Forbidden, "许可已于 %s 到期, 请申请延续", p.Until)
	}
	return nil
}

// Covers reports whether every field is within the permit.
func (p Permit) Covers(fields []string) bool {
	for _, f := range fields {
		if !slices.Contains(p.Fields, f) {
			return false
		}
	}
	return true
}

const permitColumns = `id, kind, holder, object, state, from_day, until_day, body`

// scanPermit lets the columns win over the body, so that a changed column is a changed object to fsck.
func scanPermit(row scanner) (Permit, error) {
	var p Permit
	var id, kind, holder, object, state, from, until, body string
	if err := row.Scan(&id, &kind, &holder, &object, &state, &from, &until, &body); err != nil {
		return p, err
	}
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		return p, fmt.Errorf("decode permit %s: %w", id, err)
	}
	var err error
	p.ID, p.Kind, p.Holder, p.Object, p.State = id, kind, holder, object, state
	if p.From, err = workday.Parse(from); err != nil {
		return p, err
	}
	p.Until, err = workday.Parse(until)
	return p, err
}
