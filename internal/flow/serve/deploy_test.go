package serve_test

import (
	"testing"

	"yunei/internal/base/errs"
	"yunei/internal/flow/serve"
	"yunei/internal/test/town"
)

// What is deployed is what the experts signed, verified again: under the scenario's own grant, and not where a row was
// changed, the grant has ended or the catalog has become stricter.
func TestService_Deploy(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		g := w.Grants("bank", 0)
		deploy := func(who, version string) error {
			_, err := w.Serve.Deploy(w.As(who), version, 0, "")
			return err
		}
		_, none := w.Serve.Deploy(w.As("other"), "ver_none", 0, "")
		town.SameWords(t, "a version", deploy("other", g.Band.ID), none)
		town.WantArticle(t, "a table, whose plan is run in the space", deploy("bank", g.Table.ID), "六(一)")

		w.Tamper(`UPDATE matter SET state = 'refused' WHERE id = $1`, g.Declaration.Matter)
		town.WantCode(t, "a version whose review was refused", deploy("bank", g.Band.ID), errs.Forbidden)
		w.Tamper(`UPDATE matter SET state = 'passed' WHERE id = $1`, g.Declaration.Matter)
		w.Tamper(`UPDATE catalog_entry SET operate_access = 'no' WHERE id = $1`, w.Card.ID)
		town.WantCode(t, "a version over data no longer given", deploy("bank", g.Band.ID), errs.Conflict)
		w.Tamper(`UPDATE catalog_entry SET operate_access = 'conditional' WHERE id = $1`, w.Card.ID)
		_, err := w.Grant.Suspend(w.As("bureau"), g.Grant.ID)
		town.Must(t, err)
		town.WantCode(t, "under a suspended grant", deploy("bank", g.Band.ID), errs.Forbidden)
		_, err = w.Grant.Lift(w.As("bureau"), g.Grant.ID)
		town.Must(t, err)

		d, err := w.Serve.Deploy(w.As("bank"), g.Band.ID, 0, "")
		if err != nil || d.State != serve.Open || d.Hash != g.Band.Hash || d.Scenario != g.Scenario.ID || d.Grant != g.Grant.ID {
			t.Errorf("Deploy = %+v, %v, want the signed hash in its scenario under its grant", d, err)
		}
		w.Fsck()
	})
}
