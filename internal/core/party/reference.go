package party

import (
	"context"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/regime"
)

// How the rules hold for the data of a body that is no public organ (参照执行).
const (
	ReferenceNone   = "none"   // they hold directly, or the law in force knows no such difference
	ReferenceAlways = "always" // by reference, without being asked: public institutions
	ReferenceChosen = "chosen" // by reference, as the body chose
	ReferenceOpen   = "open"   // the body may choose and has not
)

var referenceWords = map[string]string{ReferenceNone: "不适用参照执行", ReferenceAlways: "依规参照执行, 不能选择", ReferenceChosen: "已经登记参照执行"}

// Values a pack sets: which kinds of body follow its rules by reference in any case, and which when they choose to.
const (
	valueReferenceAlways = "reference.always"
	valueReferenceChosen = "reference.chosen"
)

// referenceOf is how the rules hold for a body's data on a day.
func referenceOf(ctx context.Context, tx *sqldb.Tx, law *regime.Law, o Organization, day workday.Date) (string, error) {
	names := func(value string) ([]string, error) {
		v, err := law.Value(value, day)
		if errs.Is(err, errs.NotFound) {
			return nil, nil
		}
		return strings.FieldsFunc(v.Text, func(r rune) bool { return r == ',' || r == ' ' }), err
	}
	always, err := names(valueReferenceAlways)
	if err != nil || slices.Contains(always, string(o.Kind)) {
		return ReferenceAlways, err
	}
	may, err := names(valueReferenceChosen)
	if err != nil || !slices.Contains(may, string(o.Kind)) {
		return ReferenceNone, err
	}
	list, err := standingFor(ctx, tx, o.ID, ByReference)
	if len(list) > 0 {
		return ReferenceChosen, err
	}
	return ReferenceOpen, err
}

// ByReferenceNow reports which organizations' data stands under the rules by reference today: their items are labeled so (贵州
// 第三十条: 参照本办法执行).
func (s *Service) ByReferenceNow(ctx context.Context, ids ...string) (map[string]bool, error) {
	out := map[string]bool{}
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		for _, id := range ids {
			o, err := Load(ctx, tx, id)
			if errs.Is(err, errs.NotFound) {
				continue
			}
			if err != nil {
				return err
			}
			standing, err := referenceOf(ctx, tx, s.Acts.Law(), o, workday.DateOf(tx.Now()))
			if err != nil {
				return err
			}
			out[id] = standing == ReferenceAlways || standing == ReferenceChosen
		}
		return nil
	})
	return out, err
}

// Reference is how the rules hold for one body's data.
func (s *Service) Reference(ctx context.Context, org string) (standing string, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		o, err := Load(ctx, tx, org)
		if err == nil {
			standing, err = referenceOf(ctx, tx, s.Acts.Law(), o, workday.DateOf(tx.Now()))
		}
		return err
	})
	return standing, err
}
