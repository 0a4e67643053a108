package collect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/blob"
	"yunei/internal/flow/catalog"
)

// Kind is what a snapshot is called in the ledger and in rules.
const Kind = "snapshot"

// DefaultMaxBytes is the size limit of a submitted file: a load holds the file's columns in memory.
const DefaultMaxBytes = 512 << 20

// Deps are what the stage works with. Temp is a folder for files under way, MaxBytes the size limit of a submitted file (0: default).
type Deps struct {
	DB       *sqldb.DB
	Acts     *act.Runner
	Catalog  *catalog.Service
	Blobs    *blob.Store
	Seal     *Sealer
	Temp     string
	MaxBytes int64
}

// Service does the acts of collection.
type Service struct{ Deps }

// New defines the acts of collection, the kind it keeps in the ledger and the facts that rules may look at.
func New(d Deps) *Service {
	if d.MaxBytes <= 0 {
		d.MaxBytes = DefaultMaxBytes
	}
	s := &Service{d}
	d.Acts.Define(
		act.Def{Name: "collect.load", Roles: []access.Role{access.Holder}},
		act.Def{Name: "collect.activate", Roles: []access.Role{access.Holder}},
		act.Def{Name: "collect.fail", Roles: []access.Role{access.Holder}},
		act.Def{Name: "collect.lose", Roles: []access.Role{access.Platform}},
	)
	d.Acts.Ledger().Register(Kind, s.current)
	registerFacts(d.Acts.Law())
	return s
}

// current is the snapshot as it stands, for fsck: the digest of an active one is computed from the rows that are there, so that a
// changed byte in them is found.
func (s *Service) current(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
	snap, err := loadSnapshot(ctx, tx, id)
	if err == nil && snap.State == Active && snap.RowsDigest != "" {
		snap.RowsDigest, err = storedRowsDigest(ctx, tx, id)
	}
	return snap, err
}

// SID is the pseudonym of a subject; see Sealer.SID.
func (s *Service) SID(kind, number string) (string, error) { return s.Seal.SID(kind, number) }

// Load collects one file into a resource and puts it into use: start act, check, write, finish act. A file that does not fit its
// catalog entry is refused with every place that is wrong. The same file again is the snapshot that is in use.
func (s *Service) Load(ctx context.Context, resourceID, name string, file io.Reader) (Snapshot, error) {
	// Before a byte is taken: may this caller submit for this resource at all?
	if err := s.Acts.View(ctx, func(tx *sqldb.Tx) error { _, err := s.own(ctx, tx, resourceID); return err }); err != nil {
		return Snapshot{}, s.refused(ctx, resourceID, err)
	}
	src, err := spool(ctx, s.Temp, file, s.MaxBytes)
	if err != nil {
		return Snapshot{}, err
	}
	defer src.Close()
	if same, ok, err := s.same(ctx, resourceID, src.digest); err != nil || ok {
		return same, err
	}
	snap, entry, start, err := s.start(ctx, resourceID, filepath.Base(name), src)
	if err != nil {
		return Snapshot{}, err
	}
	done, err := s.work(ctx, snap, entry, start, src)
	if err != nil {
		// The caller may be gone; that the load has ended is still written down.
		s.fail(context.WithoutCancel(ctx), snap.ID, start, err)
		return Snapshot{}, err
	}
	return done, nil
}

// refused puts a refusal on record: the attempt is an act that fails for the same reason.
func (s *Service) refused(ctx context.Context, resourceID string, cause error) error {
	if !errs.Is(cause, errs.Forbidden) {
		return cause
	}
	_, err := s.Acts.Do(ctx, act.Call{Act: "collect.load"}, func(ctx context.Context, tx *act.Tx) error {
		if _, err := s.own(ctx, tx.Tx, resourceID); err != nil {
			return err
		}
		return cause // it has become his meanwhile; he may try again
	})
	return err
}

