package regime

import (
	"bufio"
	"errors"
	"io/fs"
	"strings"

	"yunei/internal/base/errs"
)

// Area (行政区域) is an administrative division with its name.
type Area struct {
	Code  string `json:"code" doc:"GB/T 2260; empty: the area that the platform serves"`
	Name  string `json:"name"`
	Level string `json:"level" enum:"nation,province,city,county,zone"`
}

// Zone reports whether it is a functional zone (开发区、新区), which is no government level of its own.
func (a Area) Zone() bool { return a.Level == "zone" }

// areaFile is the register of divisions beside the packs; without it areas have their codes for names.
const areaFile = "areas.csv"

// readAreas reads the register: a code and a name a line.
func readAreas(fsys fs.FS) (map[string]string, error) {
	f, err := fsys.Open(areaFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names := map[string]string{}
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		code, name, found := strings.Cut(line, ",")
		if !found || !divisionCode(code) || name == "" || names[code] != "" {
			return nil, errs.New(errs.Invalid, "%s 第 %d 行应为六位行政区划代码、逗号和名称, 且不重复: %q", areaFile, n, line)
		}
		names[code] = name
	}
	return names, lines.Err()
}

func divisionCode(code string) bool {
	return len(code) == 6 && strings.Trim(code, "0123456789") == ""
}

// levelOfCode is what kind of division a code names. The last two digits of a functional zone are 71 to 79 by the statistics
// bureau's rule; every other county-level code is a government's.
func levelOfCode(code string) string {
	switch {
	case strings.HasSuffix(code, "0000"):
		return "province"
	case strings.HasSuffix(code, "00"):
		return "city"
	case len(code) == 6 && code[4] == '7' && code[5] != '0':
		return "zone"
	}
	return "county"
}

// inside reports whether a division lies strictly inside another.
func inside(code, in string) bool {
	if in == "" {
		return code != ""
	}
	for strings.HasSuffix(in, "00") {
		in = in[:len(in)-2]
	}
	return code != "" && strings.HasPrefix(code, in) && code != in && strings.TrimRight(code, "0") != strings.TrimRight(in, "0")
}

// Root is the area that the platform serves: the division of the lowest regulation it runs under.
func (l *Law) Root() Area {
	for i := len(l.packs) - 1; i >= 0; i-- {
		if d := l.packs[i].spec.Division; d != "" {
			return Area{Name: l.nameOf(d), Level: levelOfCode(d)}
		}
	}
	return Area{Name: "本平台", Level: "nation"}
}

func (l *Law) root() string {
	for i := len(l.packs) - 1; i >= 0; i-- {
		if d := l.packs[i].spec.Division; d != "" {
			return d
		}
	}
	return ""
}

func (l *Law) nameOf(code string) string {
	if name := l.areas[code]; name != "" {
		return name
	}
	return code
}

// Area finds a division inside the platform's; the empty code is the platform's own. ok is false for one that is not in the
// register or lies elsewhere.
func (l *Law) Area(code string) (a Area, ok bool) {
	if code == "" || code == l.root() {
		return l.Root(), true
	}
	if l.areas[code] == "" || !inside(code, l.root()) {
		return Area{}, false
	}
	return Area{Code: code, Name: l.areas[code], Level: levelOfCode(code)}, true
}

// AreaName is the name of an area for display.
func (l *Law) AreaName(code string) string {
	if a, ok := l.Area(code); ok {
		return a.Name
	}
	return code
}

// Areas lists the divisions inside the platform's, by code; the platform's own comes first.
func (l *Law) Areas() []Area {
	out := []Area{l.Root()}
	for _, code := range l.areaCodes {
		if inside(code, l.root()) {
			out = append(out, Area{Code: code, Name: l.areas[code], Level: levelOfCode(code)})
		}
	}
	return out
}
