package party

import (
	"context"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/regime"
)

// Facts are what a rule may look at here: the organization and its application.
func Facts(law *regime.Law) []regime.Fact {
	return append(append(fileFacts(), accountFacts(law)...),
		orgFact("org.admitted", regime.Bool, func(ctx context.Context, tx *sqldb.Tx, o Organization) (any, error) { return AdmittedNow(ctx, tx, o) }),
		orgFact("org.registered", regime.Day, func(_ context.Context, _ *sqldb.Tx, o Organization) (any, error) { return o.Registered, nil }),
		orgFact("org.in_province", regime.Bool, func(_ context.Context, _ *sqldb.Tx, o Organization) (any, error) { return o.InProvince, nil }),
		orgFact("org.kind", regime.String, func(_ context.Context, _ *sqldb.Tx, o Organization) (any, error) { return string(o.Kind), nil }),
		admissionFact("admission.method", regime.String, func(a Admission, _ time.Time) any { return string(a.Method) }),
		admissionFact("admission.qr_age_hours", regime.Int, func(a Admission, now time.Time) any { return a.codeAge(now) }),
		admissionFact("admission.pledge_signed", regime.Bool, func(a Admission, _ time.Time) any { return a.pledgeSigned() }),
		admissionFact("admission.documents", regime.StringList, func(a Admission, _ time.Time) any { return a.documentKinds() }),
		regime.Fact{Name: "change.happened", Object: "change", Type: regime.Day, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			c, err := loadChange(ctx, tx, id)
			return c.Happened, err
		}},
	)
}

// AdmittedNow reports whether the organization is admitted and not suspended at this instant.
func AdmittedNow(ctx context.Context, tx *sqldb.Tx, o Organization) (bool, error) {
	if o.Permit == "" {
		return false, nil
	}
	err := access.Valid(ctx, tx, o.Permit, workday.DateOf(tx.Now()))
	if errs.CodeOf(err) == errs.Internal {
		return false, err
	}
	return err == nil, nil
}

// codeAge is the number of whole hours between the making of the code and its use, or now.
func (a Admission) codeAge(now time.Time) int {
	if a.Code == nil {
		return 0
	}
	end := now
	if !a.Code.Used.IsZero() {
		end = a.Code.Used
	}
	return int(end.Sub(a.Code.Generated) / time.Hour)
}

func (a Admission) pledgeSigned() bool {
	if a.Method == QR {
		return a.Pledge != nil
	}
	for _, d := range a.Documents {
		if d.Kind == PledgePaper {
			return true
		}
	}
	return false
}

func (a Admission) documentKinds() []string {
	kinds := make([]string, 0, len(a.Documents))
	for _, d := range a.Documents {
		kinds = append(kinds, d.Kind)
	}
	return kinds
}

func orgFact(name string, t regime.Type, get func(context.Context, *sqldb.Tx, Organization) (any, error)) regime.Fact {
	return regime.Fact{Name: name, Object: "org", Type: t, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		o, err := Load(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		return get(ctx, tx, o)
	}}
}

func admissionFact(name string, t regime.Type, get func(a Admission, now time.Time) any) regime.Fact {
	return regime.Fact{Name: name, Object: "admission", Type: t, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		a, err := LoadAdmission(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		return get(a, tx.Now()), nil
	}}
}
