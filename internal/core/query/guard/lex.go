package guard

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"yunei/internal/core/query"
)

// Limits on a text, checked before it is parsed.
const (
	MaxText  = 64 << 10
	MaxDepth = 64
)

// maxChain is how many joins or set operations may stand in one text; each nests the parse tree by one level.
const maxChain = 16

// token is one lexical unit as far as this package needs to know.
type token struct {
	kind  tokenKind
	start int
	end   int
}

type tokenKind int

const (
	wordToken tokenKind = iota
	quotedToken
	stringToken
	numberToken
	operatorToken
	paramToken
	commentToken
	otherToken
)

// prepared is a text that may be parsed: as long as the original, byte for byte in the same places, but without its
// parameter block, and with :subject written as $1 and the parameters as $2 and so on.
type prepared struct {
	sql    string
	params []paramDecl
	end    int // of the block
	fit    query.FitKind
	step   *stepDecl
}

// prepare checks size, characters and nesting.
func prepare(text string, f *faults) (prepared, bool) {
	if len(text) > MaxText {
		f.refuse(TooExpensive, 0, fmt.Sprintf("文本 %d 字节，上限 %d", len(text), MaxText), fmt.Sprintf("text of %d bytes, at most %d", len(text), MaxText), "")
		return prepared{}, false
	}
	if !checkRunes(text, f) {
		return prepared{}, false
	}
	tokens, ok := lex(text, f)
	if !ok || !checkDepth(text, tokens, f) {
		return prepared{}, false
	}
	p, ok := placeParams(text, tokens, f)
	if !ok {
		return p, false
	}
	if !placeStep(&p, text, tokens, f) {
		return p, false
	}
	tokens = slices.DeleteFunc(tokens, func(t token) bool { return t.start < p.end })
	p.sql, p.fit, ok = placeFit(p.sql, tokens, f)
	return p, ok
}

// checkRunes lets through what a person can see and tell apart: ASCII, Chinese, and the usual signs of Chinese text.
func checkRunes(text string, f *faults) bool {
	if !norm.NFC.IsNormalString(text) {
		f.refuse(HiddenText, firstNotNormal(text), "文本未按 NFC 规范化", "text is not in NFC", "")
		return false
	}
	for i, r := range text {
		if r == utf8.RuneError || !visible(r) {
			f.refuse(HiddenText, i, fmt.Sprintf("字符 U+%04X", r), fmt.Sprintf("character U+%04X", r), "")
			return false
		}
	}
	return true
}

func firstNotNormal(text string) int {
	at := norm.NFC.QuickSpanString(text)
	return min(at, max(len(text)-1, 0))
}

// signs are the characters outside ASCII and Han that labels need.
const signs = "、。，；：？！（）《》〈〉【】「」『』“”‘’—–…·～％‰℃≥≤≠±×÷〇"

func visible(r rune) bool {
	switch {
	case r == '\n' || r == '\t' || r == '\r':
		return true
	case r < 0x20 || r == 0x7f:
		return false
	case r < 0x7f:
		return true
	}
	if r >= 0x2e80 && r <= 0x2fdf { // radicals that look like characters: ⼤ and 大
		return false
	}
	return unicode.Is(unicode.Han, r) || strings.ContainsRune(signs, r)
}

// lex splits the text. It refuses spellings of strings and comments that hide text from a reader: nested comments,
// dollar quotes, escape strings.
func lex(text string, f *faults) ([]token, bool) {
	var tokens []token
	for i := 0; i < len(text); {
		t, problem := next(text, i)
		if problem != "" {
			f.refuse(HiddenText, i, problem, "", "'text'")
			return nil, false
		}
		if t.end == 0 {
			i++
			continue
		}
		tokens = append(tokens, t)
		i = t.end
	}
	return tokens, true
}

