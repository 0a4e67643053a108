package proof

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"yunei/internal/base/merkle"
)

// Header is the first line of an export (导出): a stretch of the log with what surrounds it, so that both roots can be
// recomputed. The lines after it are the leaves themselves, one a line.
type Header struct {
	Format        string   `json:"format"`
	From          uint64   `json:"from" doc:"First leaf"`
	To            uint64   `json:"to" doc:"One past the last leaf"`
	Size          uint64   `json:"size"`
	Left          [][]byte `json:"left,omitempty" doc:"SHA-256 of the complete subtrees over [0, from)"`
	Right         [][]byte `json:"right,omitempty" doc:"Over [to, size)"`
	SM3Left       [][]byte `json:"sm3_left,omitempty"`
	SM3Right      [][]byte `json:"sm3_right,omitempty"`
	Checkpoint    string   `json:"checkpoint"`
	Key           string   `json:"key"`
	SM3Checkpoint string   `json:"sm3_checkpoint"`
	SM3Key        string   `json:"sm3_key"`
}

// Format names the export format.
const Format = "yunei-ledger-export/1"

// MaxLeaf is how long an entry may be. C2SP tlog-tiles: "each entry is prefixed by its length as a big-endian uint16".
const MaxLeaf = 1<<16 - 1

// VerifyExport recomputes both roots over an export. Of a whole log (from 0) it also follows every object from change to
// change: each must begin with the digest the one before left behind.
func VerifyExport(in io.Reader, trust Trust) *Report {
	r := &Report{}
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 1<<16), 1<<20)
	var h Header
	if !r.add("导出文件头", Format, readHeader(lines, &h)) {
		return r
	}
	fams := families(h.Checkpoint, h.Key, h.SM3Checkpoint, h.SM3Key, trust)
	lefts, rights := [][][]byte{h.Left, h.SM3Left}, [][][]byte{h.Right, h.SM3Right}
	heads, ranges := make([]Checkpoint, 2), make([]*merkle.Range, 2)
	for i, f := range fams {
		var ok bool
		var err error
		if heads[i], ok = r.head(f, h.Size); !ok {
			return r
		}
		if ranges[i], err = merkle.NewRange(f.hasher, 0, h.From, lefts[i]); err != nil {
			r.add(fmt.Sprintf("左侧摘要 (%s)", f.hasher), "", err)
			return r
		}
	}
	w := walk{objects: map[object]string{}, whole: h.From == 0}
	n, err := w.leaves(lines, ranges)
	if err == nil && uint64(n) != h.To-h.From {
		err = fmt.Errorf("有 %d 条, 文件头说有 %d 条", n, h.To-h.From)
	}
	if !r.add("条目格式与衔接", fmt.Sprintf("第 %d 至 %d 片叶, 共 %d 条", h.From, h.To, n), err) {
		return r
	}
	for i, f := range fams {
		err := ranges[i].AppendCover(h.Size, rights[i])
		var root []byte
		if err == nil {
			root, err = ranges[i].Root()
		}
		r.add(fmt.Sprintf("重算树根 (%s)", f.hasher), fmt.Sprintf("全树 %d 片, 根 %x", h.Size, heads[i].Root), sameRoot(root, err, heads[i].Root))
	}
	if r.OK() {
		r.Entries = n
	}
	return r
}

func readHeader(lines *bufio.Scanner, h *Header) error {
	if !lines.Scan() {
		return errors.Join(errors.New("文件是空的"), lines.Err())
	}
	if err := strict(lines.Bytes(), h); err != nil {
		return err
	}
	if h.Format != Format || h.From > h.To || h.To > h.Size || h.Size > 1<<62 {
		return fmt.Errorf("不是 %s 格式的导出文件", Format)
	}
	return nil
}

type object struct{ kind, id string }

// walk follows the objects of an export from change to change.
type walk struct {
	objects map[object]string
	whole   bool // from the first leaf on: an object's first change has nothing before it
}

func (w *walk) leaves(lines *bufio.Scanner, ranges []*merkle.Range) (int, error) {
	n := 0
	for ; lines.Scan(); n++ {
		leaf := lines.Bytes()
		if len(leaf) > MaxLeaf {
			return n, fmt.Errorf("第 %d 条超过 %d 字节", n+1, MaxLeaf)
		}
		e, err := ParseEntry(leaf)
		if err != nil {
			return n, fmt.Errorf("第 %d 条: %w", n+1, err)
		}
		if err := w.follow(e); err != nil {
			return n, err
		}
		for _, r := range ranges {
			if err := r.Append(leaf, nil); err != nil {
				return n, err
			}
		}
	}
	return n, lines.Err()
}

func (w *walk) follow(e Entry) error {
	for _, c := range e.Changes {
		o := object{c.Kind, c.ID}
		last, seen := w.objects[o]
		if (seen || w.whole) && c.Before != last {
			return fmt.Errorf("第 %d 号条目改动 %s %s 之前的摘要, 与上一次改动之后的不同", e.Seq, c.Kind, c.ID)
		}
		w.objects[o] = c.After
	}
	return nil
}

// VerifyFile verifies a receipt or an export, whichever data is.
func VerifyFile(data []byte, trust Trust) *Report {
	first, _, _ := bytes.Cut(data, []byte("\n"))
	if bytes.Contains(first, []byte(Format)) {
		return VerifyExport(bytes.NewReader(data), trust)
	}
	r := &Report{}
	rc, err := ParseReceipt(bytes.TrimSpace(data))
	if err != nil {
		r.add("文件格式", "", fmt.Errorf("既不是回执也不是导出文件: %w", err))
		return r
	}
	return rc.Verify(trust)
}
