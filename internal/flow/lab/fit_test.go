package lab_test

import (
	"fmt"
	"strings"
	"testing"

	"yunei/internal/core/query"
	"yunei/internal/core/query/disclose"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/collect"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/lab"
	"yunei/internal/test/story/resources"
	"yunei/internal/test/town"
)

// employers publishes a table of people's employers, a text nobody has published a list of: 400 work at one, 380 at the
// other, and eleven each at a place of their own.
func employers(t *testing.T, w *town.Town) catalog.Entry {
	t.Helper()
	c := resources.CreditDefault()
	c.Code, c.Title, c.Table = "3010010001/000002", "就业登记", "job"
	employer := c.Fields[2]
	employer.Name, employer.Header, employer.Title, employer.Type = "employer", "", "单位", query.Text
	employer.Codes, employer.CodeList, employer.Select, employer.MaxLength = nil, "", true, 64
	c.Fields = []catalog.Field{c.Fields[0], employer}
	e, err := w.Catalog.Draft(w.As("holder"), c)
	town.Must(t, err)
	_, err = w.Catalog.Submit(w.As("holder"), e.ID)
	town.Must(t, err)
	e, err = w.Catalog.Publish(w.As("bureau"), e.ID)
	town.Must(t, err)
	var file strings.Builder
	fmt.Fprintf(&file, "%s,employer\n", c.Fields[0].HeaderName())
	for i := range 791 {
		name := "第一纺织厂"
		if i >= 400 {
			name = " 第二纺织厂 "
		}
		if i >= 780 {
			name = fmt.Sprintf("独户%c", 'A'+rune(i-780))
		}
		fmt.Fprintf(&file, "%s,%s\n", collect.InventedNumber(10_000+i), name)
	}
	_, err = w.Collect.Load(w.As("holder"), e.ID, "job.csv", strings.NewReader(file.String()))
	town.Must(t, err)
	return e
}

// A fit and a table of a private domain take the way of every model: checked, tried on samples, approved, charged, run in
// the engine. What leaves is coefficients, and the groups that selection let through.
func TestService_Run_fit(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		job := employers(t, w)
		plan := w.Plan(60_000_000_000, "limit_bal", "age", "sex", "default_next_month")
		plan.Needs = append(plan.Needs, grant.Need{Resource: job.ID, Fields: []string{"employer"}, Why: "模型所需"})
		sc, err := w.Grant.Predeclare(w.As("bank"), plan)
		town.Must(t, err)
		town.Must(t, w.Decide("operator", sc.Matter, "review", "pass"))
		sp := w.Space("bank", sc)
		texts := []string{
			"FIT linear limit_bal ON age, sex FROM credit_default",
			"FIT logistic default_next_month ON bucket(age, 35) AS age FROM credit_default",
			"SELECT employer, COUNT(*) AS people FROM job GROUP BY employer",
		}
		var versions []lab.Version
		for _, text := range texts {
			checked, err := w.Lab.Check(w.As("bank"), sp.ID, lab.Source{Class: "A", Text: text}, 20_000_000_000)
			if err != nil || len(checked.Refusals) > 0 || checked.Charge.Refused {
				t.Fatalf("%s: %+v, %v", text, checked, err)
			}
			for _, c := range checked.Preview.Columns {
				if c.Error95 == "" {
					t.Errorf("%s: no error of %s is predicted", text, c.Name)
				}
			}
			tried, err := w.Lab.Try(w.As("bank"), sp.ID, "A", text, "")
			if err != nil || tried.Table == nil {
				t.Fatalf("%s tried: %+v, %v", text, tried, err)
			}
			m, err := w.Lab.SaveModel(w.As("bank"), sp.ID, lab.Model{Name: "模型", Class: "A", Draft: text})
			town.Must(t, err)
			v, err := w.Lab.Submit(w.As("bank"), m.ID, false, 20_000_000_000)
			town.Must(t, err)
			versions = append(versions, v)
		}
		d := w.Declare("bank", sc, versions...)
		w.Approve(d)
		_, err = w.Grant.Start(w.As("operator"), w.Agree("bank", d).ID)
		town.Must(t, err)
		for i, v := range versions {
			r, err := w.Lab.Run(w.As("bank"), sp.ID, v.ID)
			if err != nil || r.State != lab.Done || r.Rho <= 0 || r.Rho > 20_000_000_000 {
				t.Fatalf("%s: %+v, %v", texts[i], r, err)
			}
			m, err := query.Decode(v.IR)
			town.Must(t, err)
			result, _, err := w.Lab.Result(r, m)
			town.Must(t, err)
			if err := result.Evidence.CheckNoise(); err != nil {
				t.Errorf("%s: %v", texts[i], err)
			}
			rows := result.Table.Rows
			if m.Fit != nil {
				if len(rows) != len(m.Fit.Terms)+1 {
					t.Errorf("%s: %d coefficients, want %d", texts[i], len(rows), len(m.Fit.Terms)+1)
				}
				continue
			}
			if len(rows) != 2 || rows[0].Fields[0].Text() != "第一纺织厂" || rows[1].Fields[0].Text() != "第二纺织厂" {
				t.Errorf("%s: %+v, want the two large employers", texts[i], rows)
			}
			charges := w.Count(`SELECT COUNT(*) FROM disclosure_charge WHERE release = $1 AND delta > 0 AND scope = $2`, r.Charge, disclose.ResourceYear)
			if charges != 1 {
				t.Errorf("the selection's delta is charged to %d resource-years, want 1", charges)
			}
		}
		w.Fsck()
	})
}
