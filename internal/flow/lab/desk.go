package lab

import (
	"context"
	"fmt"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/synth"
	"yunei/internal/flow/grant"
)

// Desk (模型评审台) is what lies beside a version for those who review it: its line of versions and who has signed it.
type Desk struct {
	Siblings   []Sibling   `json:"siblings" doc:"Versions of the same model, newest first, this one among them"`
	Signatures []Signature `json:"signatures" doc:"Experts who signed its hash, newest first"`

	Today []guard.Check `json:"today,omitempty" doc:"The checks that change with time, as of now: predicted error, budgets, overlap with earlier queries"`
}

// Sibling is a version of the same model.
type Sibling struct {
	ID       string    `json:"id"`
	Number   int       `json:"number"`
	Hash     string    `json:"hash"`
	Text     string    `json:"text"`
	Module   string    `json:"module,omitempty" doc:"Digest of the module of its step"`
	Inputs   []string  `json:"inputs"`
	Outputs  []string  `json:"outputs"`
	Rho      int64     `json:"rho"`
	Approved bool      `json:"approved"`
	Opened   time.Time `json:"opened"`
}

// Signature is one expert's signature over the hashes of a declaration, verified anew.
type Signature struct {
	Declaration string    `json:"declaration"`
	Matter      string    `json:"matter"`
	Expert      string    `json:"expert" doc:"Name of the expert"`
	At          time.Time `json:"at"`
	Valid       bool      `json:"valid" doc:"The signature verifies with the expert's registered key"`
}

// maxSiblings is how many versions of a line a reviewer can compare with.
const maxSiblings = 50

// mayReview: the owner of a version, the overseers of its space, and whoever was asked about it read its text.
func mayReview(ctx context.Context, tx *sqldb.Tx, v Version) (bool, error) {
	actor := access.From(ctx)
	if actor.Org != "" && actor.Org == v.Org {
		return true, nil
	}
	if actor.Overseer() {
		m, err := loadModel(ctx, tx, v.Model)
		if err != nil {
			return false, err
		}
		if of, err := overseesSpace(ctx, tx, m.Space); of || err != nil {
			return of, err
		}
	}
	return grant.Asked(ctx, tx, actor, v.ID)
}

// reviewed loads a version for somebody who may review it; anybody else is told that there is none.
func reviewed(ctx context.Context, tx *sqldb.Tx, id string) (Version, error) {
	v, err := LoadVersion(ctx, tx, id)
	if err != nil {
		return v, err
	}
	may, err := mayReview(ctx, tx, v)
	if err == nil && !may {
		return Version{}, errs.New(errs.NotFound, noVersion)
	}
	return v, err
}

// Desk is the review desk of a version.
func (s *Service) Desk(ctx context.Context, id string) (d Desk, err error) {
	d.Signatures = []Signature{}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		v, err := reviewed(ctx, tx, id)
		if err != nil {
			return err
		}
		if d.Siblings, err = siblings(ctx, tx, v); err != nil {
			return err
		}
		if d.Today, err = s.today(ctx, tx, v); err != nil {
			return err
		}
		list, err := grant.DeclarationsOf(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, declaration := range list {
			if declares(declaration, v) {
				if err := d.sign(ctx, tx, declaration); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return d, err
}

// today makes the checks of a version that change with time. A version that today's policy refuses has none.
func (s *Service) today(ctx context.Context, tx *sqldb.Tx, v Version) ([]guard.Check, error) {
	c, sc, err := s.stored(ctx, tx, v)
	if errs.Is(err, errs.Conflict) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	list, _, err := s.foresee(ctx, tx, sc, c)
	return list, err
}

func siblings(ctx context.Context, tx *sqldb.Tx, v Version) ([]Sibling, error) {
	list, err := listVersions(ctx, tx, v.Org, "", v.Model, "", maxSiblings)
	if err != nil {
		return nil, err
	}
	out := make([]Sibling, len(list))
	for i, x := range list {
		approved, err := Approved(ctx, tx, x.ID)
		if err != nil {
			return nil, err
		}
		out[i] = Sibling{x.ID, x.Number, x.Hash, x.Text, x.Module, x.Inputs, x.Outputs, x.Rho, approved, x.Opened}
	}
	return out, nil
}

// sign gathers the experts' signatures under a declaration.
func (d *Desk) sign(ctx context.Context, tx *sqldb.Tx, declaration grant.Declaration) error {
	m, err := matter.Load(ctx, tx, declaration.Matter)
	if err != nil {
		return err
	}
	for _, step := range m.Steps {
		for _, o := range step.Opinions {
			if o.Signature == nil {
				continue
			}
			account, err := access.LoadAccount(ctx, tx, o.Account)
			if err != nil {
				return err
			}
			good, err := expertSigned(ctx, tx, declaration, o)
			if err != nil {
				return err
			}
			d.Signatures = append(d.Signatures, Signature{declaration.ID, m.ID, account.Name, o.At, good})
		}
	}
	return nil
}

// TryVersion runs a submitted version, exactly as it would run, on synthetic rows: for those who review it. It reads nobody's
// data, changes nothing and charges nothing.
func (s *Service) TryVersion(ctx context.Context, id string) (Trial, error) {
	var c *compiled
	var data interp.Data
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		v, err := reviewed(ctx, tx, id)
		if err != nil {
			return err
		}
		if c, _, err = s.stored(ctx, tx, v); err != nil {
			return err
		}
		data, err = s.madeFor(ctx, tx, c, synth.LevelS2)
		return err
	})
	if err != nil {
		return Trial{}, err
	}
	out, _, err := s.trial(ctx, c, data)
	return out, err
}

// stored is a version as compiled, from its representation and today's catalog.
func (s *Service) stored(ctx context.Context, tx *sqldb.Tx, v Version) (*compiled, grant.Scenario, error) {
	none := grant.Scenario{}
	f, err := v.Artifact()
	if err != nil || f.Hash() != v.Hash {
		return nil, none, fmt.Errorf("model version %s: its representation is not what its hash says: %w", v.ID, err)
	}
	model, err := loadModel(ctx, tx, v.Model)
	if err != nil {
		return nil, none, err
	}
	sp, err := loadSpace(ctx, tx, model.Space)
	if err != nil {
		return nil, none, err
	}
	sc, err := grant.LoadScenario(ctx, tx, sp.Scenario)
	if err != nil {
		return nil, none, err
	}
	cat, err := s.catalogOf(ctx, tx, sc)
	if err != nil {
		return nil, none, err
	}
	if refusals := guard.RecheckFamily(f, cat); len(refusals) > 0 {
		return nil, none, &errs.Error{Code: errs.Conflict, Msg: "目录的使用规定已经改变, 本版本不再通过检查; 请开发单位重新提交", Spots: guard.Spots(refusals)}
	}
	c := &compiled{text: v.Text, family: f, model: f.First(), catalog: cat}
	if c.module, err = s.Bytes(ctx, tx, v); err != nil {
		return nil, none, err
	}
	return c, sc, s.plan(c, v.Rho, workday.DateOf(tx.Now()))
}
