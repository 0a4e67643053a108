package lawcase

import (
	"context"

	"yunei/internal/core/access"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/supply"
)

// ask is an application for what the scenario needs of the card table.
func (w *World) ask() supply.Ask {
	return supply.Ask{Items: []supply.AskItem{{Resource: w.card.ID, Fields: cardFields}}}
}

// cardFields are what the models of a world read.
var cardFields = []string{"education", "default_next_month", "pay_0"}

// supplier is who supplies data: the authorized operator where the pack has that level, else the bureau.
func (w *World) supplier() context.Context {
	if w.has(grant.KindOperator) {
		return w.seat(access.Authorized)
	}
	return w.seat(access.Bureau)
}

// mount is an application whose parts were agreed to, under a grant in force, before it is supplied.
func (w *World) mount() (func() error, error) {
	f, id, _, err := w.granted()
	if err != nil {
		return nil, err
	}
	page, err := w.Grant.Grant(w.as(f), id)
	if err != nil {
		return nil, err
	}
	a, err := w.Supply.Apply(w.as(f), page.Grant.Scenario, w.ask())
	if err == nil {
		err = w.pass(a.Parts[0])
	}
	return func() error {
		_, err := w.Supply.Supply(w.supplier(), a.Parts[0], supply.Delivery{Space: w.desk})
		return err
	}, err
}
