package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"yunei/internal/base/sqldb"
	"yunei/internal/flow/collect"
	"yunei/internal/gate/api"
	"yunei/internal/test/story"
)

const (
	firstPerson = 1000
	callers     = 8
)

// asker sends calls about many persons, each with a document of their own.
type asker struct {
	city   *city
	inline []func(context.Context) error // a call that carries the signed document
	next   atomic.Int64

	deployment, scenario string
	known                []askable // calls left under documents handed in before
	turn                 atomic.Int64
}

// askable is one use that is left of a document handed in before.
type askable struct{ subject, consent string }

// calls compares a query about one person (document, signature, permits, quota and precision verified, interpreted, entered
// into the ledger, durable) with reading that person's row by its key behind the same HTTP server. Answers leave on ticks
// of five milliseconds, so that time tells nothing: it is measured as shipped and without.
func calls(ctx context.Context, b *bench) error {
	c, err := b.theCity(ctx)
	if err != nil {
		return err
	}
	single, many := b.sized(40, 20), b.sized(10, 5)
	turns := b.rounds + 1
	// The story's documents carry five uses: the first call hands one in, four are left.
	persons := max(turns*2*single, (turns*3*(single+many*callers)+3)/4)
	a := &asker{city: c}
	if a.inline, err = c.teller.Calls(ctx, firstPerson, persons); err != nil {
		return err
	}
	read, note, err := c.bareReads(ctx, persons)
	if err != nil {
		return err
	}
	shipped := c.node.Serve.Pace
	defer func() { c.node.Serve.Pace = shipped }()
	paced := func() { c.node.Serve.Pace = shipped }
	free := func() { c.node.Serve.Pace = 0 }
	const oneRead = "one indexed read"
	inline := []pair{
		{guarded: "query with its document, no tick", bare: oneRead, doGuarded: a.carry, doBare: read, times: single, before: free},
		{guarded: "query with its document, as shipped", bare: oneRead, doGuarded: a.carry, doBare: read, times: single, before: paced},
	}
	for _, p := range inline {
		if err := b.measure(ctx, p); err != nil {
			return err
		}
	}
	free()
	if err := a.handIn(ctx); err != nil {
		return err
	}
	for _, p := range []pair{
		{guarded: "query under a document handed in, no tick", bare: oneRead, doGuarded: a.ask, doBare: read, times: single, before: free},
		{guarded: "query under a document handed in, no tick", bare: "one indexed read and one durable row", doGuarded: a.ask, doBare: note, times: single, before: free},
		{guarded: "query under a document handed in, no tick", bare: oneRead, doGuarded: a.ask, doBare: read, times: many, workers: callers, before: free},
		{guarded: "query under a document handed in, no tick", bare: "one indexed read and one durable row", doGuarded: a.ask, doBare: note, times: many, workers: callers, before: free},
		{guarded: "query under a document handed in, as shipped", bare: oneRead, doGuarded: a.ask, doBare: read, times: single, before: paced},
		{guarded: "query under a document handed in, as shipped", bare: oneRead, doGuarded: a.ask, doBare: read, times: many, workers: callers, before: paced},
	} {
		if err := b.measure(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// carry is a call that carries a signed document nobody has seen before.
func (a *asker) carry(ctx context.Context, _, _ int) error {
	i := int(a.next.Add(1)) - 1
	if i >= len(a.inline) {
		return errors.New("no document is left: take fewer rounds")
	}
	return a.inline[i](ctx)
}

// handIn uses up the calls that carry documents and looks up which consents they made: what is left of each is called by id.
func (a *asker) handIn(ctx context.Context) error {
	for int(a.next.Load()) < len(a.inline) {
		if err := a.carry(ctx, 0, 0); err != nil {
			return err
		}
	}
	var deployments struct {
		Items []struct{ ID, Scenario string } `json:"items"`
	}
	if err := a.city.bank.Get(ctx, "/v1/deployments?limit=1", &deployments); err != nil {
		return err
	}
	if len(deployments.Items) == 0 {
		return errors.New("the bank has no deployment")
	}
	a.deployment, a.scenario = deployments.Items[0].ID, deployments.Items[0].Scenario
	for cursor := ""; ; {
		var page api.Page[api.ConsentItem]
		if err := a.city.bank.Get(ctx, "/v1/consents?limit=200&cursor="+url.QueryEscape(cursor), &page); err != nil {
			return err
		}
		for _, c := range page.Items {
			row, ok := strings.CutPrefix(c.Terms.Number, "SQS-C")
			if !ok {
				continue // of the story
			}
			n, err := strconv.Atoi(row)
			if err != nil {
				return err
			}
			for range c.Terms.MaxUses - c.Uses {
				a.known = append(a.known, askable{collect.InventedNumber(n), c.ID})
			}
		}
		if cursor = page.Next; cursor == "" {
			return nil
		}
	}
}

// ask is a call under a document that was handed in before.
func (a *asker) ask(ctx context.Context, _, _ int) error {
	i := int(a.turn.Add(1)) - 1
	if i >= len(a.known) {
		return errors.New("no use is left: take fewer rounds")
	}
	body := map[string]any{"request_id": fmt.Sprintf("by-consent-%d", i), "subject": a.known[i].subject, "scenario": a.scenario, "consent": a.known[i].consent}
	var answer struct {
		Outputs []struct{ Value *string } `json:"outputs"`
	}
	if err := a.city.bank.Post(ctx, "/v1/deployments/"+a.deployment+"/call", body, &answer); err != nil {
		return err
	}
	if len(answer.Outputs) != 1 || answer.Outputs[0].Value == nil {
		return errors.New("a call under a good document gave no answer")
	}
	return nil
}

// bareReads mounts two endpoints on the same kind of stack (net/http, huma) behind the same listener: one reads a person's
// row by its key and does nothing else; the other also keeps, durably, that it was read.
func (c *city) bareReads(ctx context.Context, persons int) (read, note work, err error) {
	_, snap, err := c.resource(ctx, "credit_default")
	if err != nil {
		return nil, nil, err
	}
	var sids []string
	for row := firstPerson; row < firstPerson+persons; row++ {
		sid, err := c.node.Collect.SID(collect.KindPerson, collect.InventedNumber(row))
		if err != nil {
			return nil, nil, err
		}
		sids = append(sids, sid)
	}
	err = c.node.DB.Do(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `CREATE TABLE bench_read (sid TEXT NOT NULL, at BIGINT NOT NULL)`)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	body := func(ctx context.Context, sid string) (row string, err error) {
		err = c.node.DB.View(ctx, func(tx *sqldb.Tx) error {
			return tx.QueryRow(ctx, `SELECT body FROM subject_row WHERE snapshot = $1 AND sid = $2`, snap.ID, sid).Scan(&row)
		})
		return row, err
	}
	mux := http.NewServeMux()
	config := huma.DefaultConfig("bare", "1")
	config.CreateHooks, config.DocsPath, config.OpenAPIPath = nil, "", ""
	bare := humago.New(mux, config)
	huma.Get(bare, "/bare/read/{sid}", func(ctx context.Context, in *bareRequest) (*bareReply, error) {
		row, err := body(ctx, in.SID)
		return reply(row), err
	})
	huma.Get(bare, "/bare/note/{sid}", func(ctx context.Context, in *bareRequest) (*bareReply, error) {
		row, err := body(ctx, in.SID)
		if err != nil {
			return nil, err
		}
		return reply(row), c.node.DB.Do(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO bench_read (sid, at) VALUES ($1, $2)`, in.SID, tx.Now())
			return err
		})
	})
	c.mux.Handle("/bare/", mux)
	return c.getEach("/bare/read/", sids), c.getEach("/bare/note/", sids), nil
}

type bareRequest struct {
	SID string `path:"sid" maxLength:"64"`
}

type bareReply struct {
	Body struct {
		Row string `json:"row"`
	}
}

func reply(row string) *bareReply {
	r := &bareReply{}
	r.Body.Row = row
	return r
}

// getEach reads one person after another with the story's own client.
func (c *city) getEach(path string, sids []string) work {
	client := story.Public(c.base)
	var next atomic.Int64
	return func(ctx context.Context, _, _ int) error {
		var out struct {
			Row string `json:"row"`
		}
		if err := client.Get(ctx, path+sids[int(next.Add(1))%len(sids)], &out); err != nil {
			return err
		}
		if out.Row == "" {
			return errors.New("a bare read gave no row")
		}
		return nil
	}
}
