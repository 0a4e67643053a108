package catalog

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Catalog search works on single characters and pairs of neighbouring characters: it needs no dictionary, finds words of one
// character, and is the same in both databases. Measured against dictionary segmentation, which misses single characters.

// grams are the one- and two-character pieces of a text, each once. Width and case do not matter.
func grams(texts ...string) []string {
	var out []string
	for _, t := range texts {
		for _, word := range words(t) {
			for i := range word {
				out = append(out, string(word[i]))
				if i > 0 {
					out = append(out, string(word[i-1:i+1]))
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// queryGrams are the pieces that a match must have: the pairs of each word, or the character of a one-character word.
func queryGrams(q string) []string {
	var out []string
	for _, word := range words(q) {
		if len(word) == 1 {
			out = append(out, string(word))
		}
		for i := 1; i < len(word); i++ {
			out = append(out, string(word[i-1:i+1]))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func words(t string) [][]rune {
	var out [][]rune
	for _, w := range strings.FieldsFunc(strings.ToLower(norm.NFKC.String(t)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		out = append(out, []rune(w))
	}
	return out
}

// searchable is the text of an entry that search looks into.
func (e Entry) searchable() []string {
	texts := append([]string{e.Title, e.Table, e.Summary, e.Code}, e.Keywords...)
	for _, f := range e.Fields {
		texts = append(texts, f.Title, f.Name)
	}
	return texts
}
