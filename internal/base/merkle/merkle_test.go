package merkle

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

var hashers = []Hasher{SHA256, SM3}

// reference is RFC 6962 2.1 written down as it reads.
func reference(h Hasher, leaves [][]byte) []byte {
	switch n := len(leaves); n {
	case 0:
		return h.EmptyRoot()
	case 1:
		return h.HashLeaf(leaves[0])
	default:
		k := 1 // "let k be the largest power of two smaller than n"
		for k*2 < n {
			k *= 2
		}
		return h.HashChildren(reference(h, leaves[:k]), reference(h, leaves[k:]))
	}
}

type tree struct {
	leaves [][]byte
	nodes  map[Node][]byte
}

func grow(t interface{ Fatal(...any) }, h Hasher, n int) tree {
	tr := tree{nodes: map[Node][]byte{}}
	r, err := NewRange(h, 0, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		leaf := fmt.Append(nil, "entry ", i)
		tr.leaves = append(tr.leaves, leaf)
		if err := r.Append(leaf, func(n Node, d []byte) { tr.nodes[n] = d }); err != nil {
			t.Fatal(err)
		}
	}
	got, err := r.Root()
	if err != nil {
		t.Fatal(err)
	}
	if want := reference(h, tr.leaves); !bytes.Equal(got, want) {
		t.Fatal(fmt.Sprintf("%s root of %d: got %x, want %x", h, n, got, want))
	}
	return tr
}

func (tr tree) fetch(nodes []Node) [][]byte {
	var out [][]byte
	for _, n := range nodes {
		out = append(out, tr.nodes[n])
	}
	return out
}

func TestHasher_KnownValues(t *testing.T) {
	for _, c := range []struct{ got, want []byte }{
		// certificate-transparency's published tree constants
		{SHA256.EmptyRoot(), unhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")},
		{SHA256.HashLeaf(nil), unhex("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")},
		// GB/T 32905-2016 has no empty-string example; this is the value every implementation gives
		{SM3.EmptyRoot(), unhex("1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b")},
	} {
		if !bytes.Equal(c.got, c.want) {
			t.Errorf("got %x, want %x", c.got, c.want)
		}
	}
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

func TestInclusion_EveryLeafOfEveryTree(t *testing.T) {
	for _, h := range hashers {
		for n := 1; n <= 33; n++ {
			tr := grow(t, h, n)
			root := reference(h, tr.leaves)
			for i, leaf := range tr.leaves {
				ids, err := InclusionNodes(uint64(i), uint64(n))
				if err != nil {
					t.Fatal(err)
				}
				p, err := Inclusion(h, uint64(i), uint64(n), tr.fetch(ids))
				if err != nil {
					t.Fatal(err)
				}
				if err := VerifyInclusion(h, uint64(i), uint64(n), leaf, p, root); err != nil {
					t.Errorf("%s leaf %d of %d: %v", h, i, n, err)
				}
				if err := VerifyInclusion(h, uint64(i), uint64(n), append(leaf, 'x'), p, root); err == nil {
					t.Errorf("%s leaf %d of %d: another leaf verified", h, i, n)
				}
			}
		}
	}
}

func TestConsistency_OK(t *testing.T) {
	for _, h := range hashers {
		tr := grow(t, h, 20)
		for m := 1; m <= 20; m++ {
			for n := m; n <= 20; n++ {
				ids, err := ConsistencyNodes(uint64(m), uint64(n))
				if err != nil {
					t.Fatal(err)
				}
				p, err := Consistency(h, uint64(m), uint64(n), tr.fetch(ids))
				if err != nil {
					t.Fatal(err)
				}
				if err := VerifyConsistency(h, uint64(m), uint64(n), p, reference(h, tr.leaves[:m]), reference(h, tr.leaves[:n])); err != nil {
					t.Errorf("%s %d to %d: %v", h, m, n, err)
				}
			}
		}
	}
}

// A range in the middle, with covers at both sides, has the root of the whole tree.
func TestRange_CoversStandForLeaves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := rapid.SampledFrom(hashers).Draw(t, "hasher")
		n := rapid.IntRange(0, 70).Draw(t, "n")
		a := rapid.IntRange(0, n).Draw(t, "a")
		b := rapid.IntRange(a, n).Draw(t, "b")
		tr := grow(t, h, n)
		r, err := NewRange(h, 0, uint64(a), tr.fetch(Cover(0, uint64(a))))
		if err != nil {
			t.Fatal(err)
		}
		for _, leaf := range tr.leaves[a:b] {
			if err := r.Append(leaf, nil); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.AppendCover(uint64(n), tr.fetch(Cover(uint64(b), uint64(n)))); err != nil {
			t.Fatal(err)
		}
		got, err := r.Root()
		if want := reference(h, tr.leaves); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("[%d, %d) of %d: got %x, %v, want %x", a, b, n, got, err, want)
		}
	})
}

// Whatever bytes a proof is made of, only the true one verifies.
func FuzzVerifyInclusion(f *testing.F) {
	const n, at = 11, 6
	tr := grow(f, SM3, n)
	root := reference(SM3, tr.leaves)
	ids, _ := InclusionNodes(at, n)
	good, _ := Inclusion(SM3, at, n, tr.fetch(ids))
	f.Add(bytes.Join(good, nil), uint64(at), uint64(n))
	f.Add([]byte{}, uint64(0), uint64(0))
	f.Fuzz(func(t *testing.T, raw []byte, index, size uint64) {
		var p [][]byte
		for chunk := range chunks(raw) {
			p = append(p, chunk)
		}
		err := VerifyInclusion(SM3, index, size, tr.leaves[at], p, root)
		if err == nil && !(index == at && size == n && bytes.Equal(raw, bytes.Join(good, nil))) {
			t.Errorf("index %d, size %d, proof %x verified", index, size, raw)
		}
	})
}

func chunks(raw []byte) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(raw) > 0 {
			n := min(Size, len(raw))
			if !yield(raw[:n]) {
				return
			}
			raw = raw[n:]
		}
	}
}
