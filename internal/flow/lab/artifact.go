package lab

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
	"yunei/internal/core/query"
	"yunei/internal/core/query/disclose"
	"yunei/internal/flow/grant"
)

// Artifact loads the representation of an approved version as it may run: its bytes hash to what was declared, the
// experts' signatures over that hash verify, and today's policy still allows it. A stricter policy than on the day of
// approval refuses; a looser one changes nothing.
func (s *Service) Artifact(ctx context.Context, tx *sqldb.Tx, scenario, version string) (Version, *query.Family, error) {
	v, err := LoadVersion(ctx, tx, version)
	if err != nil {
		return v, nil, err
	}
	sc, err := grant.LoadScenario(ctx, tx, scenario)
	if err != nil {
		return v, nil, err
	}
	f, err := s.artifact(ctx, tx, sc, v)
	return v, f, err
}

func (s *Service) artifact(ctx context.Context, tx *sqldb.Tx, sc grant.Scenario, v Version) (*query.Family, error) {
	f, err := v.Artifact()
	if err != nil {
		return nil, err
	}
	if f.Hash() != v.Hash {
		return nil, fmt.Errorf("model version %s: its representation hashes to %s, the version says %s", v.ID, f.Hash(), v.Hash)
	}
	if err := s.Signed(ctx, tx, v); err != nil {
		return nil, err
	}
	return f, s.recheck(ctx, tx, sc, f)
}

// Signed looks for an approved declaration whose experts signed this version with this hash, and verifies it all again:
// a row that says so is not enough.
func (s *Service) Signed(ctx context.Context, tx *sqldb.Tx, v Version) error {
	list, err := grant.DeclarationsOf(ctx, tx, v.ID)
	if err != nil {
		return err
	}
	for _, d := range list {
		if d.State != grant.Approved || !declares(d, v) {
			continue
		}
		m, err := matter.Load(ctx, tx, d.Matter)
		if err != nil {
			return err
		}
		ok, err := s.expertsSigned(ctx, tx, d, m)
		if err != nil || ok {
			return err
		}
	}
	return errs.New(errs.Forbidden, "模型没有专家对其摘要的有效签名, 不能在原始数据上运行; 请重新申报")
}

func declares(d grant.Declaration, v Version) bool {
	for _, m := range d.Models {
		if m.Version == v.ID && m.Hash == v.Hash {
			return true
		}
	}
	return false
}

// expertsSigned verifies every passing expert's signature again and counts different experts against the quorum, which is
// the law's and not what the matter's row says. A declaration whose experts' step was skipped has none: its model was
// signed in an earlier one.
func (s *Service) expertsSigned(ctx context.Context, tx *sqldb.Tx, d grant.Declaration, m *matter.Matter) (bool, error) {
	if m.Kind != grant.KindScenario || m.Subject != d.ID || m.State != matter.Passed {
		return false, nil
	}
	quorum, _, err := s.Acts.Law().Int("expert.panel.quorum", m.Day)
	if err != nil {
		return false, err
	}
	signers := map[string]bool{}
	for _, step := range m.Steps {
		if access.Role(step.Role) != access.Expert || step.State != matter.StepDone {
			continue
		}
		for _, o := range step.Opinions {
			if o.Verdict != matter.Pass || o.Signature == nil {
				continue
			}
			good, err := expertSigned(ctx, tx, d, o)
			if err != nil {
				return false, err
			}
			if good {
				signers[o.Account] = true
			}
		}
	}
	return int64(len(signers)) >= max(quorum, 1), nil
}

// expertSigned reports whether the opinion's account is an expert's and its own key signed the declaration's hashes.
func expertSigned(ctx context.Context, tx *sqldb.Tx, d grant.Declaration, o matter.Opinion) (bool, error) {
	account, err := access.LoadAccount(ctx, tx, o.Account)
	if err != nil || !account.Actor().Has(access.Expert) {
		return false, notMissing(err)
	}
	key, err := access.LoadKey(ctx, tx, o.Signature.Key)
	if err != nil {
		return false, notMissing(err)
	}
	return key.Account == o.Account && key.Verify([]byte(d.SignText()), o.Signature.Value) == nil, nil
}

// notMissing drops the error of a row that is not there: what does not exist has signed nothing.
func notMissing(err error) error {
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	return err
}

// minUnits is the fewest subjects a published cell should stand for: a value of the law.
func (s *Service) minUnits(day workday.Date) (int, error) {
	n, _, err := s.Acts.Law().Int("output.min.units", day)
	return int(n), err
}

// access is how often a model may be run on raw data: values of the law.
func (s *Service) access(day workday.Date) (a disclose.Access, err error) {
	if a.Runs, _, err = s.Acts.Law().Int("model.runs.per.snapshot", day); err == nil {
		a.Tuples, _, err = s.Acts.Law().Int("model.tuples.per.month", day)
	}
	return a, err
}

// pseudonym makes a space's own pseudonyms: what leaves one space cannot be joined with another's.
func pseudonym(key []byte) func(string) int64 {
	return func(sid string) int64 { return int64(binary.BigEndian.Uint64(seal.MAC(key, []byte(sid)))) }
}

func digestOf(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha256:" + hex.EncodeToString(sum[:])
}
