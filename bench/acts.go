package main

import (
	"context"
	"errors"
	"fmt"
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
	actToggle   = "bench.toggle"
	mostWriters = 64
)

// acts compares suspending and lifting a permit as an act (judged, versioned, entered into the ledger, sealed behind) with
// the same statements in a bare transaction of the same database.
func acts(ctx context.Context, b *bench) error {
	if err := actsOn(ctx, b, "SQLite", "sqlite:"+filepath.Join(b.tmp, "acts.db")); err != nil {
		return err
	}
	url, drop, err := postgres(ctx)
	if err != nil {
		b.report.note("NOT MEASURED ON POSTGRESQL: %v", err)
		return nil
	}
	return errors.Join(actsOn(ctx, b, "PostgreSQL", url), drop())
}

func actsOn(ctx context.Context, b *bench, name, url string) (err error) {
	db, err := sqldb.Open(ctx, url, sqldb.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := schema.Migrate(ctx, db); err != nil {
		return err
	}
	dir := filepath.Join(b.tmp, name)
	keys, err := seal.LoadOrCreate(filepath.Join(dir, "keys"))
	if err != nil {
		return err
	}
	log, err := ledger.Open(ctx, db, keys, ledger.Options{Heads: filepath.Join(dir, "heads")})
	if err != nil {
		return err
	}
	runner := act.NewRunner(db, log, regime.New())
	if err := runner.Law().Load(regimes.FS); err != nil {
		return err
	}
	runner.Define(act.Def{Name: actToggle, Roles: []access.Role{access.Bureau}})
	sealing, stop := context.WithCancel(ctx)
	sealed := make(chan struct{})
	go func() { log.Run(sealing); close(sealed) }()
	defer func() { stop(); <-sealed }()

	who := access.Actor{Account: "acc_bench", Name: "bench", Org: "org_bench", Roles: []access.Role{access.Bureau}}
	ids, err := permits(access.With(ctx, who), runner)
	if err != nil {
		return err
	}
	guarded := func(ctx context.Context, worker, n int) error {
		_, err := runner.Do(access.With(ctx, who), act.Call{Act: actToggle}, func(ctx context.Context, tx *act.Tx) error {
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
	for _, at := range []struct{ workers, times int }{{1, b.sized(200, 50)}, {8, b.sized(50, 15)}, {mostWriters, b.sized(12, 4)}} {
		err := b.measure(ctx, pair{guarded: "act with its entry, " + name, bare: "the same statements, bare",
			doGuarded: guarded, doBare: bare, times: at.times, workers: at.workers})
		if err != nil {
			return err
		}
	}
	return nil
}

func state(n int) string {
	if n%2 == 0 {
		return access.Suspended
	}
	return access.Active
}

// permits makes one permit per writer, so that writers do not wait for each other's row.
func permits(ctx context.Context, runner *act.Runner) ([]string, error) {
	today := workday.DateOf(clock.Real{}.Now())
	until := workday.DateOf(clock.Real{}.Now().Add(365 * 24 * time.Hour))
	var ids []string
	_, err := runner.Do(ctx, act.Call{Act: actToggle}, func(ctx context.Context, tx *act.Tx) error {
		ids = nil
		for i := range mostWriters {
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
