package audit

import (
	"cmp"
	"math/bits"
)

// compareShares compares part/whole with share/1000 in 128 bits; none of them is negative.
func compareShares(part, whole, share int64) int {
	ah, al := bits.Mul64(uint64(part), 1000)
	bh, bl := bits.Mul64(uint64(whole), uint64(max(share, 0)))
	if c := cmp.Compare(ah, bh); c != 0 {
		return c
	}
	return cmp.Compare(al, bl)
}

// thousandths is part/whole in thousandths, rounded down.
func thousandths(part, whole int64) int64 {
	if whole <= 0 {
		return 0
	}
	h, l := bits.Mul64(uint64(part), 1000)
	if h >= uint64(whole) {
		return 1 << 62
	}
	q, _ := bits.Div64(h, l, uint64(whole))
	return int64(min(q, 1<<62))
}
