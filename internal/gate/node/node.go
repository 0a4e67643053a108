// Package node puts one running platform together: database, keys, law, ledger, every stage, the API and the console,
// over one data folder. serve, demo and the tests of the whole program all start here, so that what is tested is what
// is served.
package node

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/sync/errgroup"

	"yunei/internal/base/clock"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/blob"
	"yunei/internal/core/ledger"
	"yunei/internal/core/link"
	"yunei/internal/core/matter"
	"yunei/internal/core/netlog"
	"yunei/internal/core/notice"
	"yunei/internal/core/party"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/regime"
	"yunei/internal/core/schema"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/collect"
	"yunei/internal/flow/connect"
	"yunei/internal/flow/consent"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/open"
	"yunei/internal/flow/output"
	"yunei/internal/flow/serve"
	"yunei/internal/flow/standard"
	"yunei/internal/flow/statistics"
	"yunei/internal/flow/supply"
	"yunei/internal/flow/trace"
	"yunei/internal/flow/watch"
	"yunei/internal/gate/api"
	"yunei/internal/gate/console"
	"yunei/internal/gate/wire"
	"yunei/regimes"
)

// DefaultPack is the regulation that a deployment runs under when it names none.
const DefaultPack = "quanzhou-2024-05-17"

// Options say where a node keeps its data and which law it runs under.
type Options struct {
	Data          string   // data folder
	DB            string   // sqlite:… or postgres://…
	Heads         string   // second path of published ledger heads
	Packs         []string // regime packs in force, by id or by folder; DefaultPack when none is named
	Clock         clock.Clock
	NoWalls       bool // run SQL on raw data although the machine lacks a wall
	NoEngine      bool // run without the engine of class A
	SecureCookies bool
	URL           string // under which people and other nodes reach this one
	Wire          string // address told to programs that speak PostgreSQL's protocol, "" where none may
	// TrustedProxies are the networks of those whose word on the caller's address is taken.
	TrustedProxies []netip.Prefix
}

// Node is a running platform.
type Node struct {
	api.Services
	handler http.Handler
	engine  *duckdb.Engine
}

// Open opens the data folder (making it at the first start), brings the schema up to date and builds every service.
func Open(ctx context.Context, o Options) (_ *Node, err error) {
	if o.Clock == nil {
		o.Clock = clock.Real{}
	}
	for _, dir := range []string{o.Data, filepath.Join(o.Data, "spaces"), filepath.Join(o.Data, "incoming")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("make data folder: %w", err)
		}
	}
	n := &Node{}
	n.Clock, n.SecureCookies, n.Services.Wire = o.Clock, o.SecureCookies, o.Wire
	if n.DB, err = sqldb.Open(ctx, o.DB, sqldb.Options{Clock: o.Clock}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, n.DB.Close())
		}
	}()
	if err := schema.Migrate(ctx, n.DB); err != nil {
		return nil, err
	}
	if n.Keys, err = seal.LoadOrCreate(filepath.Join(o.Data, "keys")); err != nil {
		return nil, err
	}
	if n.Log, err = ledger.Open(ctx, n.DB, n.Keys, ledger.Options{Heads: o.Heads}); err != nil {
		return nil, err
	}
	if n.Blobs, err = blob.Open(filepath.Join(o.Data, "blobs"), 0); err != nil {
		return nil, err
	}
	n.build(o)
	if len(o.Packs) == 0 {
		o.Packs = []string{DefaultPack}
	}
	packs, ids, err := regimes.Mount(o.Packs...)
	if err != nil {
		return nil, err
	}
	if err := n.Acts.Law().Load(packs, ids...); err != nil {
		return nil, err
	}
	if err := n.DB.Do(ctx, func(tx *sqldb.Tx) error { return n.Acts.Law().Keep(ctx, tx) }); err != nil {
		return nil, err
	}
	if missing := n.Acts.Law().Missing(); len(missing) > 0 {
		return nil, fmt.Errorf("rules look at facts that no stage registers: %v", missing)
	}
	n.handler = n.logged(n.routes(api.New(n.Services).Handler(), console.Handler()), o.TrustedProxies)
	return n, nil
}

