package regime

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"sort"
	"strings"
	"text/template"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
)

//go:embed all:scaffold
var scaffold embed.FS

var (
	packID = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)+$`)
	idDay  = regexp.MustCompile(`\d{4}-\d{2}-\d{2}$`)
)

// File is a file to be written, with its path below the folder of the packs.
type File struct {
	Name string
	Text []byte
}

// Scaffold is a new pack in which only what is marked 【待填 …】 has to be written: everything else is free of faults. The day in
// the id, or today, is the day it takes effect. The schemas for editors come with it.
func Scaffold(id string, today workday.Date) ([]File, error) {
	if !packID.MatchString(id) || strings.HasPrefix(id, "yunei-") {
		return nil, errs.New(errs.Invalid, "规则包编号 %q 须由小写字母、数字和连字符组成, 如 xiamen-2026-05-01, 且不以 yunei- 开头; 请换一个编号", id)
	}
	day := today
	if written := idDay.FindString(id); written != "" {
		day = workday.Date(written)
		if !day.Valid() {
			return nil, errs.New(errs.Invalid, "规则包编号里的 %s 不是一个日期, 请改正", written)
		}
	}
	place, _, _ := strings.Cut(id, "-")
	data := map[string]string{"ID": id, "Day": string(day), "Eve": string(day.AddDays(-1)), "LastYear": string(day.AddYears(-1)), "ThreeYears": string(day.AddYears(-3)), "DayLess": string(day.AddYears(-3).AddDays(-1)), "Division": "000000", "Prefix": strings.ToUpper(place)}
	var files []File
	err := fs.WalkDir(scaffold, "scaffold", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(scaffold, name)
		if err != nil {
			return err
		}
		t, err := template.New(name).Parse(string(text))
		if err != nil {
			return err
		}
		var b bytes.Buffer
		err = t.Execute(&b, data)
		files = append(files, File{Name: id + strings.TrimPrefix(name, "scaffold"), Text: b.Bytes()})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("生成规则包 %s: %w", id, err)
	}
	schemas, err := Schemas()
	if err != nil {
		return nil, err
	}
	for name, text := range schemas {
		files = append(files, File{Name: "schema/" + name, Text: text})
	}
	sort.Slice(files, func(i, j int) bool { return files[i].Name < files[j].Name })
	return files, nil
}

// toFill marks a place of a new pack that a person has to write.
var toFill = regexp.MustCompile(`【待填 ?([^】]*)】`)

// blanks reports every place of a pack that is still to be written.
func blanks(fsys fs.FS, dir string) []Problem {
	var problems []Problem
	_ = fs.WalkDir(fsys, dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil // what cannot be read is told by whoever decodes it
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil || !bytes.Contains(text, []byte("【待填")) {
			return nil
		}
		for i, line := range strings.Split(string(text), "\n") {
			for _, m := range toFill.FindAllStringSubmatch(line, -1) {
				problems = append(problems, Problem{File: name, Line: i + 1, Message: "待填: " + m[1], Hint: "请按规定填写, 替换【待填 …】"})
			}
		}
		return nil
	})
	return problems
}
