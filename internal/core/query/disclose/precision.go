package disclose

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/query"
)

// Presence is the field "is in this resource": a record or none.
const Presence = "*"

// told is what one output tells about one field of one resource.
type told struct {
	resource, field string
	output          string
	cells           query.FieldCells
}

// tells lists what the outputs of a class B or C model tell, and that answering at all
// tells whether there is a record.
func tells(m *query.Model) ([]told, error) {
	resource := map[string]string{}
	var out []told
	for _, t := range m.Tables {
		resource[t.Name] = t.Resource
		out = append(out, told{t.Resource, Presence, Presence, query.FieldCells{Table: t.Name, Column: Presence, Alone: true, TellNil: true, Cells: 2, Cap: 2}})
	}
	for i := range m.Outputs {
		o := &m.Outputs[i]
		for _, f := range o.Fields {
			id, ok := resource[f.Table]
			if !ok {
				return nil, fmt.Errorf("output %s tells about table %s, which the model does not read", o.Name, f.Table)
			}
			out = append(out, told{id, f.Column, o.Name, f})
		}
	}
	slices.SortStableFunc(out, func(a, b told) int {
		return strings.Compare(a.resource+"\x00"+a.field, b.resource+"\x00"+b.field)
	})
	return out, nil
}

// Precision is one answer to be counted.
type Precision struct {
	SID       string
	Recipient string // the recipient group: the tenant with its related companies
	Period    string // value period; "" is the lifetime of the value
	Model     *query.Model
}

// ChargePrecision counts an answer before it is computed: the partition of each field
// gets finer, and when a field would get finer than its policy allows nothing is
// answered (L106). Whether it refuses depends on the questions asked, never on values;
// a question asked before costs nothing.
func (l *Ledger) ChargePrecision(ctx context.Context, tx *sqldb.Tx, p Precision) error {
	if p.SID == "" || p.Recipient == "" {
		return errors.New("disclose: an answer about nobody or for nobody")
	}
	list, err := tells(p.Model)
	if err != nil {
		return err
	}
	if err := tx.Lock(ctx, "precision "+p.SID+" "+p.Recipient); err != nil {
		return err
	}
	question := p.Model.Question()
	for start := 0; start < len(list); {
		end := start
		for end < len(list) && list[end].resource == list[start].resource && list[end].field == list[start].field {
			end++
		}
		if err := l.count(ctx, tx, p, question, list[start:end]); err != nil {
			return err
		}
		start = end
	}
	return nil
}

// count adds what is told about one field.
func (l *Ledger) count(ctx context.Context, tx *sqldb.Tx, p Precision, question string, list []told) error {
	resource, field := list[0].resource, list[0].field
	var body string
	var k Known
	err := tx.QueryRow(ctx, `SELECT body FROM precision_state WHERE sid = $1 AND recipient = $2 AND resource = $3 AND field = $4 AND period = $5`,
		p.SID, p.Recipient, resource, field, p.Period).Scan(&body)
	if err == nil {
		k, err = known(body)
	} else if errors.Is(err, sqldb.ErrNoRows) {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("read precision of %s: %w", field, err)
	}
	limit := list[0].cells.Cap
	for _, t := range list {
		k.Add(fieldName(question, t.output), &t.cells)
		limit = min(limit, t.cells.Cap)
	}
	cells, text := k.Cells(), k.text()
	if cells > limit {
		return refuse(PrecisionExhausted, field, fmt.Sprintf("数据项 %s：可区分取值上限 %d", field, limit))
	}
	if text == body {
		return nil
	}
	_, err = tx.Exec(ctx, `INSERT INTO precision_state (sid, recipient, resource, field, period, body, cells, changed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (sid, recipient, resource, field, period) DO UPDATE SET body = excluded.body, cells = excluded.cells, changed = excluded.changed`,
		p.SID, p.Recipient, resource, field, p.Period, text, int64(cells), tx.Now().UnixMicro())
	if err != nil {
		return fmt.Errorf("count precision of %s: %w", field, err)
	}
	return nil
}

// Field is what a recipient group knows about one field of a subject.
type Field struct {
	Recipient string `json:"recipient"`
	Resource  string `json:"resource"`
	Field     string `json:"field"`
	Period    string `json:"period,omitempty"`
	Cells     int    `json:"cells"`
}

