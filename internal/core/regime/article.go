package regime

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"sort"
	"strings"
)

// Article is one article of a regulation: 二(二), with the heading it stands under.
type Article struct {
	Number string `json:"number"`
	Title  string `json:"title,omitempty"`
	Text   string `json:"text"`
	file   string
}

// articles of one pack, in the order of their file names.
type articles struct {
	list []Article
}

var heading = regexp.MustCompile(`^# (\S+)(?: (.+))?$`)

// readArticles reads articles/*.md. Each file begins with "# number title"; what follows is the text, verbatim.
func readArticles(fsys fs.FS, dir string) (articles, []Problem) {
	names, err := fs.Glob(fsys, path.Join(dir, "articles", "*.md"))
	if err != nil || len(names) == 0 {
		return articles{}, []Problem{{File: path.Join(dir, "articles"), Message: "没有条文, 规则包须录入所依据的原文", Hint: "请一条一个文件, 首行写成 \"# 条号 条标\""}}
	}
	sort.Strings(names)
	var out articles
	var problems []Problem
	seen := map[string]string{}
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			problems = append(problems, Problem{File: name, Message: "读不了这个文件", Hint: "请检查它是否存在、有没有读取权限"})
			continue
		}
		first, body, _ := strings.Cut(string(text), "\n")
		m := heading.FindStringSubmatch(strings.TrimRight(first, "\r"))
		if m == nil {
			problems = append(problems, Problem{File: name, Line: 1, Message: "条文的首行没有条号", Hint: "请在首行写条号和条标, 如 \"# 二(二) 平台入驻\""})
			continue
		}
		if other := seen[m[1]]; other != "" {
			problems = append(problems, Problem{File: name, Line: 1, Message: fmt.Sprintf("%s在 %s 中已经有了", m[1], other), Hint: "请删去一处, 或者改正条号"})
			continue
		}
		seen[m[1]] = name
		out.list = append(out.list, Article{Number: m[1], Title: m[2], Text: strings.TrimSpace(body), file: name})
	}
	return out, problems
}

var item = regexp.MustCompile(`(?m)^(\d+)\.`)

// text finds an article or a numbered item in one: 二(二)1 is the paragraph of 二(二) that begins with "1.".
func (a articles) text(number string) (string, bool) {
	for _, art := range a.list {
		if art.Number == number {
			return art.Text, true
		}
	}
	for _, art := range a.list {
		digits, ok := strings.CutPrefix(number, art.Number)
		if !ok || digits == "" || strings.Trim(digits, "0123456789") != "" {
			continue
		}
		starts := item.FindAllStringSubmatchIndex(art.Text, -1)
		for i, s := range starts {
			if art.Text[s[2]:s[3]] != digits {
				continue
			}
			end := len(art.Text)
			if i+1 < len(starts) {
				end = starts[i+1][0]
			}
			return strings.TrimSpace(art.Text[s[0]:end]), true
		}
	}
	return "", false
}

func (a articles) numbers() []string {
	out := make([]string, len(a.list))
	for i, art := range a.list {
		out[i] = art.Number
	}
	return out
}
