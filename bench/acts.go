package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/ledger"
	"yunei/internal/core/regime"
	"yunei/internal/core/schema"
	"yunei/regimes"
)

const (
	actToggle = "bench.toggle"
	writers   = 16
)

// acts compares suspending and lifting a permit as an act (judged, versioned, entered into the ledger, sealed behind) with
// the same statements in a bare transaction of the same database.
func acts(ctx context.Context, tmp string) ([]pair, func(), error) {
	var pairs []pair
	var closers []func()
	done := func() {
		for _, c := range closers {
			c()
		}
	}
	urls := map[string]string{"SQLite": "sqlite:" + filepath.Join(tmp, "acts.db")}
	if url := os.Getenv("YUNEI_TEST_POSTGRES"); url != "" {
		urls["PostgreSQL"] = url
	}
	for _, name := range []string{"SQLite", "PostgreSQL"} {
		url, ok := urls[name]
		if !ok {
			continue
		}
		ps, closer, err := actsOn(ctx, name, url, filepath.Join(tmp, name))
		if err != nil {
			done()
			return nil, nil, err
		}
		pairs, closers = append(pairs, ps...), append(closers, closer)
	}
	return pairs, done, nil
}

func actsOn(ctx context.Context, name, url, dir string) (_ []pair, _ func(), err error) {
	db, err := sqldb.Open(ctx, url, sqldb.Options{})
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	if err := schema.Migrate(ctx, db); err != nil {
		return nil, nil, err
	}
	keys, err := seal.LoadOrCreate(filepath.Join(dir, "keys"))
	if err != nil {
		return nil, nil, err
	}
	log, err := ledger.Open(ctx, db, keys, ledger.Options{Heads: filepath.Join(dir, "heads")})
	if err != nil {
		return nil, nil, err
	}
	runner := act.NewRunner(db, log, regime.New())
	if err := runner.Law().Load(regimes.FS); err != nil {
		return nil, nil, err
	}
	runner.Define(act.Def{Name: actToggle, Roles: []access.Role{access.Bureau}})
	sealing, stop := context.WithCancel(ctx)
	go log.Run(sealing)

	ctx = access.With(ctx, access.Actor{Account: "acc_bench", Name: "bench", Org: "org_bench", Roles: []access.Role{access.Bureau}})
	ids, err := permits(ctx, runner)
	if err != nil {
		stop()
		return nil, nil, err
	}
	state := func(n int) string {
		if n%2 == 0 {
			return access.Suspended
		}
		return access.Active
	}
	guarded := func(ctx context.Context, worker, n int) error {
		_, err := runner.Do(ctx, act.Call{Act: actToggle}, func(ctx context.Context, tx *act.Tx) error {
			if err := tx.Judge(ctx, map[string]string{"permit": ids[worker]}); err != nil {
				return err
			}
			return tx.SetPermit(ctx, ids[worker], state(n))
		})
		return err
	}
	bare := func(ctx context.Context, worker, n int) error {
		return db.Do(ctx, func(tx *sqldb.Tx) error {
			_, err := access.SetPermitState(ctx, tx, ids[worker], state(n))
			return err
		})
	}
	pairs := []pair{
		{guarded: "act with ledger entry, " + name, bare: "same statements, bare", doGuarded: withActor(ctx, guarded), doBare: bare, times: 200},
		{guarded: fmt.Sprintf("act with ledger entry, %s, %d at once", name, writers), bare: "same statements, bare", doGuarded: withActor(ctx, guarded), doBare: bare, times: 50, workers: writers},
	}
	return pairs, func() { stop(); db.Close() }, nil
}

// withActor carries the actor of who into each call.
func withActor(who context.Context, do func(context.Context, int, int) error) func(context.Context, int, int) error {
	return func(ctx context.Context, worker, n int) error {
		return do(access.With(ctx, access.From(who)), worker, n)
	}
}

// permits makes one permit per writer, so that writers do not wait for each other's row.
func permits(ctx context.Context, runner *act.Runner) ([]string, error) {
	today := workday.DateOf(clock.Real{}.Now())
	until := workday.DateOf(clock.Real{}.Now().Add(365 * 24 * time.Hour))
	var ids []string
	_, err := runner.Do(ctx, act.Call{Act: actToggle}, func(ctx context.Context, tx *act.Tx) error {
		ids = nil
		for i := range writers {
			p, err := tx.Issue(ctx, access.Permit{Kind: "bench", Holder: "org_bench", Object: fmt.Sprint("object ", i), From: today, Until: until, Basis: "bench"})
			if err != nil {
				return err
			}
			ids = append(ids, p.ID)
		}
		return nil
	})
	return ids, err
}
