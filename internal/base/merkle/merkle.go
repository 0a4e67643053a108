// Package merkle is the tree under the ledger: RFC 6962 hashing over the same leaf bytes with SHA-256, which every log
// client in the world reads, and with SM3 (国密), which the regulations here ask for.
//
// The walking of trees is transparency-dev/merkle's; this package gives it the two hashers and the checks an offline
// verifier needs. It is pure Go and knows no database.
package merkle

import (
	"crypto/sha256"
	"fmt"
	"hash"

	"github.com/emmansun/gmsm/sm3"
	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
)

// Size is the length of a digest of either hasher.
const Size = 32

// Hasher hashes leaves and nodes; SHA256 and SM3 are the two there are.
type Hasher struct {
	name string
	new  func() hash.Hash
}

var (
	SHA256 = Hasher{"SHA-256", sha256.New}
	SM3    = Hasher{"SM3", sm3.New}
)

func (h Hasher) String() string { return h.name }

// Size is how many bytes a digest has.
func (h Hasher) Size() int { return Size }

// EmptyRoot is the root of a tree without leaves.
// RFC 6962 2.1: "The hash of an empty list is the hash of an empty string: MTH({}) = SHA-256()."
func (h Hasher) EmptyRoot() []byte { return h.new().Sum(nil) }

// HashLeaf digests a leaf's bytes.
// RFC 6962 2.1: "MTH({d(0)}) = SHA-256(0x00 || d(0))."
func (h Hasher) HashLeaf(leaf []byte) []byte {
	d := h.new()
	d.Write([]byte{0})
	d.Write(leaf)
	return d.Sum(make([]byte, 0, Size))
}

// HashChildren digests two subtrees.
// RFC 6962 2.1: "MTH(D[n]) = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n]))."
func (h Hasher) HashChildren(left, right []byte) []byte {
	d := h.new()
	d.Write([]byte{1})
	d.Write(left)
	d.Write(right)
	return d.Sum(make([]byte, 0, Size))
}

// Node names a complete subtree: its height and its place from the left.
type Node struct {
	Level uint
	Index uint64
}

// Range grows a tree from the left, or stands for a stretch in the middle of one.
type Range struct {
	hasher Hasher
	f      *compact.RangeFactory
	r      *compact.Range
}

// NewRange stands for the leaves [begin, end), given the digests of Cover(begin, end).
func NewRange(h Hasher, begin, end uint64, digests [][]byte) (*Range, error) {
	f := &compact.RangeFactory{Hash: h.HashChildren}
	r, err := newRange(f, begin, end, digests)
	if err != nil {
		return nil, err
	}
	return &Range{h, f, r}, nil
}

func newRange(f *compact.RangeFactory, begin, end uint64, digests [][]byte) (*compact.Range, error) {
	if err := lengths(digests); err != nil {
		return nil, err
	}
	r, err := f.NewRange(begin, end, digests)
	if err != nil {
		return nil, fmt.Errorf("merkle: %w", err)
	}
	return r, nil
}

// End is one past the last leaf.
func (r *Range) End() uint64 { return r.r.End() }

// Append adds a leaf's bytes at the right and reports every subtree that this completes, the leaf first.
func (r *Range) Append(leaf []byte, completed func(Node, []byte)) error {
	return r.AppendHash(r.hasher.HashLeaf(leaf), completed)
}

// AppendHash is Append for a leaf that has been digested.
func (r *Range) AppendHash(leafHash []byte, completed func(Node, []byte)) error {
	var visit compact.VisitFn
	if completed != nil {
		visit = func(id compact.NodeID, h []byte) { completed(Node{id.Level, id.Index}, h) }
	}
	return r.r.Append(leafHash, visit)
}

// AppendCover continues with the leaves [End, end), of which only the digests of Cover(End, end) are known.
func (r *Range) AppendCover(end uint64, digests [][]byte) error {
	right, err := newRange(r.f, r.End(), end, digests)
	if err != nil {
		return err
	}
	return r.r.AppendRange(right, nil)
}

// Root is the root of the tree over [0, End).
func (r *Range) Root() ([]byte, error) {
	if r.r.End() == 0 {
		return r.hasher.EmptyRoot(), nil
	}
	return r.r.GetRootHash(nil)
}

// Cover is the fewest complete subtrees that cover the leaves [begin, end), left to right.
func Cover(begin, end uint64) []Node { return nodes(compact.RangeNodes(begin, end, nil)) }

func nodes(ids []compact.NodeID) []Node {
	out := make([]Node, len(ids))
	for i, id := range ids {
		out[i] = Node{id.Level, id.Index}
	}
	return out
}

// InclusionNodes are the subtrees whose digests Inclusion turns into the proof that leaf index is in a tree of size.
func InclusionNodes(index, size uint64) ([]Node, error) {
	n, err := proof.Inclusion(index, size)
	if err != nil {
		return nil, fmt.Errorf("merkle: %w", err)
	}
	return nodes(n.IDs), nil
}

// Inclusion makes the proof from the digests of InclusionNodes.
func Inclusion(h Hasher, index, size uint64, digests [][]byte) ([][]byte, error) {
	n, err := proof.Inclusion(index, size)
	if err != nil {
		return nil, fmt.Errorf("merkle: %w", err)
	}
	return n.Rehash(digests, h.HashChildren)
}

// ConsistencyNodes are the subtrees whose digests Consistency turns into the proof that a tree of size1 is the
// beginning of one of size2.
func ConsistencyNodes(size1, size2 uint64) ([]Node, error) {
	n, err := proof.Consistency(size1, size2)
	if err != nil {
		return nil, fmt.Errorf("merkle: %w", err)
	}
	return nodes(n.IDs), nil
}

// Consistency makes the proof from the digests of ConsistencyNodes.
func Consistency(h Hasher, size1, size2 uint64, digests [][]byte) ([][]byte, error) {
	n, err := proof.Consistency(size1, size2)
	if err != nil {
		return nil, fmt.Errorf("merkle: %w", err)
	}
	return n.Rehash(digests, h.HashChildren)
}

// VerifyInclusion checks that leaf is at index in the tree of this size and root.
func VerifyInclusion(h Hasher, index, size uint64, leaf []byte, digests [][]byte, root []byte) error {
	if err := lengths(digests, root); err != nil {
		return err
	}
	return proof.VerifyInclusion(h, index, size, h.HashLeaf(leaf), digests, root)
}

// VerifyConsistency checks that the tree of size1 and root1 is the beginning of the tree of size2 and root2.
func VerifyConsistency(h Hasher, size1, size2 uint64, digests [][]byte, root1, root2 []byte) error {
	if err := lengths(digests, root1, root2); err != nil {
		return err
	}
	return proof.VerifyConsistency(h, size1, size2, digests, root1, root2)
}

func lengths(digests [][]byte, more ...[]byte) error {
	for _, d := range append(more, digests...) {
		if len(d) != Size {
			return fmt.Errorf("merkle: a digest of %d bytes", len(d))
		}
	}
	return nil
}
