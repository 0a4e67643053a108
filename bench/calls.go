package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"

	"yunei/internal/base/clock"
	"yunei/internal/base/sqldb"
	"yunei/internal/flow/collect"
	"yunei/internal/gate/node"
	"yunei/internal/test/story"
)

const (
	firstPerson = 1000
	persons     = 2000
	callers     = 8
)

// calls compares a query about one person (document, signature, permits and quota verified, interpreted, entered into the
// ledger) with reading that person's row by its key behind the same HTTP server. Answers leave on ticks of five
// milliseconds, so that time tells nothing: one at a time the tick is most of the ratio, so it is measured without too.
func calls(ctx context.Context, tmp string) ([]pair, func(), error) {
	clk := clock.NewSet(story.Opening)
	dir := filepath.Join(tmp, "city")
	n, err := node.Open(ctx, node.Options{Data: dir, DB: "sqlite:" + filepath.Join(dir, "yunei.db"),
		Heads: filepath.Join(dir, "head.json"), Clock: clk, NoWalls: true})
	if err != nil {
		return nil, nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	base := "http://" + listener.Addr().String()
	mux := http.NewServeMux()
	mux.Handle("/", n.Handler())
	server := &http.Server{Handler: mux}
	running, stop := context.WithCancel(ctx)
	go server.Serve(listener)
	stopped := make(chan struct{})
	go func() { n.Run(running); close(stopped) }()
	done := func() { server.Close(); stop(); <-stopped; n.Close() }

	ready, err := told(ctx, n, clk, base)
	if err == nil {
		var bare func(context.Context, int, int) error
		if bare, err = bareRead(ctx, n, mux, base); err == nil {
			return callPairs(n, ready, bare), done, nil
		}
	}
	done()
	return nil, nil, err
}

// told tells the story up to its calls and makes calls about other persons ready.
func told(ctx context.Context, n *node.Node, clk *clock.Set, base string) ([]func(context.Context) error, error) {
	if err := story.Prepare(ctx, n); err != nil {
		return nil, err
	}
	teller := &story.Teller{Base: base, Clock: clk, Anchor: n.Keys.Anchor()}
	if _, err := teller.Tell(ctx, "calls"); err != nil {
		return nil, err
	}
	return teller.Calls(ctx, firstPerson, persons)
}

func callPairs(n *node.Node, ready []func(context.Context) error, bare func(context.Context, int, int) error) []pair {
	var next atomic.Int64
	guarded := func(ctx context.Context, _, _ int) error {
		i := int(next.Add(1)) - 1
		if i >= len(ready) {
			return errors.New("no document is left: take fewer rounds")
		}
		return ready[i](ctx)
	}
	pace := n.Serve.Pace
	at := func(p pair, without bool) pair {
		p.before = func() {
			n.Serve.Pace = pace
			if without {
				n.Serve.Pace = 0
			}
		}
		p.bare, p.doGuarded, p.doBare = "one indexed read, same HTTP server", guarded, bare
		return p
	}
	return []pair{
		at(pair{guarded: "consent-verified query, leaving on a tick of 5 ms", times: 40}, false),
		at(pair{guarded: "consent-verified query, without the tick", times: 40}, true),
		at(pair{guarded: fmt.Sprintf("consent-verified query, without the tick, %d at once", callers), times: 10, workers: callers}, true),
	}
}

// bareRead mounts and calls an endpoint that reads one person's row by key and does nothing else.
func bareRead(ctx context.Context, n *node.Node, mux *http.ServeMux, base string) (func(context.Context, int, int) error, error) {
	var snapshot string
	var sids []string
	err := n.DB.View(ctx, func(tx *sqldb.Tx) error {
		return tx.QueryRow(ctx, `SELECT s.id FROM snapshot s JOIN catalog_entry c ON c.id = s.resource
			WHERE c.table_name = 'credit_default' AND s.state = 'active'`).Scan(&snapshot)
	})
	if err != nil {
		return nil, fmt.Errorf("find the snapshot: %w", err)
	}
	for row := firstPerson; row < firstPerson+persons; row++ {
		sid, err := n.Collect.SID(collect.KindPerson, collect.InventedNumber(row))
		if err != nil {
			return nil, err
		}
		sids = append(sids, sid)
	}
	mux.HandleFunc("POST /bare", func(w http.ResponseWriter, r *http.Request) {
		var ask struct{ SID string }
		if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		var body string
		err := n.DB.View(r.Context(), func(tx *sqldb.Tx) error {
			return tx.QueryRow(r.Context(), `SELECT body FROM subject_row WHERE snapshot = $1 AND sid = $2`, snapshot, ask.SID).Scan(&body)
		})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, "{\"row\":%q}\n", body)
	})
	var next atomic.Int64
	return func(ctx context.Context, _, _ int) error {
		raw, err := json.Marshal(struct{ SID string }{sids[int(next.Add(1))%len(sids)]})
		if err != nil {
			return err
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/bare", bytes.NewReader(raw))
		if err != nil {
			return err
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err == nil && (res.StatusCode != http.StatusOK || !strings.Contains(string(text), "row")) {
			err = fmt.Errorf("bare read: %s %s", res.Status, text)
		}
		return err
	}, nil
}
