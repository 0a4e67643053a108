package workday

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// Year is one calendar file: what the State Council announced for one year.
type Year struct {
	Year     int       `yaml:"year"`
	Notice   Notice    `yaml:"notice"`
	Holidays []Holiday `yaml:"holidays"`
	Work     []MakeUp  `yaml:"work"`
}

// Notice is the paper a calendar rests on (国务院办公厅关于某年部分节假日安排的通知).
type Notice struct {
	Title  string `yaml:"title" json:"title"`
	Number string `yaml:"number,omitempty" json:"number,omitempty"`
	Date   Date   `yaml:"date" json:"date"`
	// Amends says what a later notice changed, such as the longer Spring Festival of 2020.
	Amends string `yaml:"amends,omitempty" json:"amends,omitempty"`
}

// Holiday is a run of days off, both ends included.
type Holiday struct {
	Name string `yaml:"name"`
	From Date   `yaml:"from"`
	To   Date   `yaml:"to"`
}

// MakeUp is a weekend day that is worked (调休上班) for the sake of a holiday.
type MakeUp struct {
	Day Date   `yaml:"day"`
	For string `yaml:"for"`
}

// Kind says why a day is worked or not.
type Kind string

const (
	Ordinary Kind = "ordinary" // Monday to Friday
	Weekend  Kind = "weekend"
	Off      Kind = "holiday"
	Worked   Kind = "makeup" // a weekend day worked
)

// Day is what the calendar knows of one day.
type Day struct {
	Date      Date
	Kind      Kind
	Name      string // of the holiday, or of the holiday a make-up day is worked for
	Published bool   // false: no notice for that year, Monday to Friday assumed
}

// Working reports whether offices work on the day.
func (d Day) Working() bool { return d.Kind == Ordinary || d.Kind == Worked }

// Calendar answers which days are worked. It is immutable; the zero value and nil know no published year.
type Calendar struct {
	years   map[int]Year
	days    map[Date]Day
	version string
}

// Load reads every YYYY.yaml file in fsys. Unknown fields, days outside the file's year, days listed twice
// and make-up days that are no weekend are errors: a wrong calendar moves every deadline in the city.
func Load(fsys fs.FS) (*Calendar, error) {
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list calendars: %w", err)
	}
	sort.Strings(names)
	c := &Calendar{years: map[int]Year{}, days: map[Date]Day{}}
	sum := sha256.New()
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read calendar %s: %w", name, err)
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(text))
		sum.Write(text)
		var y Year
		if err := yaml.UnmarshalWithOptions(text, &y, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("calendar %s: %s", name, yaml.FormatError(err, false, false))
		}
		if strings.TrimSuffix(name, ".yaml") != strconv.Itoa(y.Year) {
			return nil, fmt.Errorf("calendar %s: file says year %d", name, y.Year)
		}
		if err := c.add(y); err != nil {
			return nil, fmt.Errorf("calendar %s: %w", name, err)
		}
	}
	c.version = "sha256:" + hex.EncodeToString(sum.Sum(nil))
	return c, nil
}

func (c *Calendar) add(y Year) error {
	if y.Notice.Title == "" || !y.Notice.Date.Valid() {
		return fmt.Errorf("notice needs a title and a date: a calendar names the State Council notice it comes from")
	}
	put := func(d Day) error {
		// The New Year holiday may begin in the last days of December: 2022-12-31 stands in the notice for 2023.
		if d.Date.Year() != y.Year && !(d.Date.Year() == y.Year-1 && d.Date.AddDays(5).Year() == y.Year) {
			return fmt.Errorf("day %s is not in %d", d.Date, y.Year)
		}
		if old, twice := c.days[d.Date]; twice {
			return fmt.Errorf("day %s is listed twice (%s, %s)", d.Date, old.Name, d.Name)
		}
		c.days[d.Date] = d
		return nil
	}
	for _, h := range y.Holidays {
		if h.Name == "" || !h.From.Valid() || !h.To.Valid() || h.To < h.From || h.To.Sub(h.From) > 31 {
			return fmt.Errorf("holiday %q from %s to %s is not a run of days", h.Name, h.From, h.To)
		}
		for d := h.From; d <= h.To; d = d.AddDays(1) {
			if err := put(Day{Date: d, Kind: Off, Name: h.Name, Published: true}); err != nil {
				return err
			}
		}
	}
	for _, w := range y.Work {
		if wd := w.Day.Weekday(); !w.Day.Valid() || (wd != time.Saturday && wd != time.Sunday) {
			return fmt.Errorf("make-up day %s is not a Saturday or Sunday", w.Day)
		}
		if err := put(Day{Date: w.Day, Kind: Worked, Name: w.For, Published: true}); err != nil {
			return err
		}
	}
	c.years[y.Year] = y
	return nil
}

// Version identifies the calendar data; a stored deadline keeps it, to know when it must be recomputed.
func (c *Calendar) Version() string {
	if c == nil {
		return ""
	}
	return c.version
}

// Years lists the published years with their notices, oldest first.
func (c *Calendar) Years() []Year {
	if c == nil {
		return nil
	}
	years := make([]Year, 0, len(c.years))
	for _, y := range c.years {
		years = append(years, y)
	}
	sort.Slice(years, func(i, j int) bool { return years[i].Year < years[j].Year })
	return years
}

// Day says what kind of day d is.
func (c *Calendar) Day(d Date) Day {
	if c != nil {
		if day, ok := c.days[d]; ok {
			return day
		}
	}
	published := false
	if c != nil {
		_, published = c.years[d.Year()]
	}
	kind := Ordinary
	if wd := d.Weekday(); wd == time.Saturday || wd == time.Sunday {
		kind = Weekend
	}
	return Day{Date: d, Kind: kind, Published: published}
}

// maxDays bounds a period: 100 years of days; beyond it an input is a mistake, not a deadline.
const maxDays = 36500

// Add is the nth working day after from; from itself is not counted. n = 0 is from itself, a negative n
// counts back. provisional is true when a day of an unpublished year was counted.
func (c *Calendar) Add(from Date, n int) (due Date, provisional bool) {
	if !from.Valid() {
		return "", false
	}
	step, left := 1, n
	if n < 0 {
		step, left = -1, -n
	}
	left = min(left, maxDays)
	due = from
	for left > 0 {
		due = due.AddDays(step)
		day := c.Day(due)
		if !day.Published {
			provisional = true
		}
		if day.Working() {
			left--
		}
	}
	return due, provisional
}

// Between counts the working days after from up to and including to, over 100 years of days at most as Add does; negative when to is
// earlier.
func (c *Calendar) Between(from, to Date) int {
	if !from.Valid() || !to.Valid() {
		return 0
	}
	if to < from {
		return -c.Between(to, from)
	}
	n := 0
	for d, left := from, min(to.Sub(from), maxDays); left > 0; left-- {
		if d = d.AddDays(1); c.Day(d).Working() {
			n++
		}
	}
	return n
}
