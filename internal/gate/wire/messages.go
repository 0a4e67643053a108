package wire

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgproto3"

	"yunei/internal/base/errs"
)

// statement is a text that was parsed; portal is its answer about to be fetched. The answer that came of parsing is given once: a
// statement that is bound later or again is asked again, of what there is and of whom it is open to by then.
type statement struct {
	text  string
	reply *reply // nil once it was given, or another statement was parsed
	shape reply  // the columns, without rows
}

// What one connection may keep: texts, and answers with their rows.
const (
	maxStatements = 1024
	maxPortals    = 64
)

type portal struct {
	reply   *reply
	formats []int16
	sent    int
}

// handle answers one message. An error that comes back ends the connection; what is wrong with a statement does not.
func (c *conn) handle(ctx context.Context, message pgproto3.FrontendMessage) error {
	if _, sync := message.(*pgproto3.Sync); sync {
		c.skipping = false
		if c.state == 'I' { // results end with their transaction
			clear(c.portals)
		}
		return c.ready()
	}
	if c.skipping {
		return nil
	}
	switch m := message.(type) {
	case *pgproto3.Query:
		return c.query(ctx, m.String)
	case *pgproto3.Parse:
		return c.extended(m.Query, c.parse(ctx, m))
	case *pgproto3.Bind:
		return c.extended("", c.bind(ctx, m))
	case *pgproto3.Describe:
		return c.extended("", c.describe(m))
	case *pgproto3.Execute:
		return c.extended("", c.execute(m))
	case *pgproto3.Close:
		if m.ObjectType == 'S' {
			delete(c.statements, m.Name)
		} else {
			delete(c.portals, m.Name)
		}
		c.back.Send(&pgproto3.CloseComplete{})
		return nil
	case *pgproto3.Flush:
		return c.back.Flush()
	}
	return c.extended("", errs.New(errs.Unimplemented, "不支持这种请求 (%T), 请改用普通查询", message))
}

func (c *conn) ready() error {
	c.back.Send(&pgproto3.ReadyForQuery{TxStatus: c.state})
	return c.back.Flush()
}

// extended reports what was wrong with a step of the extended protocol; the rest of the batch is skipped.
func (c *conn) extended(text string, err error) error {
	if err == nil {
		return nil
	}
	c.broken()
	c.skipping = true
	return c.fail(err, text)
}

func (c *conn) broken() {
	if c.state == 'T' {
		c.state = 'E'
	}
}

// query is the simple protocol: one text, its answer, ready.
func (c *conn) query(ctx context.Context, text string) error {
	r, err := c.ask(ctx, text)
	if err != nil {
		c.broken()
		c.back.Send(problem(err, text))
		return c.ready()
	}
	if r.columns != nil {
		c.back.Send(r.description(nil))
	}
	if err := c.rows(r, nil, 0, len(r.rows)); err != nil {
		return err
	}
	c.done(r)
	return c.ready()
}

func (c *conn) parse(ctx context.Context, m *pgproto3.Parse) error {
	if len(m.ParameterOIDs) > 0 {
		return errs.New(errs.Unimplemented, "不支持绑定参数, 请把取值写在语句中")
	}
	if _, again := c.statements[m.Name]; !again && len(c.statements) >= maxStatements {
		return errs.New(errs.Unavailable, "一个连接最多 %d 个预备语句, 请先关闭不再使用的", maxStatements)
	}
	r, err := c.ask(ctx, m.Query)
	if err != nil {
		return err
	}
	if c.fresh != nil {
		c.fresh.reply = nil
	}
	c.fresh = &statement{text: m.Query, reply: r, shape: reply{columns: r.columns}}
	c.statements[m.Name] = c.fresh
	c.back.Send(&pgproto3.ParseComplete{})
	return nil
}

