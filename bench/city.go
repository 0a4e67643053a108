package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/query"
	"yunei/internal/flow/collect"
	"yunei/internal/gate/node"
	"yunei/internal/test/story"
)

// city is a running node in which the story has been told up to its calls: three catalogued resources with their real
// data, an admitted bank, two approved models, a grant in force.
type city struct {
	node   *node.Node
	base   string
	mux    *http.ServeMux // the bare endpoints are mounted beside the node's
	teller *story.Teller
	bank   *story.Client
	stop   func() error
}

// theCity tells the story when it is needed first.
func (b *bench) theCity(ctx context.Context) (*city, error) {
	if b.city != nil {
		return b.city, nil
	}
	c, err := openCity(ctx, filepath.Join(b.tmp, "city"))
	if err != nil {
		return nil, err
	}
	b.city = c
	began := time.Now()
	if err := c.tell(ctx); err != nil {
		return nil, err
	}
	b.report.note("The story was told up to its calls in %s, over HTTP, on SQLite.", time.Since(began).Round(100*time.Millisecond))
	return c, nil
}

func openCity(ctx context.Context, dir string) (*city, error) {
	clk := clock.NewSet(story.Opening)
	n, err := node.Open(ctx, node.Options{Data: dir, DB: "sqlite:" + filepath.Join(dir, "yunei.db"),
		Heads: filepath.Join(dir, "head.json"), Clock: clk, NoWalls: true})
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, n.Close())
	}
	c := &city{node: n, base: "http://" + listener.Addr().String(), mux: http.NewServeMux()}
	c.mux.Handle("/", n.Handler())
	c.teller = &story.Teller{Base: c.base, Clock: clk, Anchor: n.Keys.Anchor()}
	server := &http.Server{Handler: c.mux}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	ran := make(chan error, 1)
	go func() { _ = server.Serve(listener) }() // ends with Close
	go func() { ran <- n.Run(running) }()
	c.stop = func() error {
		err := server.Close()
		stop()
		return errors.Join(err, <-ran, n.Close())
	}
	return c, nil
}

func (c *city) tell(ctx context.Context) error {
	if err := story.Prepare(ctx, c.node); err != nil {
		return err
	}
	if _, err := c.teller.Tell(ctx, "calls"); err != nil {
		return err
	}
	var err error
	c.bank, err = story.SignIn(ctx, c.base, story.Guests()[0].Login, story.Password)
	return err
}

func (c *city) close() {
	if c != nil {
		_ = c.stop() // the folder is thrown away
	}
}

// resource is the policy of a resource and the snapshot in use.
func (c *city) resource(ctx context.Context, table string) (t query.Table, snap collect.Snapshot, err error) {
	ctx = access.With(ctx, access.System())
	err = c.node.DB.View(ctx, func(tx *sqldb.Tx) error {
		e, err := c.node.Catalog.LoadByTable(ctx, tx, table)
		if err != nil {
			return err
		}
		if t, err = c.node.Catalog.PolicyTable(ctx, tx, e.ID); err != nil {
			return err
		}
		snap, err = c.node.Collect.ActiveSnapshot(ctx, tx, e.ID)
		return err
	})
	if err != nil {
		err = fmt.Errorf("resource %s: %w", table, err)
	}
	return t, snap, err
}
