package notice

import (
	"context"
	"regexp"
	"strings"
	"unicode/utf8"

	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// Edition (版本) places a notice in a series: the versions of one set of rules, or the issues of one list.
type Edition struct {
	Series  string       `json:"series" doc:"Short name under which the versions stand together"`
	Version int          `json:"version"`
	From    workday.Date `json:"from" doc:"First day in force"`
	Entries []Entry      `json:"entries,omitempty" doc:"Lines of a list"`
}

// Entry is one line of a list (名单).
type Entry struct {
	Name string `json:"name" minLength:"1" maxLength:"200"`
	Note string `json:"note,omitempty" maxLength:"500"`
}

var seriesName = regexp.MustCompile(`^[a-z][a-z0-9-]{1,59}$`)

// edition fills in the series of a draft; the version is counted when it is published.
func (d Draft) edition(f *faults) *Edition {
	if d.Kind != Rules && d.Kind != List {
		f.add(d.Series != "" || d.From != "" || len(d.Entries) > 0, "series", "只有 rules (制度、标准) 和 list (名单) 有系列、施行日和条目")
		return nil
	}
	f.add(!seriesName.MatchString(d.Series), "series", "系列须为 2 至 60 位小写字母、数字或连字符, 以字母开头, 如 trading-rules")
	f.add(!d.From.Valid(), "from", "请填写施行日, 写成 2006-01-02 的形式")
	f.add(d.Kind == List && len(d.Entries) == 0, "entries", "名单至少要有一条")
	for i := range d.Entries {
		d.Entries[i].Name = strings.TrimSpace(d.Entries[i].Name)
		f.add(utf8.RuneCountInString(d.Entries[i].Name) < 1, "entries", "名单中有一条没有名称")
	}
	return &Edition{Series: d.Series, From: d.From, Entries: d.Entries}
}

// number gives a new edition its version: one more than the last of its series, revoked ones counted, so that a version
// once read never means another text.
func number(ctx context.Context, tx *act.Tx, n *Notice) error {
	if n.Edition == nil {
		return nil
	}
	if err := tx.Lock(ctx, "notice:"+string(n.Kind)+":"+n.Edition.Series); err != nil {
		return err
	}
	area := tx.Actor().Area // each area counts its own versions
	earlier, err := listNotices(ctx, tx.Tx, Filter{Kind: n.Kind, Subject: n.Edition.Series, Of: &area, Limit: 1})
	if err != nil {
		return err
	}
	n.Subject, n.Edition.Version = n.Edition.Series, 1
	if len(earlier) == 1 {
		n.Edition.Version = earlier[0].Edition.Version + 1
	}
	return nil
}

// Version is one edition of a series with its standing today.
type Version struct {
	Notice  Notice `json:"notice"`
	InForce bool   `json:"in_force" doc:"For whoever asks: a county's rules are not in force for its neighbor"`
	Area    string `json:"area_name" doc:"Where it holds"`
}

// Editions lists the versions of a series, or of every series of the kind, newest first, and says which are in force for a party of
// the area that is asked about: the platform's own rules hold everywhere, an area's in it and in what lies inside (贵州 第二十七条:
// 本行政区域). Without an area each is looked at in its own.
func (s *Service) Editions(ctx context.Context, kind Kind, series string, area *access.Area, before string, limit int) (list []Version, err error) {
	law := s.acts.Law()
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		notices, err := listNotices(ctx, tx, Filter{Kind: kind, Subject: series, Before: before, Limit: limit})
		if err != nil {
			return err
		}
		standing := map[string]string{}
		for _, n := range notices {
			key := string(n.Area) + "/" + n.Subject
			if _, known := standing[key]; !known {
				current, _, err := InForce(ctx, tx, kind, n.Subject, n.Area, workday.DateOf(tx.Now()))
				if err != nil {
					return err
				}
				standing[key] = current.ID
			}
			here := area == nil || n.Area.Covers(*area)
			list = append(list, Version{Notice: n, InForce: here && standing[key] == n.ID, Area: law.AreaName(string(n.Area))})
		}
		return nil
	})
	return list, err
}

// InForce is the version of an area's series that holds on a day; false where none does.
func InForce(ctx context.Context, tx *sqldb.Tx, kind Kind, series string, area access.Area, day workday.Date) (Notice, bool, error) {
	for before := ""; ; {
		page, err := listNotices(ctx, tx, Filter{Kind: kind, Subject: series, Of: &area, Before: before, Limit: 50})
		if err != nil || len(page) == 0 {
			return Notice{}, false, err
		}
		for _, n := range page {
			if n.Edition != nil && n.Revoked.IsZero() && n.Edition.From <= day {
				return n, true, nil
			}
			before = n.ID
		}
	}
}