func (c *conn) bind(ctx context.Context, m *pgproto3.Bind) error {
	s, ok := c.statements[m.PreparedStatement]
	switch {
	case !ok:
		return errs.New(errs.NotFound, "没有名为 %q 的预备语句, 请先提交语句", m.PreparedStatement)
	case len(m.Parameters) > 0:
		return errs.New(errs.Unimplemented, "不支持绑定参数, 请把取值写在语句中")
	case len(m.ResultFormatCodes) > 1 && len(m.ResultFormatCodes) != len(s.shape.columns):
		return errs.New(errs.Invalid, "结果格式的个数与列数不符, 请检查驱动程序")
	}
	if _, again := c.portals[m.DestinationPortal]; !again && len(c.portals) >= maxPortals {
		return errs.New(errs.Unavailable, "一个连接最多 %d 个未关闭的结果, 请先关闭不再使用的", maxPortals)
	}
	r := s.reply
	if s.reply = nil; r == nil {
		var err error
		if r, err = c.ask(ctx, s.text); err != nil {
			return err
		}
	}
	c.portals[m.DestinationPortal] = &portal{reply: r, formats: m.ResultFormatCodes}
	c.back.Send(&pgproto3.BindComplete{})
	return nil
}

func (c *conn) describe(m *pgproto3.Describe) error {
	var r *reply
	var formats []int16
	if m.ObjectType == 'S' {
		s, ok := c.statements[m.Name]
		if !ok {
			return errs.New(errs.NotFound, "没有名为 %q 的预备语句, 请先提交语句", m.Name)
		}
		r = &s.shape
		c.back.Send(&pgproto3.ParameterDescription{})
	} else {
		p, ok := c.portals[m.Name]
		if !ok {
			return errs.New(errs.NotFound, "没有名为 %q 的结果, 请先绑定语句", m.Name)
		}
		r, formats = p.reply, p.formats
	}
	if r.columns == nil {
		c.back.Send(&pgproto3.NoData{})
		return nil
	}
	c.back.Send(r.description(formats))
	return nil
}

func (c *conn) execute(m *pgproto3.Execute) error {
	p, ok := c.portals[m.Portal]
	if !ok {
		return errs.New(errs.NotFound, "没有名为 %q 的结果, 请先绑定语句", m.Portal)
	}
	end := len(p.reply.rows)
	if m.MaxRows > 0 && uint64(p.sent)+uint64(m.MaxRows) < uint64(end) {
		end = p.sent + int(m.MaxRows)
	}
	if err := c.rows(p.reply, p.formats, p.sent, end); err != nil {
		return err
	}
	p.sent = end
	if end < len(p.reply.rows) {
		c.back.Send(&pgproto3.PortalSuspended{})
		return nil
	}
	c.done(p.reply)
	return nil
}

// rows sends rows from one place to another, in text or in binary as asked for.
func (c *conn) rows(r *reply, formats []int16, from, to int) error {
	for i, row := range r.rows[from:to] {
		values := make([][]byte, len(row))
		for j, v := range row {
			b, err := c.types.Encode(oid(r.columns[j].typ), format(formats, j), goValue(v), nil)
			if err != nil {
				return fmt.Errorf("wire: encode %s: %w", r.columns[j].name, err)
			}
			values[j] = b
		}
		c.back.Send(&pgproto3.DataRow{Values: values})
		if i%1000 == 999 {
			if err := c.back.Flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *conn) done(r *reply) {
	if r.state != 0 {
		c.state = r.state
	}
	if r.tag == "" && r.columns == nil {
		c.back.Send(&pgproto3.EmptyQueryResponse{})
		return
	}
	c.back.Send(&pgproto3.CommandComplete{CommandTag: []byte(r.command())})
}

// ask answers a text. Where a transaction has failed nothing is answered before its end, as programs expect.
func (c *conn) ask(ctx context.Context, text string) (*reply, error) {
	// Suspended, withdrawn, expired: whatever was true at sign-in is asked again.
	ctx, err := c.actor(ctx)
	if err != nil {
		return nil, err
	}
	if r := c.manners(text); r != nil {
		return r, nil
	}
	if c.state == 'E' {
		return nil, errs.New(errs.Conflict, "事务已因前面的错误中止, 请先 ROLLBACK")
	}
	d, err := c.desk(ctx)
	if err != nil {
		return nil, err
	}
	r, err := d.answer(text)
	if err != nil && errors.Is(err, context.Canceled) {
		return nil, errs.New(errs.Unavailable, "平台正在停止, 请稍后再试")
	}
	return r, err
}