// own is the published entry if the caller's organization holds it.
func (s *Service) own(ctx context.Context, tx *sqldb.Tx, resourceID string) (catalog.Entry, error) {
	e, err := s.Catalog.Load(ctx, tx, resourceID)
	if err != nil {
		return e, err
	}
	if actor := access.From(ctx); !actor.Has(access.Holder) || actor.Org != e.Holder {
		return e, errs.New(errs.Forbidden, "只有数据提供单位可以为自己的资源归集数据, 请由该单位办理")
	}
	return e, nil
}

// same finds the snapshot in use that was made from this very file.
func (s *Service) same(ctx context.Context, resourceID, digest string) (snap Snapshot, ok bool, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		e, err := s.Catalog.Load(ctx, tx, resourceID)
		if err != nil {
			return err
		}
		snap, ok, err = inState(ctx, tx, resourceID, Active)
		ok = ok && snap.Source == digest && snap.SchemaVersion == e.Version && snap.KID == s.Seal.KID()
		return err
	})
	if !ok {
		return Snapshot{}, false, err
	}
	return s.located(snap), true, err
}

// start is the errand's first act: judged, and from here on the load is known and can be lost.
func (s *Service) start(ctx context.Context, resourceID, name string, src *source) (snap Snapshot, e catalog.Entry, seq int64, err error) {
	receipt, err := s.Acts.Do(ctx, act.Call{Act: "collect.load"}, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Lock(ctx, "collect:"+resourceID); err != nil {
			return err
		}
		if e, err = s.own(ctx, tx.Tx, resourceID); err != nil {
			return err
		}
		other, busy, err := inState(ctx, tx.Tx, resourceID, Loading)
		if err != nil {
			return err
		}
		if busy {
			return errs.New(errs.Conflict, "该资源正在归集另一个文件 (%s), 请等它结束后再提交", other.Name)
		}
		snap = Snapshot{ID: tx.NewID("snp"), Resource: e.ID, SchemaVersion: e.Version, State: Loading, Name: name, Source: src.digest,
			KID: s.Seal.KID(), Author: tx.Actor().Account, Started: tx.Now()}
		if err := insertSnapshot(ctx, tx.Tx, snap); err != nil {
			return err
		}
		if err := tx.Judge(ctx, objects(snap, e)); err != nil {
			return err
		}
		return tx.Changed(ctx, Kind, snap.ID, snap)
	})
	return snap, e, receipt.Seq, err
}

func objects(snap Snapshot, e catalog.Entry) map[string]string {
	return map[string]string{Kind: snap.ID, catalog.Kind: e.ID, "org": e.Holder}
}

// work is the errand's I/O and its finish.
func (s *Service) work(ctx context.Context, snap Snapshot, e catalog.Entry, start int64, src *source) (Snapshot, error) {
	// The entry of the start is known only now; the sweeper cites it.
	err := s.DB.Do(ctx, func(tx *sqldb.Tx) error { return noteStart(ctx, tx, snap.ID, start) })
	if err != nil {
		return snap, err
	}
	t, err := check(src, e, s.Seal)
	if err != nil {
		return snap, err
	}
	m := made{report: t.report}
	if err := s.write(ctx, snap.ID, t, &m); err != nil {
		return snap, err
	}
	if err := s.stage(ctx, snap.ID, t, &m); err != nil {
		return snap, err
	}
	return s.activate(ctx, snap.ID, start, m)
}

// write puts the snapshot's Parquet file into the store and notes it on the load, so that a file nobody came to use can be found.
func (s *Service) write(ctx context.Context, id string, t *table, m *made) error {
	draft, err := s.Blobs.Draft()
	if err != nil {
		return err
	}
	defer draft.Discard()
	if err := t.writeParquet(draft); err != nil {
		return err
	}
	ref, err := draft.Commit()
	if err != nil {
		return err
	}
	m.digest, m.size = ref.Digest, ref.Size
	err = s.DB.Do(ctx, func(tx *sqldb.Tx) error { return noteFile(ctx, tx, id, ref.Digest) })
	if err != nil {
		return errors.Join(err, s.cleanFile(context.WithoutCancel(ctx), ref.Digest))
	}
	return nil
}

