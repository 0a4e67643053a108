package matter

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
)

// drawMethod is how anybody repeats a draw with sha256sum: the candidates and the seed stand beside it.
const drawMethod = "对每名候选人计算 SHA-256(种子 + 一个空格 + 账号编号), 按十六进制结果从小到大排列; 依次请未被排除的人入席, 至席位坐满"

// Draw (专家抽取) is how the seats of a panel were filled: by lot, so that nobody chooses the experts of a matter, and
// so written down that everybody can repeat it.
type Draw struct {
	Method     string      `json:"method"`
	Seed       string      `json:"seed"`
	Seats      int         `json:"seats"`
	Candidates []Candidate `json:"candidates" doc:"In the drawn order"`
	Cover      []string    `json:"cover,omitempty" doc:"Fields of which somebody must sit: in the drawn order, who brings a missing field comes first"`
}

// Candidate is one person in the draw.
type Candidate struct {
	Account  string   `json:"account"`
	Name     string   `json:"name,omitempty" doc:"Told when the file is read, never kept with the draw"`
	Org      string   `json:"org,omitempty"`
	Seed     string   `json:"seed,omitempty" doc:"Where the person joined by a further draw: its seed"`
	Fields   []string `json:"fields,omitempty"`
	Excluded string   `json:"excluded,omitempty" doc:"Why the person was passed over or gave the seat back (回避)"`
}

// Lot is the lot of one candidate, a person or a file, in a draw with this seed.
func Lot(seed, id string) string {
	sum := sha256.Sum256([]byte(seed + " " + id))
	return hex.EncodeToString(sum[:])
}

// draw puts the pool into the drawn order; why tells of each whether a conflict of interest excludes them.
func draw(seed string, pool []access.Account, why func(access.Account) string) []Candidate {
	out := make([]Candidate, 0, len(pool))
	for _, a := range pool {
		out = append(out, Candidate{Account: a.ID, Org: a.Org, Excluded: why(a)})
	}
	slices.SortFunc(out, func(a, b Candidate) int {
		return strings.Compare(Lot(seed, a.Account), Lot(seed, b.Account))
	})
	return out
}

// seated are the inboxes of those who sit.
func (d *Draw) seated() []string {
	missing := slices.Clone(d.Cover)
	chosen := map[string]bool{}
	for _, c := range d.Candidates {
		brings := func(f string) bool { return slices.Contains(c.Fields, f) }
		if c.Excluded == "" && len(chosen) < d.Seats && slices.ContainsFunc(missing, brings) {
			chosen[c.Account], missing = true, slices.DeleteFunc(missing, brings)
		}
	}
	for _, c := range d.Candidates {
		if c.Excluded == "" && len(chosen) < d.Seats {
			chosen[c.Account] = true
		}
	}
	var out []string
	for _, c := range d.Candidates {
		if chosen[c.Account] {
			out = append(out, access.AccountAddress(c.Account))
		}
	}
	return out
}

// uncovered is a field that nobody who sits is in, or "".
func (d *Draw) uncovered() string {
	seated := d.seated()
	for _, f := range d.Cover {
		if !slices.ContainsFunc(d.Candidates, func(c Candidate) bool {
			return slices.Contains(c.Fields, f) && slices.Contains(seated, access.AccountAddress(c.Account))
		}) {
			return f
		}
	}
	return ""
}

func (d *Draw) find(account string) *Candidate {
	for i := range d.Candidates {
		if d.Candidates[i].Account == account {
			return &d.Candidates[i]
		}
	}
	return nil
}

// conflict says why somebody may not sit on this step's panel, or "". An expert stands aside from the applicant, from
// those whose data or opinion the same matter is about, and from what they themselves already decided in it.
func (m *Matter) conflict(step *Step, account, org string) string {
	if org != "" && org == m.Applicant {
		return "与申请人属于同一单位"
	}
	for i := range m.Steps {
		s := &m.Steps[i]
		if s.Draw != nil {
			if c := s.Draw.find(account); c != nil && c.Excluded != "" && s.ID != step.ID {
				return c.Excluded
			}
		}
		if s.ID == step.ID {
			continue
		}
		switch {
		case slices.ContainsFunc(s.Opinions, func(o Opinion) bool { return o.Account == account }):
			return "已在“" + s.Title + "”环节提出过意见"
		case org != "" && slices.Contains(s.Addressed, access.OrgAddress(org, access.Role(s.Role))):
			return "所在单位在“" + s.Title + "”环节办理本件"
		}
	}
	return ""
}