// KnownAbout lists what has been told about a subject, for the subject's own page.
func (l *Ledger) KnownAbout(ctx context.Context, tx *sqldb.Tx, sid string) ([]Field, error) {
	return sqldb.List(ctx, tx, func(rows *sqldb.Rows) (Field, error) {
		var f Field
		var cells int64
		err := rows.Scan(&f.Recipient, &f.Resource, &f.Field, &f.Period, &cells)
		f.Cells = int(cells)
		return f, err
	}, `SELECT recipient, resource, field, period, cells FROM precision_state WHERE sid = $1 ORDER BY recipient, resource, field, period`, sid)
}

// Stack is the result of the stacking test for one field.
type Stack struct {
	Resource string `json:"resource"`
	Field    string `json:"field"`
	Cells    int    `json:"cells"` // told apart by all approved outputs together
	Cap      int    `json:"cap"`
	Finer    bool   `json:"finer"` // than the policy allows
}

// StackTest refines, field by field, everything already approved for the recipient
// group by what the model would add (多模型叠加).
func (l *Ledger) StackTest(ctx context.Context, tx *sqldb.Tx, recipient string, m *query.Model) ([]Stack, error) {
	list, err := tells(m)
	if err != nil {
		return nil, err
	}
	question := m.Question()
	var out []Stack
	for i := 0; i < len(list); {
		resource, field := list[i].resource, list[i].field
		k, limit, err := l.approved(ctx, tx, recipient, resource, field)
		if err != nil {
			return nil, err
		}
		for ; i < len(list) && list[i].resource == resource && list[i].field == field; i++ {
			k.Add(fieldName(question, list[i].output), &list[i].cells)
			limit = min(limit, list[i].cells.Cap)
		}
		s := Stack{Resource: resource, Field: field, Cells: k.Cells(), Cap: limit}
		s.Finer = s.Cells > s.Cap
		out = append(out, s)
	}
	return out, nil
}

func (l *Ledger) approved(ctx context.Context, tx *sqldb.Tx, recipient, resource, field string) (k Known, limit int, err error) {
	limit = 1 << 30
	rows, err := tx.Query(ctx, `SELECT model, output, body FROM precision_template WHERE recipient = $1 AND resource = $2 AND field = $3 ORDER BY model, output`,
		recipient, resource, field)
	if err != nil {
		return k, 0, fmt.Errorf("read approved outputs: %w", err)
	}
	for rows.Next() {
		var model, output, body string
		if err := rows.Scan(&model, &output, &body); err != nil {
			return k, 0, err
		}
		f, err := fieldCells(body)
		if err != nil {
			return k, 0, err
		}
		k.Add(fieldName(model, output), &f)
		limit = min(limit, f.Cap)
	}
	return k, limit, rows.Err()
}

// Approve records the outputs of a model as approved for a recipient group, if all its
// approved outputs together stay within every field's policy; otherwise it refuses with
// L106 and records nothing. Approving the same question again changes nothing.
func (l *Ledger) Approve(ctx context.Context, tx *sqldb.Tx, recipient string, m *query.Model) error {
	if err := tx.Lock(ctx, "precision templates "+recipient); err != nil {
		return err
	}
	stack, err := l.StackTest(ctx, tx, recipient, m)
	if err != nil {
		return err
	}
	for _, s := range stack {
		if s.Finer {
			return refuse(PrecisionExhausted, s.Field, fmt.Sprintf("已批准的各模型叠加后，数据项 %s 可区分 %d 个取值，上限 %d", s.Field, s.Cells, s.Cap))
		}
	}
	list, err := tells(m)
	if err != nil {
		return err
	}
	question := m.Question()
	for _, t := range list {
		_, err := tx.Exec(ctx, `INSERT INTO precision_template (recipient, resource, field, model, output, body, approved) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (recipient, resource, field, model, output) DO NOTHING`,
			recipient, t.resource, t.field, question, t.output, mustJSON(t.cells), tx.Now().UnixMicro())
		if err != nil {
			return fmt.Errorf("record approved output %s: %w", t.output, err)
		}
	}
	return l.event(ctx, tx, "approve", recipient+" "+m.Hash(), stack)
}

// Withdraw takes a model's outputs out of the stacking test when its approval ends
// before it answered anybody. What was answered stays counted per subject.
func (l *Ledger) Withdraw(ctx context.Context, tx *sqldb.Tx, recipient string, m *query.Model) error {
	if _, err := tx.Exec(ctx, `DELETE FROM precision_template WHERE recipient = $1 AND model = $2`, recipient, m.Question()); err != nil {
		return fmt.Errorf("withdraw outputs: %w", err)
	}
	return l.event(ctx, tx, "withdraw", recipient+" "+m.Hash(), nil)
}