// build makes the stages in their order; each registers its acts, facts and ledger kinds as it is made.
func (n *Node) build(o Options) {
	law := regime.New()
	n.engine = duckdb.New(duckdb.Options{AllowMissingWalls: o.NoWalls, None: o.NoEngine})
	budget := disclose.New()
	n.Log.Also(ledger.Audit{Name: "disclosure", Look: budget.Verify})
	n.Log.Also(ledger.Audit{Name: "regime", Look: regime.VerifyKept})
	subjects := collect.SealerOf(n.Keys)
	n.Netlog = netlog.Open(filepath.Join(o.Data, "netlog"), n.Clock)
	n.Acts = act.NewRunner(n.DB, n.Log, law)
	n.Notice = notice.New(n.Acts)
	n.Link = link.New(n.DB, n.Acts, n.Keys, o.URL)
	n.Matters = matter.New(n.Acts)
	n.Matters.Notices = n.Notice
	n.Party = party.New(n.Acts, n.Keys, n.Matters)
	n.Catalog = catalog.New(n.Acts)
	n.Connect = connect.New(n.DB, n.Acts, n.Catalog)
	n.Collect = collect.New(collect.Deps{DB: n.DB, Acts: n.Acts, Catalog: n.Catalog, Blobs: n.Blobs, Seal: subjects, Temp: filepath.Join(o.Data, "incoming")})
	n.Consent = consent.New(n.Acts, n.Keys, subjects)
	n.Grant = grant.New(n.Acts, n.Matters, n.Catalog, budget)
	n.Standard = standard.New(n.Acts, n.Notice, n.Catalog)
	n.Statistics = statistics.New(n.Acts, n.Matters, n.Catalog)
	n.Lab = lab.New(lab.Deps{DB: n.DB, Acts: n.Acts, Keys: n.Keys, Catalog: n.Catalog, Collect: n.Collect, Grant: n.Grant,
		Budget: budget, Engine: n.engine, Blobs: n.Blobs, Dir: filepath.Join(o.Data, "spaces")})
	n.Supply = supply.New(supply.Deps{Acts: n.Acts, Matters: n.Matters, Catalog: n.Catalog, Collect: n.Collect, Grant: n.Grant, Lab: n.Lab})
	n.Open = open.New(open.Deps{DB: n.DB, Law: law, Catalog: n.Catalog, Collect: n.Collect})
	n.Output = output.New(n.Acts, n.Matters, n.Lab, n.Blobs)
	n.Serve = serve.New(serve.Deps{DB: n.DB, Acts: n.Acts, Keys: n.Keys, Consents: n.Consent, Catalog: n.Catalog, Collect: n.Collect, Disclose: budget, Lab: n.Lab, Pace: serve.DefaultPace})
	n.Link.Handle(catalog.LetterEntry, link.Lower, n.Catalog.ReceiveEntry)
	n.Link.Handle(grant.LetterFiling, link.Lower, n.Grant.ReceiveFiling)
	n.Link.Handle(grant.LetterAcknowledged, link.Upper, n.Grant.ReceiveAcknowledgement)
	n.Link.Handle(grant.LetterGrant, link.Lower, nil)
	n.Link.Handle(grant.LetterAuthorization, link.Lower, nil)
	n.Watch = watch.New(watch.Deps{Acts: n.Acts, Catalog: n.Catalog, Consents: n.Consent, Lab: n.Lab, Serve: n.Serve, Budget: budget, Blobs: n.Blobs, Netlog: n.Netlog})
	n.Trace = trace.New(trace.Deps{Acts: n.Acts, Catalog: n.Catalog})
}

func (n *Node) routes(apis, files http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/v1/", apis)
	mux.Handle("POST "+link.Path, n.Link)
	mux.Handle("/openapi.json", apis)
	mux.Handle("/openapi.yaml", apis)
	mux.Handle("/v1/log/", http.StripPrefix("/v1/log", n.Log.Tiles()))
	mux.Handle("GET /metrics", promhttp.Handler())
	mux.HandleFunc("GET /healthz", n.health)
	mux.Handle("/", files)
	return mux
}

// health answers 200 when acts can be done and answers leave: the database reads and the seal does not lag.
func (n *Node) health(w http.ResponseWriter, r *http.Request) {
	err := n.DB.View(r.Context(), func(*sqldb.Tx) error { return nil })
	if err == nil {
		err = n.Log.Ready()
	}
	if err == nil {
		err = guard.Ready()
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if err != nil {
		slog.ErrorContext(r.Context(), "not healthy", "err", err)
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, "unavailable")
		return
	}
	fmt.Fprintln(w, "ok")
}

// Handler is everything the node answers over HTTP.
func (n *Node) Handler() http.Handler { return n.handler }

// Wire is what answers over PostgreSQL's protocol; without TLS the listener must be on the loopback interface.
func (n *Node) Wire(t *tls.Config) *wire.Server {
	return &wire.Server{Acts: n.Acts, Lab: n.Lab, Output: n.Output, Netlog: n.Netlog, TLS: t}
}

// sweepEvery is how often lost runs are looked for.
const sweepEvery = 30 * time.Second

// Run seals the ledger and sweeps lost errands until ctx ends.
func (n *Node) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { n.Log.Run(ctx); return nil })
	g.Go(func() error { n.Netlog.Run(ctx); return nil })
	g.Go(func() error { n.Collect.Run(ctx, n.DB.Dialect() == sqldb.SQLite); return nil })
	g.Go(func() error { n.Open.Run(ctx); return nil })
	g.Go(func() error { n.Link.Run(ctx); return nil })
	g.Go(func() error { guard.WarmUp(); return nil })
	g.Go(func() error { return n.sweep(access.With(ctx, access.System())) })
	return g.Wait()
}

func (n *Node) sweep(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		n.Sweep(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Sweep lets every timer of the platform act once. A failing one is logged and tried again at the next.
func (n *Node) Sweep(ctx context.Context) {
	for _, o := range []struct {
		what  string
		sweep func(context.Context) error
	}{{"links", n.Link.Look}, {"matters", n.Matters.Sweep}, {"files of organizations", n.Party.Sweep}, {"connections", n.Connect.Sweep}, {"terms", n.Grant.Sweep}, {"runs", n.Lab.Sweep}, {"kept answers", n.Serve.Sweep}, {"supervision", n.Watch.Sweep}} {
		if err := o.sweep(ctx); err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "sweep "+o.what, "err", err)
		}
	}
}

// Close writes what is left of the network log and closes the database; call it after Run has returned.
func (n *Node) Close() error { return errors.Join(n.Netlog.Close(), n.DB.Close()) }
