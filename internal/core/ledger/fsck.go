package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"

	"yunei/internal/base/errs"
	"yunei/internal/base/merkle"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/ledger/proof"
)

// Problem is one thing that is not as it was recorded.
type Problem struct {
	Where   string `json:"where"`
	Message string `json:"message"`
}

func (p Problem) String() string { return p.Where + ": " + p.Message }

// page is how many rows one step reads; fewer problems than maxProblems are listed, for one flipped node makes many.
const (
	page        = 500
	maxProblems = 1000
)

// Fsck recomputes everything from the stored bytes: both trees and every signed head, every object version's digest, the
// chain of digests from change to change, and the current rows of every registered kind against their current version.
// An empty list says that all of it agrees. It reads one snapshot and changes nothing.
func (l *Log) Fsck(ctx context.Context) ([]Problem, error) {
	f := &fsck{log: l, changes: map[objectKey]chain{}}
	f.out, f.haveOut, f.outErr = l.published() // before the snapshot, which must hold it: what a sealer publishes meanwhile is newer than both
	err := l.db.View(ctx, func(tx *sqldb.Tx) error {
		f.tx = tx
		for _, step := range []func(context.Context) error{f.trees, f.waiting, f.heads, f.versions, f.audits} {
			if err := step(ctx); err != nil && !errors.Is(err, errEnough) {
				return err
			}
		}
		return nil
	})
	return f.problems, err
}

// audits asks the stages about records that have a chain of their own.
func (f *fsck) audits(ctx context.Context) error {
	for _, a := range f.log.audits {
		found, err := a.Look(ctx, f.tx)
		if err != nil {
			return fmt.Errorf("audit %s: %w", a.Name, err)
		}
		for _, what := range found {
			f.problems = append(f.problems, Problem{Where: a.Name, Message: what})
		}
	}
	return nil
}

var errEnough = errors.New("fsck: enough problems")

type objectKey struct{ kind, id string }

// chain is the history of one object's digests, hashed together.
type chain struct {
	last string
	n    int
	sum  [32]byte
}

func (c chain) add(digest string) chain {
	return chain{digest, c.n + 1, sha256.Sum256(append(c.sum[:], digest...))}
}

type fsck struct {
	log      *Log
	tx       *sqldb.Tx
	problems []Problem
	size     uint64
	objects  int64 // rows that ledger_object must have
	changes  map[objectKey]chain
	out      head // published when the walk began
	haveOut  bool
	outErr   error
}

func (f *fsck) found(where, format string, args ...any) error {
	if len(f.problems) == maxProblems {
		return errEnough
	}
	f.problems = append(f.problems, Problem{where, fmt.Sprintf(format, args...)})
	return nil
}

type entryRow struct {
	seq                    int64
	leaf                   *int64
	body                   []byte
	recorded               int64
	occurred, act, outcome string
	actor, org, matter     string
}

const entryColumns = `SELECT seq, leaf, body, recorded, occurred, act, outcome, actor, org, matter FROM ledger_entry `

func scanEntryRow(r *sqldb.Rows) (e entryRow, err error) {
	return e, r.Scan(&e.seq, &e.leaf, &e.body, &e.recorded, &e.occurred, &e.act, &e.outcome, &e.actor, &e.org, &e.matter)
}

// trees walks the sealed entries, rebuilding both trees beside the stored one.
func (f *fsck) trees(ctx context.Context) error {
	a, err := merkle.NewRange(merkle.SHA256, 0, 0, nil)
	if err != nil {
		return err
	}
	b, err := merkle.NewRange(merkle.SM3, 0, 0, nil)
	if err != nil {
		return err
	}
	var heads headWalk
	for {
		rows, err := sqldb.List(ctx, f.tx, scanEntryRow, entryColumns+`WHERE leaf >= $1 ORDER BY leaf LIMIT $2`, f.size, page)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return f.tail(ctx)
		}
		var grown []node
		for _, e := range rows {
			if uint64(*e.leaf) != f.size {
				return f.found(fmt.Sprintf("leaf %d", f.size), "条目缺失, 下一条是第 %d 片叶; 其后的树无法重算", *e.leaf)
			}
			if err := f.entry(e); err != nil {
				return err
			}
			at := len(grown)
			if err := a.Append(e.body, func(n merkle.Node, d []byte) { grown = append(grown, node{Node: n, sha256: d}) }); err != nil {
				return err
			}
			if err := b.Append(e.body, func(_ merkle.Node, d []byte) { grown[at].sm3 = d; at++ }); err != nil {
				return err
			}
			f.size++
			if err := f.checkpoint(ctx, &heads, a, b); err != nil {
				return err
			}
		}
		if err := f.nodes(ctx, grown); err != nil {
			return err
		}
	}
}