// chunk is how many rows are staged in one transaction: far below the 50 ms that a closure has.
const chunk = 500

// stage writes the rows by subject, chunk by chunk. Rows without a sid are about nobody who could ask.
func (s *Service) stage(ctx context.Context, id string, t *table, m *made) error {
	if t.sid == nil {
		return nil
	}
	digest := newRowsDigest()
	var rows []stagedRow
	flush := func() error {
		err := s.DB.Do(ctx, func(tx *sqldb.Tx) error { return stage(ctx, tx, id, rows) })
		rows = rows[:0]
		return err
	}
	last, seq := "", int64(0)
	for _, row := range t.order {
		sid := t.sid[row]
		if sid == "" {
			break
		}
		if seq++; sid != last {
			last, seq = sid, 1
		}
		body, err := t.body(int(row))
		if err != nil {
			return err
		}
		r := stagedRow{sid, seq, body}
		digest.add(r)
		if rows = append(rows, r); len(rows) == chunk {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if len(rows) > 0 {
		if err := flush(); err != nil {
			return err
		}
	}
	m.rowsDigest = digest.String()
	return nil
}

// activate is the errand's last act: in one transaction the new snapshot is in use and the old one is not.
func (s *Service) activate(ctx context.Context, id string, start int64, m made) (Snapshot, error) {
	var done Snapshot
	_, err := s.Acts.Do(ctx, act.Call{Act: "collect.activate", Start: start}, func(ctx context.Context, tx *act.Tx) error {
		snap, err := loadSnapshot(ctx, tx.Tx, id)
		if err != nil {
			return err
		}
		e, err := s.own(ctx, tx.Tx, snap.Resource)
		if err != nil {
			return err
		}
		if e.Version != snap.SchemaVersion {
			return errs.New(errs.Conflict, "装载期间目录条目已变更, 请按新版本重新提交")
		}
		last, err := lastVersion(ctx, tx.Tx, snap.Resource)
		if err != nil {
			return err
		}
		if done, err = snap.Activate(m, last+1, tx.Now()); err != nil {
			return err
		}
		if err := s.supersede(ctx, tx, snap.Resource); err != nil {
			return err
		}
		if err := updateSnapshot(ctx, tx.Tx, done); err != nil {
			return err
		}
		if err := tx.Judge(ctx, objects(done, e)); err != nil {
			return err
		}
		supply := catalog.Supply{Snapshot: done.ID, Rows: done.Rows, Subjects: done.Subjects, At: tx.Now()}
		if _, err := s.Catalog.RecordArrivalTx(ctx, tx, e.ID, supply); err != nil {
			return err
		}
		return tx.Changed(ctx, Kind, done.ID, done)
	})
	return s.located(done), err
}

func (s *Service) supersede(ctx context.Context, tx *act.Tx, resource string) error {
	old, ok, err := inState(ctx, tx.Tx, resource, Active)
	if err != nil || !ok {
		return err
	}
	if old, err = old.Supersede(); err != nil {
		return err
	}
	if err := updateSnapshot(ctx, tx.Tx, old); err != nil {
		return err
	}
	return tx.Changed(ctx, Kind, old.ID, old)
}

// fail writes down that a load has ended without data, and why. Should that fail too, the sweeper will find the load.
func (s *Service) fail(ctx context.Context, id string, start int64, cause error) {
	var e *errs.Error
	reason, spots := "归集没有完成, 没有归集任何数据, 请重新提交", []errs.Spot(nil)
	if errors.As(cause, &e) {
		reason, spots = e.Msg, e.Spots
	}
	_, err := s.Acts.Do(ctx, act.Call{Act: "collect.fail", Start: start}, func(ctx context.Context, tx *act.Tx) error {
		return s.end(ctx, tx, id, func(snap Snapshot) (Snapshot, error) { return snap.Fail(reason, spots, tx.Now()) })
	})
	if err != nil {
		slog.ErrorContext(ctx, "failed load not recorded", "snapshot", id, "cause", cause, "err", err)
		return
	}
	if err := s.clean(ctx); err != nil {
		slog.WarnContext(ctx, "rows of a failed load not cleaned yet", "snapshot", id, "err", err)
	}
}

func (s *Service) end(ctx context.Context, tx *act.Tx, id string, step func(Snapshot) (Snapshot, error)) error {
	snap, err := loadSnapshot(ctx, tx.Tx, id)
	if err != nil {
		return err
	}
	if snap, err = step(snap); err != nil {
		return err
	}
	if err := updateSnapshot(ctx, tx.Tx, snap); err != nil {
		return err
	}
	return tx.Changed(ctx, Kind, snap.ID, snap)
}

// Silence is how long a load may show no sign of life before it counts as lost; a chunk takes milliseconds, a check seconds.
const Silence = 10 * time.Minute

// Sweep marks loads as lost that have been silent for longer than silence, and removes what ended loads left: rows by subject and
// files that no snapshot names. Call it at start (with 0 where no other process shares the database) and from time to time.
func (s *Service) Sweep(ctx context.Context, silence time.Duration) (lost int, err error) {
	ctx = access.With(ctx, access.System())
	var ids []string
	var seqs []int64
	err = s.DB.View(ctx, func(tx *sqldb.Tx) error {
		ids, seqs, err = silent(ctx, tx, tx.Now().Add(-silence))
		return err
	})
	if err != nil {
		return 0, err
	}
	for i, id := range ids {
		_, err := s.Acts.Do(ctx, act.Call{Act: "collect.lose", Start: seqs[i]}, func(ctx context.Context, tx *act.Tx) error {
			return s.end(ctx, tx, id, func(snap Snapshot) (Snapshot, error) { return snap.Lose(tx.Now()) })
		})
		if err != nil && !errs.Is(err, errs.Conflict) { // it may have ended by itself meanwhile
			return lost, fmt.Errorf("mark load %s as lost: %w", id, err)
		}
		if err == nil {
			lost++
		}
	}
	return lost, s.clean(ctx)
}

// sweepEvery is how often Run sweeps.
const sweepEvery = time.Minute

// Run sweeps until ctx ends. alone says that no other process shares the database: then every load that is under way at the start belongs
// to a process that has died.
func (s *Service) Run(ctx context.Context, alone bool) {
	silence := Silence
	if alone {
		silence = 0
	}
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		if lost, err := s.Sweep(ctx, silence); err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "sweep of loads failed", "err", err)
		} else if lost > 0 {
			slog.WarnContext(ctx, "loads were lost", "count", lost)
		}
		silence = Silence
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// clean removes the rows and unnamed files of ended loads and of snapshots out of use. It changes no object and is no act.
func (s *Service) clean(ctx context.Context) error {
	var ids, files []string
	err := s.DB.View(ctx, func(tx *sqldb.Tx) (err error) {
		ids, files, err = leftovers(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	for i, id := range ids {
		if err := s.cleanFile(ctx, files[i]); err != nil {
			return err
		}
		for done := false; !done; {
			err := s.DB.Do(ctx, func(tx *sqldb.Tx) (err error) {
				done, err = unstage(ctx, tx, id)
				return err
			})
			if err != nil {
				return fmt.Errorf("clean rows of %s: %w", id, err)
			}
		}
	}
	return nil
}

func (s *Service) cleanFile(ctx context.Context, digest string) error {
	if digest == "" {
		return nil
	}
	used := true
	err := s.DB.View(ctx, func(tx *sqldb.Tx) (err error) {
		used, err = digestInUse(ctx, tx, digest)
		return err
	})
	if err != nil || used {
		return err
	}
	return s.Blobs.Delete(digest)
}
