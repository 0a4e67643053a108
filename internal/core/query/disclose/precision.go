package disclose

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

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
	slices.SortStableFunc(out, told.compare)
	return out, nil
}

func (t told) compare(o told) int {
	return cmp.Or(strings.Compare(t.resource, o.resource), strings.Compare(t.field, o.field))
}

// Precision is one answer to be counted.
type Precision struct {
	SID       string
	Recipient string // the tenant
	Model     *query.Model
	// Related lists the companies that are one asker with the recipient since a time; the zero time is since ever. nil: none.
	Related func(since time.Time) ([]string, error)
	// Period is the value period of a field of a resource that the answer is about. nil: all values are for life.
	Period func(resource, field string) Period
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
	if p.Related == nil {
		p.Related = func(time.Time) ([]string, error) { return nil, nil }
	}
	if p.Period == nil {
		p.Period = func(string, string) Period { return Period{} }
	}
	ever, err := p.Related(time.Time{})
	if err != nil {
		return err
	}
	for _, member := range slices.Sorted(slices.Values(append([]string{p.Recipient}, ever...))) {
		if err := tx.Lock(ctx, "precision "+p.SID+" "+member); err != nil {
			return err
		}
	}
	for start := 0; start < len(list); {
		end := start
		for end < len(list) && list[end].compare(list[start]) == 0 {
			end++
		}
		if err := l.count(ctx, tx, p, list[start:end]); err != nil {
			return err
		}
		start = end
	}
	return nil
}

// count adds what is told about one field. Whether it is too much is asked of all that the recipient and its related
// companies know of the value; what is written down is the recipient's own.
func (l *Ledger) count(ctx context.Context, tx *sqldb.Tx, p Precision, list []told) error {
	resource, field := list[0].resource, list[0].field
	period := p.Period(resource, field)
	own, all, err := l.knownTo(ctx, tx, p, p.Recipient, resource, field, period)
	if err != nil {
		return err
	}
	related, err := p.Related(period.From)
	if err != nil {
		return err
	}
	for _, other := range related {
		_, k, err := l.knownTo(ctx, tx, p, other, resource, field, period)
		if err != nil {
			return err
		}
		all.join(k)
	}
	limit, before, question := list[0].cells.Cap, own.text(), p.Model.Question()
	for _, t := range list {
		own.Add(fieldName(question, t.output), &t.cells)
		all.Add(fieldName(question, t.output), &t.cells)
		limit = min(limit, t.cells.Cap)
	}
	if all.Cells() > limit {
		return refuse(PrecisionExhausted, field, fmt.Sprintf("数据项 %s：可区分取值上限 %d", field, limit))
	}
	text := own.text()
	if text == before {
		return nil
	}
	_, err = tx.Exec(ctx, `INSERT INTO precision_state (sid, recipient, resource, field, period, body, cells, changed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (sid, recipient, resource, field, period) DO UPDATE SET body = excluded.body, cells = excluded.cells, changed = excluded.changed`,
		p.SID, p.Recipient, resource, field, period.String(), text, int64(own.Cells()), tx.Now().UnixMicro())
	if err != nil {
		return fmt.Errorf("count precision of %s: %w", field, err)
	}
	return nil
}

// knownTo is what one recipient was told about a field of the subject: own is what was told in the period, all is
// everything that may be about its value.
func (l *Ledger) knownTo(ctx context.Context, tx *sqldb.Tx, p Precision, recipient, resource, field string, period Period) (own, all Known, err error) {
	rows, err := tx.Query(ctx, `SELECT period, body FROM precision_state WHERE sid = $1 AND recipient = $2 AND resource = $3 AND field = $4 ORDER BY period`,
		p.SID, recipient, resource, field)
	if err != nil {
		return own, all, fmt.Errorf("read precision of %s: %w", field, err)
	}
	var before Period
	var last Known
	for rows.Next() {
		var at, body string
		if err := rows.Scan(&at, &body); err != nil {
			return own, all, err
		}
		k, err := known(body)
		if err != nil {
			return own, all, err
		}
		told, err := parsePeriod(at)
		if err != nil {
			return own, all, err
		}
		switch {
		case told.meets(period):
			all.join(k)
		case !told.end().After(period.From) && !told.end().Before(before.end()):
			before, last = told, k
		}
		if at == period.String() {
			own = k
		}
	}
	if err := rows.Err(); err != nil {
		return own, all, err
	}
	all.join(last)
	return own, all, presumed(ctx, tx, recipient, resource, field, &all)
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

// StackTest refines, field by field, everything already approved for the asker, the first of the group, and its related
// companies by what the models would add (多模型叠加).
func (l *Ledger) StackTest(ctx context.Context, tx *sqldb.Tx, group []string, models ...*query.Model) ([]Stack, error) {
	type asked struct {
		told
		question string
	}
	var list []asked
	for _, m := range models {
		own, err := tells(m)
		if err != nil {
			return nil, err
		}
		for _, t := range own {
			list = append(list, asked{t, m.Question()})
		}
	}
	slices.SortStableFunc(list, func(a, b asked) int { return a.compare(b.told) })
	var out []Stack
	for i := 0; i < len(list); {
		resource, field := list[i].resource, list[i].field
		k, limit := Known{}, 1<<30
		for _, recipient := range group {
			if err := l.approved(ctx, tx, recipient, resource, field, &k, &limit); err != nil {
				return nil, err
			}
		}
		for ; i < len(list) && list[i].resource == resource && list[i].field == field; i++ {
			k.Add(fieldName(list[i].question, list[i].output), &list[i].cells)
			limit = min(limit, list[i].cells.Cap)
		}
		s := Stack{Resource: resource, Field: field, Cells: k.Cells(), Cap: limit}
		s.Finer = s.Cells > s.Cap
		out = append(out, s)
	}
	return out, nil
}

// approved adds what is approved for one recipient.
func (l *Ledger) approved(ctx context.Context, tx *sqldb.Tx, recipient, resource, field string, k *Known, limit *int) error {
	rows, err := tx.Query(ctx, `SELECT model, output, body FROM precision_template WHERE recipient = $1 AND resource = $2 AND field = $3 ORDER BY model, output`,
		recipient, resource, field)
	if err != nil {
		return fmt.Errorf("read approved outputs: %w", err)
	}
	least, err := k.addOutputs(rows)
	*limit = min(*limit, least)
	return err
}

// addOutputs adds stored outputs, each a model, its output and the cells of one field, and returns the least of their caps.
func (k *Known) addOutputs(rows *sqldb.Rows) (least int, err error) {
	least = 1 << 30
	for rows.Next() {
		var model, output, body string
		if err := rows.Scan(&model, &output, &body); err != nil {
			return least, err
		}
		f, err := fieldCells(body)
		if err != nil {
			return least, err
		}
		k.Add(fieldName(model, output), &f)
		least = min(least, f.Cap)
	}
	return least, rows.Err()
}

// Approve records the outputs of a model as approved for a recipient, if they and all that is approved for it and its
// related companies together stay within every field's policy; otherwise it refuses with L106 and records nothing.
// Approving the same question again changes nothing.
func (l *Ledger) Approve(ctx context.Context, tx *sqldb.Tx, recipient string, related []string, m *query.Model) error {
	group := append([]string{recipient}, related...)
	for _, member := range slices.Sorted(slices.Values(group)) {
		if err := tx.Lock(ctx, "precision templates "+member); err != nil {
			return err
		}
	}
	stack, err := l.StackTest(ctx, tx, group, m)
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