// entry compares an entry's bytes with the columns beside them and follows its changes.
func (f *fsck) entry(e entryRow) error {
	where := fmt.Sprintf("entry %d", e.seq)
	got, err := proof.ParseEntry(e.body)
	if err != nil {
		return f.found(where, "条目内容损坏: %v", err)
	}
	if got.Seq != e.seq || got.Recorded.UnixMicro() != e.recorded || got.Occurred != e.occurred || got.Act != e.act ||
		got.Outcome != e.outcome || got.Actor != e.actor || got.Org != e.org || got.Matter != e.matter {
		if err := f.found(where, "检索列与条目内容不同"); err != nil {
			return err
		}
	}
	named := map[objectKey]bool{}
	for _, c := range got.Changes {
		k := objectKey{c.Kind, c.ID}
		named[k] = true
		if last := f.changes[k]; last.last != c.Before {
			if err := f.found(where, "%s %s 改动之前的摘要与上一次改动之后的不同", c.Kind, c.ID); err != nil {
				return err
			}
		}
		f.changes[k] = f.changes[k].add(c.After)
	}
	f.objects += int64(len(named))
	return nil
}

// nodes compares subtrees that were just recomputed with the stored ones.
func (f *fsck) nodes(ctx context.Context, grown []node) error {
	byLevel := map[uint][]node{}
	for _, g := range grown {
		byLevel[g.Level] = append(byLevel[g.Level], g)
	}
	for _, level := range slices.Sorted(maps.Keys(byLevel)) {
		want := byLevel[level] // a run of neighbors
		stored := map[uint64]node{}
		rows, err := f.tx.Query(ctx, `SELECT idx, sha256, sm3 FROM ledger_node WHERE level = $1 AND idx >= $2 AND idx <= $3`,
			level, want[0].Index, want[len(want)-1].Index)
		if err != nil {
			return err
		}
		for rows.Next() {
			var n node
			if err := rows.Scan(&n.Index, &n.sha256, &n.sm3); err != nil {
				return err
			}
			stored[n.Index] = n
		}
		for _, w := range want {
			if s := stored[w.Index]; !bytes.Equal(s.sha256, w.sha256) || !bytes.Equal(s.sm3, w.sm3) {
				if err := f.found(fmt.Sprintf("node %d/%d", level, w.Index), "树节点与条目重算的不同"); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// headWalk reads the checkpoints in order, a page at a time.
type headWalk struct {
	queue []storedHead
	after int64
	done  bool
}

type storedHead struct {
	size      int64
	note, sm3 string
}

func (w *headWalk) next(ctx context.Context, tx *sqldb.Tx) (*storedHead, error) {
	if len(w.queue) == 0 && !w.done {
		var err error
		w.queue, err = sqldb.List(ctx, tx, func(r *sqldb.Rows) (h storedHead, err error) {
			return h, r.Scan(&h.size, &h.note, &h.sm3)
		}, `SELECT size, note, sm3 FROM ledger_checkpoint WHERE size > $1 ORDER BY size LIMIT $2`, w.after, page)
		if err != nil {
			return nil, err
		}
		w.done = len(w.queue) == 0
	}
	if len(w.queue) == 0 {
		return nil, nil
	}
	return &w.queue[0], nil
}

// checkpoint compares the trees as they are now with the head that was signed at this size, if one was.
func (f *fsck) checkpoint(ctx context.Context, w *headWalk, a, b *merkle.Range) error {
	stored, err := w.next(ctx, f.tx)
	if err != nil || stored == nil || uint64(stored.size) != f.size {
		return err
	}
	w.queue, w.after = w.queue[1:], stored.size
	where := fmt.Sprintf("checkpoint %d", stored.size)
	h, err := f.log.open(stored.note, stored.sm3)
	if err != nil {
		return f.found(where, "检查点签名无效: %v", err)
	}
	rootA, rootB, err := roots(a, b)
	if err != nil {
		return err
	}
	if h.size != f.size || !bytes.Equal(rootA, h.sha256.Root) || !bytes.Equal(rootB, h.sm3ed.Root) {
		return f.found(where, "由条目重算的树根与签署的检查点不同")
	}
	return nil
}

// tail looks at what must not be there beyond the last leaf.
func (f *fsck) tail(ctx context.Context) error {
	var last, nodes int64
	if err := f.tx.QueryRow(ctx, `SELECT coalesce(max(size), 0) FROM ledger_checkpoint`).Scan(&last); err != nil {
		return err
	}
	if uint64(last) != f.size {
		if err := f.found("checkpoint", "最后的检查点有 %d 条, 账本有 %d 条", last, f.size); err != nil {
			return err
		}
	}
	if err := f.tx.QueryRow(ctx, `SELECT count(*) FROM ledger_node WHERE level = 0`).Scan(&nodes); err != nil {
		return err
	}
	if uint64(nodes) != f.size {
		return f.found("node", "树叶有 %d 片, 账本有 %d 条", nodes, f.size)
	}
	return nil
}

// waiting follows the entries that are not sealed yet, and then counts the search rows.
func (f *fsck) waiting(ctx context.Context) error {
	for after := int64(-1 << 62); ; {
		rows, err := sqldb.List(ctx, f.tx, scanEntryRow, entryColumns+`WHERE leaf IS NULL AND seq > $1 ORDER BY seq LIMIT $2`, after, page)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		for _, e := range rows {
			if err := f.entry(e); err != nil {
				return err
			}
			after = e.seq
		}
	}
	var n int64
	if err := f.tx.QueryRow(ctx, `SELECT count(*) FROM ledger_object`).Scan(&n); err != nil {
		return err
	}
	if n != f.objects {
		return f.found("ledger_object", "检索行有 %d 条, 按条目应有 %d 条", n, f.objects)
	}
	return nil
}

func (f *fsck) heads(ctx context.Context) error {
	if f.outErr != nil {
		return f.found("heads", "%v", f.outErr)
	}
	if !f.haveOut {
		return nil
	}
	in, _, err := f.log.latest(ctx, f.tx)
	if err != nil {
		return f.found("checkpoint", "检查点签名无效: %v", err)
	}
	if err := f.log.compare(ctx, f.tx, in, f.out); err != nil {
		return f.found("heads", "%v", err)
	}
	return nil
}

type versionRow struct {
	objectKey
	version    int64
	digest     string
	salt, body []byte
}

// versions recomputes every digest, compares each object's history with its entries, and its current row with its
// current version.
func (f *fsck) versions(ctx context.Context) error {
	var last versionRow
	var have chain
	for {
		rows, err := sqldb.List(ctx, f.tx, scanVersion, `SELECT kind, id, version, digest, salt, body FROM object_version
			WHERE (kind, id, version) > ($1, $2, $3) ORDER BY kind, id, version LIMIT $4`, last.kind, last.id, last.version, page)
		if err != nil {
			return err
		}
		for _, v := range rows {
			if v.objectKey != last.objectKey {
				if err := f.object(ctx, last, have); err != nil {
					return err
				}
				have = chain{}
			}
			have, last = have.add(v.digest), v
			if v.salt == nil && v.body == nil { // forgotten
				continue
			}
			if got := digest(v.salt, v.body); got != v.digest {
				if err := f.found(fmt.Sprintf("%s %s v%d", v.kind, v.id, v.version), "留存内容与其摘要不符, 内容被改动过"); err != nil {
					return err
				}
			}
		}
		if len(rows) == 0 {
			break
		}
	}
	if err := f.object(ctx, last, have); err != nil {
		return err
	}
	for _, k := range slices.SortedFunc(maps.Keys(f.changes), func(a, b objectKey) int { return cmpKey(a, b) }) {
		if err := f.found(k.kind+" "+k.id, "账本记有改动, 但没有留存版本"); err != nil {
			return err
		}
	}
	return nil
}

func scanVersion(r *sqldb.Rows) (v versionRow, err error) {
	return v, r.Scan(&v.kind, &v.id, &v.version, &v.digest, &v.salt, &v.body)
}

// object settles one object whose last version is v.
func (f *fsck) object(ctx context.Context, v versionRow, have chain) error {
	if v.version == 0 {
		return nil
	}
	where := v.kind + " " + v.id
	want := f.changes[v.objectKey]
	delete(f.changes, v.objectKey)
	if have != want {
		return f.found(where, "留存版本 (%d 个) 与账本条目 (%d 次改动) 不符", have.n, want.n)
	}
	f.log.mu.Lock()
	load := f.log.loaders[v.kind]
	f.log.mu.Unlock()
	if load == nil || v.salt == nil {
		return nil
	}
	now, err := load(ctx, f.tx, v.id)
	if errs.Is(err, errs.NotFound) || errors.Is(err, sqldb.ErrNoRows) {
		now, err = nil, nil
	}
	if err != nil {
		return fmt.Errorf("load %s: %w", where, err)
	}
	raw, err := proof.Canonical(now)
	if err != nil {
		return err
	}
	if digest(v.salt, raw) != v.digest {
		return f.found(where, "现有数据行与账本记录的最后版本 (v%d) 不同, 有未经办理的改动", v.version)
	}
	return nil
}

func cmpKey(a, b objectKey) int {
	return bytes.Compare([]byte(a.kind+"\x00"+a.id), []byte(b.kind+"\x00"+b.id))
}
