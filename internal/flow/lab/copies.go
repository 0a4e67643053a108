package lab

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/query"
	"yunei/internal/core/query/render"
	"yunei/internal/core/query/snapshot"
)

// A space's folder holds its key and its copies. The key is random and lies nowhere else, not in the database nor in a backup:
// who destroys the file destroys every pseudonym that was made with it.
const keyName = "key"

// source is one resource as a space gets it: the granted items of one snapshot.
type source struct {
	table    query.Table
	snapshot string
	load     string
	rows     int64
	path     string
}

// held is a copy as it lies in the space; beside its file lies this, as JSON.
type held struct {
	File     string `json:"file"`
	Resource string `json:"resource"`
	Snapshot string `json:"snapshot"`
	Load     string `json:"load"`
	Rows     int64  `json:"rows"`
	Bytes    int64  `json:"bytes"`
	Most     int    `json:"most"`
	Unique   bool   `json:"unique"`
	Try      int    `json:"try"`
}

func (h held) batch() Batch {
	return Batch{File: h.File, Snapshot: h.Snapshot, Load: h.Load, Rows: h.Rows, Bytes: h.Bytes}
}

func (s *Service) folder(space string) string { return filepath.Join(s.Dir, filepath.Base(space)) }

// gates keep a copy from being dropped while a run reads it.
var gates sync.Map

func (s *Service) gate(space string) *sync.RWMutex {
	g, _ := gates.LoadOrStore(s.folder(space), &sync.RWMutex{})
	return g.(*sync.RWMutex)
}

// supplied puts every source into the space and keeps it there until done is called. A copy of the same snapshot with the same
// items serves again; one of an older snapshot goes.
func (s *Service) supplied(ctx context.Context, space string, sources []source) (copies map[string]held, done func(), err error) {
	gate := s.gate(space)
	for range 3 {
		gate.Lock()
		copies, err = s.shareAll(ctx, space, sources)
		gate.Unlock()
		if err != nil {
			return nil, nil, err
		}
		gate.RLock()
		if s.present(space, copies) {
			return copies, gate.RUnlock, nil
		}
		gate.RUnlock() // dropped between the two locks: the data changed again
	}
	return nil, nil, fmt.Errorf("space %s: its copies keep changing", space)
}

func (s *Service) present(space string, copies map[string]held) bool {
	for _, h := range copies {
		if _, err := os.Stat(filepath.Join(s.folder(space), h.File)); err != nil {
			return false
		}
	}
	return true
}

// shareAll works behind the gate. Another try makes other pseudonyms, for all tables alike: a collision is one in ten million for
// a million subjects.
func (s *Service) shareAll(ctx context.Context, space string, sources []source) (map[string]held, error) {
	dir := s.folder(space)
	key, err := s.spaceKey(ctx, space)
	if err != nil {
		return nil, err
	}
	if err := removeHalves(dir); err != nil {
		return nil, err
	}
	there, err := inFolder(dir)
	if err != nil {
		return nil, err
	}
	first := 0
	for _, h := range there {
		first = max(first, h.Try)
	}
	for try := first; try < first+3; try++ {
		var copies map[string]held
		if copies, err = supplyTry(dir, key, try, sources, there); err == nil {
			return copies, dropStale(dir, there, copies)
		}
		if !errors.Is(err, snapshot.ErrCollision) {
			return nil, err
		}
		for _, h := range there { // tables under different tries would not join
			if err := removeCopy(dir, h); err != nil {
				return nil, err
			}
		}
		there = nil
	}
	return nil, err
}

func supplyTry(dir string, key []byte, try int, sources []source, there []held) (map[string]held, error) {
	copies := map[string]held{}
	pseudonyms := pseudonym(tried(key, try))
	for _, src := range sources {
		name := copyName(src, try)
		if i := slices.IndexFunc(there, func(h held) bool { return h.File == name }); i >= 0 {
			copies[src.table.Resource] = there[i]
			continue
		}
		h, err := copyIn(dir, name, src, pseudonyms)
		if err != nil {
			return nil, fmt.Errorf("supply %s: %w", src.table.Name, err)
		}
		h.Try = try
		if err := writeNote(dir, h); err != nil {
			return nil, err
		}
		copies[src.table.Resource] = h
	}
	return copies, nil
}

// tried is the space's key at one try.
func tried(key []byte, try int) []byte {
	return seal.MAC(key, binary.BigEndian.AppendUint64(nil, uint64(try)))
}

func copyIn(dir, name string, src source, pseudonyms func(string) int64) (held, error) {
	t := src.table
	supply := snapshot.Supply{Key: t.SubjectKey, As: t.SubjectKey, Unique: t.Unique, Pseudonym: pseudonyms}
	for _, c := range t.Columns {
		if c.Name != t.SubjectKey {
			supply.Columns = append(supply.Columns, query.ColumnRef{Name: c.Name, Type: c.Type, Null: c.Null})
		}
	}
	path := filepath.Join(dir, name)
	seen, err := snapshot.Copy(src.path, path+".part", supply)
	if err != nil {
		return held{}, errors.Join(err, removeIfThere(path+".part"))
	}
	info, err := os.Stat(path + ".part")
	if err != nil {
		return held{}, err
	}
	return held{File: name, Resource: t.Resource, Snapshot: src.snapshot, Load: src.load, Rows: int64(seen.Rows), Bytes: info.Size(),
		Most: seen.Most, Unique: seen.Unique}, os.Rename(path+".part", path)
}

