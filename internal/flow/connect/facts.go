package connect

import (
	"context"
	"strings"

	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/regime"
)

// registerFacts tells the law what it may look at of a connection and a channel.
func (s *Registry) registerFacts() {
	fact := func(name string, t regime.Type, of func(c Connection, lacks []Lack) any) regime.Fact {
		return regime.Fact{Name: name, Type: t, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			c, err := load(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			day := workday.DateOf(tx.Now())
			asked, err := s.required(c.Kind, day)
			return of(c, c.lacks(asked, day)), err
		}}
	}
	s.acts.Law().RegisterFact(
		fact("connection.kind", regime.String, func(c Connection, _ []Lack) any { return string(c.Kind) }),
		fact("connection.certified", regime.Bool, func(_ Connection, lacks []Lack) any { return len(lacks) == 0 }),
		fact("connection.lacks", regime.String, func(_ Connection, lacks []Lack) any { return words(lacks) }),
		fact("connection.builder_access", regime.Bool, func(c Connection, _ []Lack) any { return c.BuilderAccess }),
		fact("connection.found", regime.Bool, func(c Connection, _ []Lack) any { return c.Finding != "" }),
		fact("connection.excepted", regime.Bool, func(c Connection, _ []Lack) any { return c.Exception != "" }),
		regime.Fact{Name: "connection.accept", Type: regime.Bool},
		regime.Fact{Name: "channel.built", Type: regime.Day, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			c, err := loadChannel(ctx, tx, id)
			return c.Built, err
		}},
		regime.Fact{Name: "org.channels", Type: regime.Int, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			list, err := channelsOf(ctx, tx, id)
			return len(list), err
		}},
	)
}

func words(lacks []Lack) string {
	said := make([]string, 0, len(lacks))
	for _, l := range lacks {
		if l.State == "lapsed" {
			said = append(said, l.Title+"(已过期)")
		} else {
			said = append(said, l.Title)
		}
	}
	return strings.Join(said, "、")
}
