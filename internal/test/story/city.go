package story

import (
	"context"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/gate/node"
)

// City is one regulation's story: the law it is told under, who is there when it begins, and what happens.
type City struct {
	Name    string // as the command line names it
	Title   string
	Pack    string
	Opening time.Time
	Houses  []House
	Seats   []Seat
	Guests  []Seat // who joins while it is told
	Tables  []Table
	Steps   []Step
	// Leave files what the city's desks would still have on them when the story is over, and puts into the folder what a
	// visitor may hand in by hand.
	Leave func(t *Teller, ctx context.Context, kit string) error
}

// Table is a resource of the story and the seat whose department holds it.
type Table struct{ Name, Holder string }

// Cities are the stories, the first being the one that is told when none is named.
func Cities() []City { return []City{Quanzhou(), Guizhou(), Zhoushan(), Hainan(), Weihai()} }

// Find finds a city's story by its name; the empty name is the first.
func Find(name string) (City, error) {
	all := Cities()
	if name == "" {
		return all[0], nil
	}
	i := slices.IndexFunc(all, func(c City) bool { return c.Name == name || c.Pack == name })
	if i < 0 {
		return City{}, errs.New(errs.Invalid, "没有 %s 的故事, 请从 %s 中选择", name, strings.Join(Names(), "、"))
	}
	return all[i], nil
}

// Names are the names under which the stories are told.
func Names() []string {
	var out []string
	for _, c := range Cities() {
		out = append(out, c.Name)
	}
	return out
}

// Has reports whether the story has the step.
func (c City) Has(step string) bool {
	return slices.ContainsFunc(c.Steps, func(s Step) bool { return s.Name == step })
}

// Prepare opens what the first city's story assumes.
func Prepare(ctx context.Context, n *node.Node) error { return Cities()[0].Prepare(ctx, n) }

// Guests are the accounts that join during the first city's story.
func Guests() []Seat { return Cities()[0].Guests }

// at is nine in the morning of a day in China.
func at(day workday.Date) time.Time { return day.Time().Add(9 * time.Hour) }