// copyName says what is in a copy: the same data, items and pseudonyms have one name.
func copyName(src source, try int) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%d\n%v\n", src.table.Resource, src.snapshot, try, src.table.Unique)
	for _, c := range src.table.Columns {
		fmt.Fprintf(h, "%s %s %v\n", c.Name, c.Type, c.Null)
	}
	return hex.EncodeToString(h.Sum(nil))[:24] + ".parquet"
}

func writeNote(dir string, h held) error {
	body, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return seal.WriteFile(filepath.Join(dir, h.File+".json"), body, 0o600)
}

// inFolder lists the whole copies of a folder.
func inFolder(dir string) ([]held, error) {
	notes, err := filepath.Glob(filepath.Join(dir, "*.parquet.json"))
	if err != nil {
		return nil, err
	}
	var out []held
	for _, n := range notes {
		body, err := os.ReadFile(n)
		if err != nil {
			return nil, err
		}
		var h held
		if err := json.Unmarshal(body, &h); err != nil {
			return nil, fmt.Errorf("decode %s: %w", filepath.Base(n), err)
		}
		if _, err := os.Stat(filepath.Join(dir, h.File)); err == nil {
			out = append(out, h)
		}
	}
	return out, nil
}

// dropStale removes the copies of a resource of which a newer one is there now.
func dropStale(dir string, there []held, now map[string]held) error {
	var err error
	for _, h := range there {
		if n, ok := now[h.Resource]; ok && n.File != h.File {
			err = errors.Join(err, removeCopy(dir, h))
		}
	}
	return err
}

// dropUnrecorded removes the whole copies of a space that no supply accounts for: a run that was killed made them, and no act
// recorded them. Left there they would be found and locked, and every later run would reach for them in vain.
func (s *Service) dropUnrecorded(ctx context.Context, space string) error {
	gate := s.gate(space)
	gate.Lock()
	defer gate.Unlock()
	there, err := inFolder(s.folder(space))
	if err != nil || len(there) == 0 {
		return err
	}
	var known map[string]bool
	var busy bool
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		known, busy, err = accounted(ctx, tx, space)
		return err
	})
	if err != nil || busy { // what is under way may have made them and will record them
		return err
	}
	for _, h := range there {
		if !known[h.File] {
			err = errors.Join(err, removeCopy(s.folder(space), h))
		}
	}
	return err
}

// accounted are the files that the supplies of a space put there and did not drop; busy says that a supply or a run under way may be
// making others.
func accounted(ctx context.Context, tx *sqldb.Tx, space string) (files map[string]bool, busy bool, err error) {
	supplies, err := SuppliesOf(ctx, tx, space)
	if err != nil {
		return nil, false, err
	}
	files = map[string]bool{}
	for _, sup := range supplies {
		busy = busy || sup.State == SupplyRunning
		for _, b := range sup.Batches {
			files[b.File] = files[b.File] || b.Dropped == nil
		}
	}
	list, err := sqldb.Bodies[Run](ctx, tx, `SELECT body FROM run WHERE space = $1 AND state = 'running'`, space)
	return files, busy || len(list) > 0, err
}

// removeHalves removes what a killed program was writing.
func removeHalves(dir string) error {
	halves, err := filepath.Glob(filepath.Join(dir, "*.part"))
	for _, h := range halves {
		err = errors.Join(err, removeIfThere(h))
	}
	return err
}

// removeCopy removes the rows first: while they lie there, the note beside them tells the next try of them.
func removeCopy(dir string, h held) error {
	if err := removeIfThere(filepath.Join(dir, h.File)); err != nil {
		return err
	}
	return removeIfThere(filepath.Join(dir, h.File+".json"))
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// spaceKey is K_space: made when the space first needs it. Who asks holds the gate, behind which the key of a closed space is
// destroyed; so a space that was closed gets no key again, and nothing that would lie under it.
func (s *Service) spaceKey(ctx context.Context, space string) ([]byte, error) {
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		sp, err := loadSpace(ctx, tx, space)
		if err != nil {
			return err
		}
		return sp.open()
	})
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(s.folder(space), 0o700); err != nil {
		return nil, err
	}
	path := filepath.Join(s.folder(space), keyName)
	own, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		own = make([]byte, 32)
		rand.Read(own)
		err = seal.WriteFile(path, own, 0o600)
	}
	if err != nil {
		return nil, err
	}
	// The installation's root is mixed in, so that a folder that was carried off alone gives no pseudonym away.
	return seal.MAC(s.Keys.Derive("space/"+space), own), nil
}

// destroyFolder overwrites the key and removes the folder with every copy. It reports what was there.
func (s *Service) destroyFolder(space string) (files []string, err error) {
	gate := s.gate(space)
	gate.Lock()
	defer gate.Unlock()
	dir := s.folder(space)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		files = append(files, e.Name())
	}
	if slices.Contains(files, keyName) {
		if err := overwrite(filepath.Join(dir, keyName)); err != nil {
			return nil, err
		}
	}
	return files, os.RemoveAll(dir)
}

// overwrite replaces a short file's bytes before it is removed.
func overwrite(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		_, err = f.Write(bytes.Repeat([]byte{0}, int(info.Size())))
	}
	return errors.Join(err, f.Sync(), f.Close())
}

// measuredOf hands to the renderer what was seen while copying.
func measuredOf(t query.TableRef, policy []string, h held) render.Measured {
	return render.Measured{Most: h.Most, Unique: h.Unique && strings.Join(t.Unique, ",") == strings.Join(policy, ",")}
}