// panel fills the seats of a step: by a draw when it opens for the first time, by the same order when it opens again, so
// that the same people sit after a supplement. Who has no account any more is passed over.
func (s *Service) panel(ctx context.Context, tx *sqldb.Tx, m *Matter, step *Step) ([]string, error) {
	pool, err := access.AccountsIn(ctx, tx, "", access.Role(step.Role))
	if err != nil {
		return nil, err
	}
	least, cite := step.Need, step.NeedCite // after somebody recused, those who remain go on as long as they are a quorum
	if step.Draw == nil {
		least, cite = step.Seats, step.SeatsCite
		seed := m.ID + " " + step.ID
		step.Draw = &Draw{Method: drawMethod, Seed: seed, Seats: step.Seats,
			Candidates: draw(seed, pool, func(a access.Account) string { return m.conflict(step, a.ID, a.Org) })}
	}
	known, err := s.known(ctx, tx, pool)
	if err != nil {
		return nil, err
	}
	if s.Experts != nil {
		if step.Draw.Cover, err = s.Experts.Cover(m.Day); err != nil {
			return nil, err
		}
	}
	for i := range step.Draw.Candidates {
		c := &step.Draw.Candidates[i]
		if c.Excluded == "" && !slices.ContainsFunc(pool, func(a access.Account) bool { return a.ID == c.Account }) {
			c.Excluded = "账号已停用或者不再担任" + step.RoleTitle
		}
		c.seat(known)
	}
	step.passOver(m)
	to := step.Draw.seated()
	if len(to) < step.Seats {
		step.further(m, pool)
		for i := range step.Draw.Candidates {
			step.Draw.Candidates[i].seat(known)
		}
		to = step.Draw.seated()
	}
	if f := step.Draw.uncovered(); f != "" {
		return nil, errs.New(errs.Conflict, "“%s”的%s须覆盖各领域, 现在没有可以参加的 %s 领域人员, 请先由主管部门补充", step.Title, step.RoleTitle, f)
	}
	if len(to) < least {
		return nil, refuse(errs.Conflict, cite, "“%s”须由 %d 名%s参加, 现在只有 %d 名可以参加, 请先由主管部门增加%s",
			step.Title, least, step.RoleTitle, len(to), step.RoleTitle)
	}
	return to, nil
}

// known asks the register about each of the pool.
func (s *Service) known(ctx context.Context, tx *sqldb.Tx, pool []access.Account) (map[string]Seated, error) {
	out := map[string]Seated{}
	if s.Experts == nil {
		return out, nil
	}
	for _, a := range pool {
		if !a.Actor().Has(access.Expert) {
			continue
		}
		e, err := s.Experts.Expert(ctx, tx, a.ID)
		if err != nil {
			return nil, err
		}
		out[a.ID] = e
	}
	return out, nil
}

// seat notes what the register says of a candidate.
func (c *Candidate) seat(known map[string]Seated) {
	e, found := known[c.Account]
	if !found {
		return
	}
	c.Fields = e.Fields
	if c.Excluded == "" {
		c.Excluded = e.Barred
	}
}

// further draws among those who were not in the pool when the step was first drawn; they come after everyone drawn before.
func (s *Step) further(m *Matter, pool []access.Account) {
	fresh := slices.DeleteFunc(slices.Clone(pool), func(a access.Account) bool { return s.Draw.find(a.ID) != nil })
	seed := s.Draw.Seed + " " + strconv.Itoa(len(s.Draw.Candidates))
	for _, c := range draw(seed, fresh, func(a access.Account) string { return m.conflict(s, a.ID, a.Org) }) {
		c.Seed = seed
		s.Draw.Candidates = append(s.Draw.Candidates, c)
	}
}