// next reads the token at i; its end is 0 for a blank.
func next(text string, i int) (token, string) {
	c, rest := text[i], text[i:]
	t := func(kind tokenKind, n int) token { return token{kind: kind, start: i, end: i + n} }
	switch {
	case c == ' ' || c == '\n' || c == '\t' || c == '\r':
		return token{}, ""
	case strings.HasPrefix(rest, "--"):
		n := strings.IndexAny(rest, "\r\n")
		if n < 0 {
			n = len(rest)
		}
		return t(commentToken, n), ""
	case strings.HasPrefix(rest, "/*"):
		n := strings.Index(rest[2:], "*/")
		if n < 0 || strings.Contains(rest[2:2+n+1], "/*") { // the star of the end may belong to a nested beginning
			return token{}, "嵌套或未结束的注释"
		}
		return t(commentToken, 2+n+2), ""
	case c == '\'':
		return t(stringToken, quoted(rest, '\'')), ""
	case c == '"':
		return t(quotedToken, quoted(rest, '"')), ""
	case c == '$':
		n := 1
		for n < len(rest) && wordByte(rest[n]) {
			n++
		}
		if n < len(rest) && rest[n] == '$' {
			return token{}, "美元引号字符串"
		}
		return t(paramToken, n), ""
	case c >= '0' && c <= '9':
		n := 1
		for n < len(rest) && (wordByte(rest[n]) || rest[n] == '.') {
			n++
		}
		return t(numberToken, n), ""
	case wordByte(c):
		n := 1
		for n < len(rest) && (wordByte(rest[n]) || rest[n] == '$') {
			n++
		}
		if n < len(rest) && (rest[n] == '\'' || rest[n] == '&' && n+1 < len(rest) && (rest[n+1] == '\'' || rest[n+1] == '"')) {
			if w := strings.ToLower(rest[:n]); w == "e" || w == "b" || w == "x" || w == "n" || w == "u" {
				return token{}, "转义字符串"
			}
		}
		return t(wordToken, n), ""
	case strings.IndexByte("+-*/<>=~!@#%^&|`?:", c) >= 0:
		n := 1
		for n < len(rest) && strings.IndexByte("+-*/<>=~!@#%^&|`?", rest[n]) >= 0 && !strings.HasPrefix(rest[n:], "--") && !strings.HasPrefix(rest[n:], "/*") {
			n++
		}
		if c == ':' {
			n = 1
			if strings.HasPrefix(rest, "::") {
				n = 2
			}
			if n == 1 && len(rest) > 1 && wordByte(rest[1]) && (rest[1] < '0' || rest[1] > '9') {
				for n < len(rest) && wordByte(rest[n]) {
					n++
				}
				return t(paramToken, n), ""
			}
		}
		return t(operatorToken, n), ""
	}
	return t(otherToken, 1), ""
}

// quoted is the length of a quoted text with doubled quotes inside; an unfinished one ends with the text and is the
// parser's to complain about.
func quoted(s string, q byte) int {
	for i := 1; i < len(s); i++ {
		if s[i] != q {
			continue
		}
		if i+1 < len(s) && s[i+1] == q {
			i++
			continue
		}
		return i + 1
	}
	return len(s)
}

func wordByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}

// tokenEnd is where the token at a byte of the text ends, for underlining it.
func tokenEnd(text string, at int) int {
	if at >= len(text) {
		return len(text)
	}
	if t, _ := next(text, at); t.end > at {
		return t.end
	}
	_, size := utf8.DecodeRuneInString(text[at:])
	return at + size
}

// level is one open parenthesis, bracket or CASE, with the operators that nest on each other inside it so far.
type level struct {
	chain   int
	between int
	isCase  bool
}

// checkDepth bounds how deep the parse tree of the text can get, so that the parser's stack, which overflows at some
// 400 levels and then corrupts its memory, is never strained. Operators in one run nest on each other; a comma, AND,
// OR, and the parts of CASE and SELECT start a new run. The AND of a BETWEEN does not.
func checkDepth(text string, tokens []token, f *faults) bool {
	levels := []level{{}}
	depth, chained := 1, 0
	fail := func(t token) bool {
		f.refuse(TooExpensive, t.start, fmt.Sprintf("嵌套超过 %d 层", MaxDepth), fmt.Sprintf("nested more than %d deep", MaxDepth), "")
		return false
	}
	for _, t := range tokens {
		word := strings.ToLower(text[t.start:t.end])
		top := &levels[len(levels)-1]
		grow := 0
		switch {
		case t.kind == operatorToken, word == "[":
			grow = 1
		case word == "(":
			levels = append(levels, level{})
			depth++
		case word == ")":
			for len(levels) > 1 && levels[len(levels)-1].isCase {
				depth -= 1 + levels[len(levels)-1].chain
				levels = levels[:len(levels)-1]
			}
			if len(levels) > 1 {
				depth -= 1 + levels[len(levels)-1].chain
				levels = levels[:len(levels)-1]
			}
		case t.kind == otherToken && (word == "," || word == ";"):
			depth -= top.chain
			top.chain = 0
		case t.kind != wordToken:
		case word == "case":
			levels = append(levels, level{isCase: true})
			depth++
		case word == "end" && top.isCase:
			depth -= 1 + top.chain
			levels = levels[:len(levels)-1]
		case word == "and" && top.between > 0:
			top.between--
		case resets[word]:
			depth -= top.chain
			top.chain = 0
		case word == "between":
			top.between++
			grow = 1
		case chains[word]:
			chained++
			if chained > maxChain {
				f.refuse(TooExpensive, t.start, fmt.Sprintf("连接或集合运算超过 %d 个", maxChain), fmt.Sprintf("more than %d joins or set operations", maxChain), "")
				return false
			}
		case nests[word]:
			grow = 1
		}
		if grow > 0 {
			top.chain++
			depth++
		}
		if depth > MaxDepth {
			return fail(t)
		}
	}
	return true
}

func words(list string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		set[w] = true
	}
	return set
}

var (
	resets = words("and or when then else from where group having order limit on as by")
	chains = words("join union intersect except")
	nests  = words("not is isnull notnull at collate like ilike similar in operator overlaps over filter within escape any all some exists array row select explain prepare with cast")
)
