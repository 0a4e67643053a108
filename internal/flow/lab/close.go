package lab

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/flow/grant"
)

// Ending reports whether a space closes when something that it rests on has ended: no grant of its scenario is left in force.
func Ending(ctx context.Context, tx *sqldb.Tx, spaceID string) (Space, bool, error) {
	sp, err := loadSpace(ctx, tx, spaceID)
	if err != nil {
		return sp, false, err
	}
	_, err = grant.InForce(ctx, tx, sp.Org, sp.Scenario, workday.DateOf(tx.Now()))
	if errs.CodeOf(err) == errs.Internal {
		return sp, false, err
	}
	return sp, err != nil, nil
}

// CloseTx closes a space inside the act that ended what it rests on: nobody works in it from then on, its supplies and seats end.
// Its key and copies are destroyed by Destroy.
func (s *Service) CloseTx(ctx context.Context, tx *act.Tx, spaceID, why string) error {
	sp, err := loadSpace(ctx, tx.Tx, spaceID)
	if err != nil || sp.State == SpaceClosed {
		return err
	}
	sp = sp.close(why, tx.Now())
	if err := saveSpace(ctx, tx.Tx, sp); err != nil {
		return err
	}
	if err := tx.Changed(ctx, "space", sp.ID, sp); err != nil {
		return err
	}
	if err := s.leave(ctx, tx, sp, ""); err != nil {
		return err
	}
	seats, err := activeSeats(ctx, tx.Tx, sp.ID)
	if err != nil {
		return err
	}
	for _, seat := range seats {
		if err := s.saveSeat(ctx, tx, seat.end(why, tx.Now())); err != nil {
			return err
		}
	}
	supplies, err := SuppliesOf(ctx, tx.Tx, sp.ID)
	if err != nil {
		return err
	}
	for _, sup := range supplies {
		if sup.State != SupplyStanding && sup.State != SupplyRunning {
			continue
		}
		now := tx.Now()
		sup.State, sup.Ended, sup.Why = SupplyEnded, &now, why
		if err := s.saveSupply(ctx, tx, sup); err != nil {
			return err
		}
	}
	return nil
}

// Destroy destroys a closed space's key and everything in its folder. It is done outside any transaction and may be repeated; what
// was there is returned, for the act that records it.
func (s *Service) Destroy(ctx context.Context, spaceID string) (files []string, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		sp, err := loadSpace(ctx, tx, spaceID)
		if err == nil && sp.State != SpaceClosed {
			err = errs.New(errs.Conflict, "开发空间还没有关闭, 不能销毁其中的数据; 请先终止授权")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.destroyFolder(spaceID)
}

// DestroyedTx records that a space's copies are gone.
func (s *Service) DestroyedTx(ctx context.Context, tx *act.Tx, spaceID string) error {
	supplies, err := SuppliesOf(ctx, tx.Tx, spaceID)
	if err != nil {
		return err
	}
	for _, sup := range supplies {
		sup, changed := sup.drop(func(Batch) bool { return true }, "空间密钥销毁, 副本文件删除", tx.Now())
		if !changed {
			continue
		}
		if err := s.saveSupply(ctx, tx, sup); err != nil {
			return err
		}
	}
	return nil
}

// FindingLeftover is a copy that lies where none may.
const (
	FindingLeftover = "leftover" // 授权期满后仍有副本
	FindingUnknown  = "unknown"  // 没有供数记录的文件
	FindingMisuse   = "misuse"   // 挪作另一场景
	FindingWrite    = "write"    // 试图写入
	FindingReach    = "reach"    // 试图读取供给以外的数据
)

// scanned is one finding of a scan, before it is recorded.
type scanned struct {
	space Space
	kind  string
	files []string
}

// Scan looks through every space's folder (到期扫描): where nothing is in force no copy may remain, and no file may lie in a space
// that no supply accounts for. What is found is locked, so that nobody reads it, and kept as evidence until it is destroyed.
func (s *Service) Scan(ctx context.Context) (found []Finding, err error) {
	dirs, err := os.ReadDir(s.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var failed error
	for _, d := range dirs {
		if !d.IsDir() || !strings.HasPrefix(d.Name(), "spc_") {
			continue
		}
		got, err := s.scan(ctx, d.Name())
		if err == nil && got.kind != "" {
			var f Finding
			if f, err = s.find(ctx, got); err == nil && f.ID != "" {
				found = append(found, f)
			}
		}
		failed = errors.Join(failed, err)
	}
	return found, failed
}

func (s *Service) scan(ctx context.Context, id string) (got scanned, err error) {
	gate := s.gate(id)
	if !gate.TryLock() {
		return got, nil // a run is reading: looked at next time
	}
	defer gate.Unlock()
	files, err := filepath.Glob(filepath.Join(s.folder(id), "*.parquet"))
	if err != nil || len(files) == 0 {
		return got, err
	}
	var known map[string]bool
	var over, running bool
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		var err error
		got.space, err = loadSpace(ctx, tx, id)
		if over = errs.Is(err, errs.NotFound) || got.space.State == SpaceClosed; err != nil && !over {
			return err
		}
		known, running, err = accounted(ctx, tx, id)
		return err
	})
	if err != nil {
		return got, err
	}
	for _, f := range files {
		name := filepath.Base(f)
		switch {
		case over:
			got.kind = FindingLeftover
		case known[name], running:
			continue
		default:
			got.kind = FindingUnknown
		}
		got.files = append(got.files, name)
	}
	slices.Sort(got.files)
	got.space.ID = id
	for _, name := range got.files {
		if err := os.Chmod(filepath.Join(s.folder(id), name), 0); err != nil {
			return got, err
		}
	}
	return got, nil
}

// find records a finding once.
func (s *Service) find(ctx context.Context, got scanned) (Finding, error) {
	var f Finding
	_, err := s.Acts.Do(access.With(ctx, access.System()), act.Call{Act: "lab.find"}, func(ctx context.Context, tx *act.Tx) error {
		f = Finding{}
		what := strings.Join(got.files, ", ")
		list, err := findingsOf(ctx, tx.Tx, got.space.ID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(list, func(o Finding) bool { return o.Kind == got.kind && o.What == what }) {
			return nil
		}
		f = Finding{ID: tx.NewID("fnd"), Space: got.space.ID, Org: got.space.Org, Kind: got.kind, What: what, Result: "已锁定, 等待销毁", At: tx.Now()}
		return s.saveFinding(ctx, tx, f)
	})
	return f, err
}
