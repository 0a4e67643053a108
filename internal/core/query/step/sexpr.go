package step

import (
	"fmt"
	"strconv"
	"strings"
)

// node is a word, a string, or a list in parentheses.
type node struct {
	line int
	word string
	text bool // a string; word is what it stands for
	list []node
}

// head is the first word of a list.
func (n *node) head() string {
	if len(n.list) == 0 {
		return ""
	}
	return n.list[0].word
}

// parseText splits a text into its nodes. Comments begin with ;; or stand between (; and ;).
func parseText(s string) (nodes []node, err error) {
	open := []node{{}}
	line := 1
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '\n':
			line++
			i++
		case c == ' ' || c == '\t' || c == '\r':
			i++
		case strings.HasPrefix(s[i:], ";;"):
			for i < len(s) && s[i] != '\n' {
				i++
			}
		case strings.HasPrefix(s[i:], "(;"):
			n := strings.Index(s[i:], ";)")
			if n < 0 {
				return nil, fmt.Errorf("line %d: a comment without an end", line)
			}
			line += strings.Count(s[i:i+n], "\n")
			i += n + 2
		case c == '(':
			if len(open) > 200 {
				return nil, fmt.Errorf("line %d: nested too deep", line)
			}
			open = append(open, node{line: line, list: []node{}})
			i++
		case c == ')':
			if len(open) == 1 {
				return nil, fmt.Errorf("line %d: ) without (", line)
			}
			last := open[len(open)-1]
			open = open[:len(open)-1]
			open[len(open)-1].list = append(open[len(open)-1].list, last)
			i++
		case c == '"':
			word, n, err := quoted(s[i:])
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", line, err)
			}
			open[len(open)-1].list = append(open[len(open)-1].list, node{line: line, word: word, text: true})
			i += n
		default:
			n := strings.IndexAny(s[i:], " \t\r\n()\";")
			if n < 0 {
				n = len(s) - i
			}
			if n == 0 {
				return nil, fmt.Errorf("line %d: %q", line, c)
			}
			open[len(open)-1].list = append(open[len(open)-1].list, node{line: line, word: s[i : i+n]})
			i += n
		}
	}
	if len(open) > 1 {
		return nil, fmt.Errorf("line %d: ( without )", open[len(open)-1].line)
	}
	return open[0].list, nil
}

// quoted reads a string: \n, \t, \", \\ and bytes as \00 to \ff.
func quoted(s string) (word string, n int, err error) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), i + 1, nil
		case s[i] != '\\':
			b.WriteByte(s[i])
		case i+1 < len(s) && strings.IndexByte(`nt"\`, s[i+1]) >= 0:
			b.WriteByte(map[byte]byte{'n': '\n', 't': '\t', '"': '"', '\\': '\\'}[s[i+1]])
			i++
		case i+2 < len(s):
			c, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
			if err != nil {
				return "", 0, fmt.Errorf("string with \\%s", s[i+1:i+3])
			}
			b.WriteByte(byte(c))
			i += 2
		}
	}
	return "", 0, fmt.Errorf("a string without an end")
}

// quote writes bytes as a string that quoted reads.
func quote(b []byte) string {
	var out strings.Builder
	out.WriteByte('"')
	for _, c := range b {
		if c < 0x20 || c >= 0x7f || c == '"' || c == '\\' {
			fmt.Fprintf(&out, "\\%02x", c)
		} else {
			out.WriteByte(c)
		}
	}
	out.WriteByte('"')
	return out.String()
}
