package query

import (
	"strings"
	"unicode/utf8"
)

// OfText is what the operators from text to text make of one text: substr counts code points; upper and lower know the
// 26 letters of ASCII and leave every other code point as it is, because engines disagree on the rest; trim takes
// U+0020 from both ends and no other blank.
func (e *Expr) OfText(s string) string {
	switch e.Op {
	case OpSubstr:
		for from := e.Lits[0].N; from > 1 && s != ""; from-- {
			_, size := utf8.DecodeRuneInString(s)
			s = s[size:]
		}
		end := 0
		for n := e.Lits[1].N; n > 0 && end < len(s); n-- {
			_, size := utf8.DecodeRuneInString(s[end:])
			end += size
		}
		return s[:end]
	case OpUpper:
		return strings.Map(func(r rune) rune {
			if 'a' <= r && r <= 'z' {
				r -= 'a' - 'A'
			}
			return r
		}, s)
	case OpLower:
		return strings.Map(func(r rune) rune {
			if 'A' <= r && r <= 'Z' {
				r += 'a' - 'A'
			}
			return r
		}, s)
	case OpTrim:
		return strings.Trim(s, " ")
	}
	return s
}

// Letters are what OpUpper and OpLower exchange.
const (
	SmallLetters   = "abcdefghijklmnopqrstuvwxyz"
	CapitalLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)
