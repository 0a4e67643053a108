// Package id makes internal identifiers: a prefix that says what it is and a ULID, such as grt_01J9Z…
// They mean nothing to the law: a registration code (登记码) is a field of its own.
package id

import (
	"crypto/rand"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
)

// New makes an identifier whose time part is now, so that lists in order of creation are lists in order of id.
func New(prefix string, now time.Time) string {
	return prefix + "_" + ulid.MustNew(ulid.Timestamp(now), rand.Reader).String()
}

// Valid reports whether s is an identifier with this prefix.
func Valid(prefix, s string) bool {
	rest, ok := strings.CutPrefix(s, prefix+"_")
	if !ok {
		return false
	}
	_, err := ulid.ParseStrict(rest)
	return err == nil
}
