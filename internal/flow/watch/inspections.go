package watch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/ledger"
	"yunei/internal/core/notice"
	"yunei/internal/core/party"
)

// The acts in a file of supervision.
const (
	ActInspect  = "watch.inspect.open"
	ActJoin     = "watch.inspect.join"
	ActPart     = "watch.inspect.part"
	ActAsk      = "watch.inspect.ask"
	ActSupply   = "watch.inspect.answer"
	ActFind     = "watch.inspect.find"
	ActHandle   = "watch.inspect.handle"
	ActClose    = "watch.inspect.close"
	ActConclude = "watch.inspect.conclude"
	ActPull     = "watch.inspect.pull"
	ActTransfer = "watch.inspect.transfer"
	ActReturn   = "watch.inspect.return"
)

func (s *Service) defineInspections(supervisors, parties []access.Role) {
	inspectors := append([]access.Role{access.Mechanism, access.Owner}, supervisors...)
	everyone := append(append([]access.Role{}, inspectors...), parties...)
	for _, name := range []string{ActInspect, ActJoin, ActPart, ActAsk, ActFind, ActClose, ActConclude, ActPull, ActTransfer, ActReturn} {
		s.Acts.Define(act.Def{Name: name, Roles: inspectors})
	}
	s.Acts.Define(act.Def{Name: ActSupply, Roles: everyone}, act.Def{Name: ActHandle, Roles: everyone})
	s.Acts.Ledger().Register("inspection", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadInspection(ctx, tx, id) })
}

// Inspect opens a file of supervision (开展监督检查、登记安全事件、交办议定事项).
func (s *Service) Inspect(ctx context.Context, d InspectionDraft) (x Inspection, err error) {
	if err := d.check(); err != nil {
		return x, err
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActInspect}, func(ctx context.Context, tx *act.Tx) error {
		actor := tx.Actor()
		x = Inspection{ID: tx.NewID("ins"), Kind: d.Kind, Title: strings.TrimSpace(d.Title), Basis: strings.TrimSpace(d.Basis), Lead: actor.Org, Roles: actor.Roles,
			Subjects: slices.Compact(slices.Sorted(slices.Values(d.Subjects))), Members: []Member{}, Requests: []Material{}, Findings: []Remark{}, Transfers: []Transfer{},
			Steps: []InspectStep{}, State: InspectionOpen, Opened: tx.Now()}
		for _, id := range x.Subjects {
			_, o, err := s.target(ctx, tx.Tx, id, "")
			if err != nil {
				return err
			}
			p, err := permitOf(ctx, tx.Tx, actor, o)
			if err != nil {
				return err
			}
			if err := s.maySupervise(ctx, tx.Tx, actor, o, p); err != nil {
				return err
			}
		}
		for _, id := range d.Members {
			if err := x.join(ctx, tx, id, ""); err != nil {
				return err
			}
		}
		return s.keepInspection(ctx, tx, &x, ActInspect, "", nil, x.bodies()...)
	})
	return x, err
}

// permitOf is the permit by which a department supervises a body that it authorized; for others the body's admission.
func permitOf(ctx context.Context, tx *sqldb.Tx, actor access.Actor, o party.Organization) (p access.Permit, err error) {
	if actor.Has(access.Department) && !actor.Has(access.Bureau, access.Upper, access.Regulator) {
		var id string
		err := tx.QueryRow(ctx, `SELECT permit FROM authorized WHERE org = $1 AND authorizer = $2 AND permit <> '' ORDER BY id DESC LIMIT 1`, o.ID, actor.Org).Scan(&id)
		if err == nil {
			return access.LoadPermit(ctx, tx, id)
		}
		if err := missing(err, ""); !errs.Is(err, errs.NotFound) {
			return p, err
		}
	}
	if o.Permit != "" {
		return access.LoadPermit(ctx, tx, o.Permit)
	}
	return p, nil
}

func (x *Inspection) join(ctx context.Context, tx *act.Tx, org, duty string) error {
	if _, err := party.Load(ctx, tx.Tx, org); err != nil {
		return err
	}
	switch {
	case x.inspects(org):
		return errs.New(errs.Conflict, "这个单位已经参加, 无需再次邀请")
	case slices.Contains(x.Subjects, org):
		return errs.New(errs.Conflict, "被检查或者涉及的单位不能参加检查")
	}
	x.Members = append(x.Members, Member{Org: org, Duty: strings.TrimSpace(duty)})
	return nil
}

// keepInspection writes the step, judges and saves; who is told gets one message.
func (s *Service) keepInspection(ctx context.Context, tx *act.Tx, x *Inspection, name, note string, extra map[string]any, tell ...string) error {
	x.Steps = append(x.Steps, InspectStep{Act: name, Org: tx.Actor().Org, Account: tx.Actor().Account, Note: note, At: tx.Now()})
	facts := map[string]any{"inspection.kind": string(x.Kind), "inspection.headings": x.headings(), "inspection.lead_roles": slugs(x.Roles)}
	for k, v := range extra {
		facts[k] = v
	}
	if err := tx.JudgeAs(ctx, name, map[string]string{"inspection": x.ID}, facts); err != nil {
		return err
	}
	if err := saveInspection(ctx, tx.Tx, *x); err != nil {
		return err
	}
	for _, org := range tell {
		if org == tx.Actor().Org {
			continue
		}
		if err := notice.Send(ctx, tx, notice.Message{Kind: notice.InspectionTold, ObjectKind: "inspection", Object: x.ID,
			Params: map[string]string{"title": x.Title, "act": name}}, access.WholeOrg(org)); err != nil {
			return err
		}
	}
	return tx.Changed(ctx, "inspection", x.ID, *x)
}

// owe tells one body what it owes in a file until a day; settled tells that it is done.
func owe(ctx context.Context, tx *act.Tx, x Inspection, item, org string, due workday.Date) error {
	return notice.Send(ctx, tx, notice.Message{Kind: notice.InspectionOwed, ObjectKind: "inspection-item", Object: item, Due: due,
		Params: map[string]string{"title": x.Title, "inspection": x.ID}}, access.WholeOrg(org))
}

// inspecting does an act of those who inspect, while the file is open; on is done in every state where late says so.
func (s *Service) inspecting(ctx context.Context, name, id string, late bool, on func(tx *act.Tx, x *Inspection) (note string, extra map[string]any, tell []string, err error)) (x Inspection, err error) {
	_, err = s.Acts.Do(ctx, act.Call{Act: name}, func(ctx context.Context, tx *act.Tx) error {
		if x, err = loadInspection(ctx, tx.Tx, id); err != nil {
			return err
		}
		own := x.inspects(tx.Actor().Org) || name == ActReturn && x.concerns(tx.Actor().Org)
		switch {
		case !own && x.concerns(tx.Actor().Org):
			return errs.New(errs.Forbidden, "这一事项由开展检查的单位办理, 本单位可以提交材料和反馈处理情况")
		case !own:
			return errs.New(errs.NotFound, noInspection)
		case x.State != InspectionOpen && !late:
			return errs.New(errs.Conflict, "这件案卷已经办结, 请刷新查看")
		}
		note, extra, tell, err := on(tx, &x)
		if err != nil {
			return err
		}
		return s.keepInspection(ctx, tx, &x, name, note, extra, tell...)
	})
	return x, err
}

// Join brings a further body into the file (会同).
func (s *Service) Join(ctx context.Context, id, org, duty string) (Inspection, error) {
	return s.inspecting(ctx, ActJoin, id, false, func(tx *act.Tx, x *Inspection) (string, map[string]any, []string, error) {
		return duty, nil, []string{org}, x.join(ctx, tx, org, duty)
	})
}

// Part records what the acting body looked at and saw.
func (s *Service) Part(ctx context.Context, id, text string, evidence []string) (Inspection, error) {
	if strings.TrimSpace(text) == "" {
		return Inspection{}, spotted("text", "请写明本单位的检查情况")
	}
	return s.inspecting(ctx, ActPart, id, false, func(tx *act.Tx, x *Inspection) (string, map[string]any, []string, error) {
		org, now := tx.Actor().Org, tx.Now()
		i := slices.IndexFunc(x.Members, func(m Member) bool { return m.Org == org })
		if i < 0 {
			x.Members = append(x.Members, Member{Org: org})
			i = len(x.Members) - 1
		}
		x.Members[i].Part, x.Members[i].Evidence, x.Members[i].At = strings.TrimSpace(text), evidence, &now
		return "", nil, []string{x.Lead}, nil
	})
}

// Ask asks an inspected organization for materials until a day (要求提供材料).
func (s *Service) Ask(ctx context.Context, id, to, what string, due workday.Date) (Inspection, error) {
	return s.inspecting(ctx, ActAsk, id, false, func(tx *act.Tx, x *Inspection) (string, map[string]any, []string, error) {
		switch {
		case !slices.Contains(x.Subjects, to):
			return "", nil, nil, spotted("to", "只能要求案卷所涉的单位提供材料")
		case strings.TrimSpace(what) == "":
			return "", nil, nil, spotted("what", "请写明需要的材料")
		case !due.Valid() || due.Before(tx.Day()):
			return "", nil, nil, spotted("due", "请填写提交期限, 不能早于今天")
		}
		m := Material{ID: tx.NewID("mat"), By: tx.Actor().Org, To: to, What: strings.TrimSpace(what), Due: due, Asked: tx.Now()}
		x.Requests = append(x.Requests, m)
		return m.What, nil, nil, owe(ctx, tx, *x, m.ID, to, due)
	})
}

// Answer gives the materials, or says why there are none (提交材料).
func (s *Service) AnswerRequest(ctx context.Context, id, request, text string, evidence []string) (x Inspection, err error) {
	return s.inspected(ctx, ActSupply, id, func(tx *act.Tx, x *Inspection) (string, []string, error) {
		m, err := x.request(request)
		switch {
		case err != nil:
			return "", nil, err
		case m.To != tx.Actor().Org:
			return "", nil, errs.New(errs.Forbidden, "这项材料由其他单位提交")
		case m.Answered != nil:
			return "", nil, errs.New(errs.Conflict, "这项材料已经提交, 请刷新查看")
		case strings.TrimSpace(text) == "":
			return "", nil, spotted("text", "请写明提交的材料或者说明")
		}
		now := tx.Now()
		m.Answer, m.Evidence, m.Answered, m.Late = strings.TrimSpace(text), evidence, &now, tx.Day().After(m.Due)
		return m.What, []string{m.By}, notice.Settle(ctx, tx, m.ID, notice.InspectionOwed)
	})
}

// Find puts a finding, or a task of a resolution, on file with who sees to it and until when (检查发现).
func (s *Service) Find(ctx context.Context, id string, d RemarkDraft) (Inspection, error) {
	return s.inspecting(ctx, ActFind, id, false, func(tx *act.Tx, x *Inspection) (string, map[string]any, []string, error) {
		if err := d.check(tx.Day()); err != nil {
			return "", nil, nil, err
		}
		f := Remark{ID: tx.NewID("fnd"), By: tx.Actor().Org, Heading: strings.TrimSpace(d.Heading), Text: strings.TrimSpace(d.Text), Evidence: d.Evidence,
			ObjectKind: d.ObjectKind, Object: d.Object, Owner: d.Owner, Due: d.Due, State: FindingOpen, Made: tx.Now()}
		if d.Object != "" {
			org, err := ownerOf(ctx, tx.Tx, d.ObjectKind, d.Object)
			if err != nil {
				return "", nil, nil, err
			}
			if f.Owner != "" && f.Owner != org {
				return "", nil, nil, spotted("owner", "所选的加工、产品不属于这个单位, 请核对")
			}
			f.Owner = org
		}
		extra := map[string]any{"inspection.object_kind": f.ObjectKind, "inspection.owner_roles": []string{}}
		if d.Clean {
			f.State, f.Owner, f.Due = FindingClean, "", ""
			x.Findings = append(x.Findings, f)
			return f.Heading, extra, nil, nil
		}
		o, err := party.Load(ctx, tx.Tx, f.Owner)
		if err != nil {
			return "", nil, nil, err
		}
		extra["inspection.owner_roles"] = slugs(o.Roles)
		x.Findings = append(x.Findings, f)
		bureau := notice.Send(ctx, tx, notice.Message{Kind: notice.InspectionTold, ObjectKind: "inspection", Object: x.ID,
			Params: map[string]string{"title": x.Title, "act": ActFind}}, access.AreaAddress(access.Bureau, o.Area))
		if bureau != nil {
			return "", nil, nil, bureau
		}
		return f.Heading, extra, nil, owe(ctx, tx, *x, f.ID, f.Owner, f.Due)
	})
}

// Handle tells what was done about a finding (反馈处理情况).
func (s *Service) Handle(ctx context.Context, id, finding, text string, evidence []string) (Inspection, error) {
	return s.inspected(ctx, ActHandle, id, func(tx *act.Tx, x *Inspection) (string, []string, error) {
		f, err := x.finding(finding)
		switch {
		case err != nil:
			return "", nil, err
		case f.Owner != tx.Actor().Org:
			return "", nil, errs.New(errs.Forbidden, "这项发现由其他单位处理")
		case f.State != FindingOpen:
			return "", nil, errs.New(errs.Conflict, "这项发现已经反馈或者销号, 请刷新查看")
		case strings.TrimSpace(text) == "":
			return "", nil, spotted("text", "请写明处理情况")
		}
		f.Handling = append(f.Handling, Handling{Text: strings.TrimSpace(text), Evidence: evidence, Account: tx.Actor().Account, At: tx.Now()})
		f.State = FindingHandled
		return f.Heading, []string{f.By}, notice.Settle(ctx, tx, f.ID, notice.InspectionOwed)
	})
}

// inspected does an act of an organization that the file asks something of.
func (s *Service) inspected(ctx context.Context, name, id string, on func(tx *act.Tx, x *Inspection) (note string, tell []string, err error)) (x Inspection, err error) {
	_, err = s.Acts.Do(ctx, act.Call{Act: name}, func(ctx context.Context, tx *act.Tx) error {
		if x, err = loadInspection(ctx, tx.Tx, id); err != nil {
			return err
		}
		if !x.concerns(tx.Actor().Org) {
			return errs.New(errs.NotFound, noInspection)
		}
		note, tell, err := on(tx, &x)
		if err != nil {
			return err
		}
		return s.keepInspection(ctx, tx, &x, name, note, nil, tell...)
	})
	return x, err
}

// CloseFinding closes a finding, or sends it back (销号). Whoever made it does, whether the file is concluded or not.
func (s *Service) CloseFinding(ctx context.Context, id, finding string, accept bool, opinion string, due workday.Date) (Inspection, error) {
	return s.inspecting(ctx, ActClose, id, true, func(tx *act.Tx, x *Inspection) (string, map[string]any, []string, error) {
		f, err := x.finding(finding)
		switch {
		case err != nil:
			return "", nil, nil, err
		case f.By != tx.Actor().Org:
			return "", nil, nil, errs.New(errs.Forbidden, "由提出这项发现的单位销号")
		case f.State != FindingHandled:
			return "", nil, nil, errs.New(errs.Conflict, "这项发现还没有反馈处理情况, 或者已经销号")
		case strings.TrimSpace(opinion) == "":
			return "", nil, nil, spotted("opinion", "请写明核查意见")
		case !accept && (!due.Valid() || due.Before(tx.Day())):
			return "", nil, nil, spotted("due", "退回重新处理的, 请填写新的期限")
		}
		f.Opinion = strings.TrimSpace(opinion)
		if accept {
			now := tx.Now()
			f.State, f.Closed = FindingClosed, &now
			return f.Opinion, nil, []string{f.Owner}, nil
		}
		f.State, f.Due = FindingOpen, due
		return f.Opinion, nil, nil, owe(ctx, tx, *x, f.ID, f.Owner, due)
	})
}

// Conclude ends the inspection; its findings stay open until they are closed (检查结论).
func (s *Service) Conclude(ctx context.Context, id, text string) (Inspection, error) {
	if strings.TrimSpace(text) == "" {
		return Inspection{}, spotted("text", "请写明结论")
	}
	return s.inspecting(ctx, ActConclude, id, false, func(tx *act.Tx, x *Inspection) (string, map[string]any, []string, error) {
		if x.Lead != tx.Actor().Org {
			return "", nil, nil, errs.New(errs.Forbidden, "由牵头单位作出结论")
		}
		now := tx.Now()
		x.State, x.Conclusion, x.Closed = InspectionConcluded, strings.TrimSpace(text), &now
		return x.Conclusion, nil, x.bodies(), nil
	})
}

// Drawn (调取) is what a supervisor draws of an inspected organization: its entries of the ledger and its agreements.
type Drawn struct {
	Org        string          `json:"org"`
	Entries    []ledger.Record `json:"entries" doc:"Who, what, when and on which basis, newest first; at most 500"`
	Agreements []Paper         `json:"agreements"`
}

// Pull draws the logs and agreements of an inspected organization for a span of days; drawing them is itself on record.
func (s *Service) Pull(ctx context.Context, id, org string, from, to workday.Date) (d Drawn, err error) {
	_, err = s.inspecting(ctx, ActPull, id, false, func(tx *act.Tx, x *Inspection) (string, map[string]any, []string, error) {
		if !slices.Contains(x.Subjects, org) {
			return "", nil, nil, spotted("org", "只能调取案卷所涉单位的记录")
		}
		if !from.Valid() || !to.Valid() || to.Before(from) {
			return "", nil, nil, spotted("from", "请填写调取的起止日")
		}
		d = Drawn{Org: org}
		if d.Entries, err = s.Acts.Ledger().Entries(ctx, tx.Tx, ledger.Filter{Org: org, From: from.String(), To: to.String(), Limit: 500}); err != nil {
			return "", nil, nil, err
		}
		d.Agreements, err = agreementsOf(ctx, tx.Tx, org)
		return fmt.Sprintf("%s 至 %s", from, to), nil, nil, err
	})
	return d, err
}

// Transfer hands the file to the competent authority with an evidence package (移送).
func (s *Service) Transfer(ctx context.Context, id, to, reason string) (Inspection, error) {
	if strings.TrimSpace(reason) == "" {
		return Inspection{}, spotted("reason", "请写明移送的理由")
	}
	return s.inspecting(ctx, ActTransfer, id, true, func(tx *act.Tx, x *Inspection) (string, map[string]any, []string, error) {
		o, err := party.Load(ctx, tx.Tx, to)
		if err != nil {
			return "", nil, nil, err
		}
		if slices.Contains(x.Subjects, to) {
			return "", nil, nil, errs.New(errs.Conflict, "不能移送给案卷所涉的单位")
		}
		digest, err := s.pack(ctx, tx, *x)
		if err != nil {
			return "", nil, nil, err
		}
		x.Transfers = append(x.Transfers, Transfer{ID: tx.NewID("trf"), To: to, Reason: strings.TrimSpace(reason), Package: digest, At: tx.Now()})
		return o.Name, map[string]any{"inspection.to_roles": slugs(o.Roles)}, []string{to}, nil
	})
}

// Package (证据包) is what goes with a transfer: the file as it stood, every document by its digest, and the ledger's entries.
type Package struct {
	Inspection Inspection      `json:"inspection"`
	Documents  []string        `json:"documents" doc:"Digests of the files and numbers of the records named in it"`
	Entries    []ledger.Record `json:"entries" doc:"Of the file and of the organizations it is about, with the digests of what each changed"`
}

func (s *Service) pack(ctx context.Context, tx *act.Tx, x Inspection) (digest string, err error) {
	p := Package{Inspection: x, Documents: []string{}}
	for _, m := range x.Members {
		p.Documents = append(p.Documents, m.Evidence...)
	}
	for _, r := range x.Requests {
		p.Documents = append(p.Documents, r.Evidence...)
	}
	for _, f := range x.Findings {
		p.Documents = append(p.Documents, f.Evidence...)
		for _, h := range f.Handling {
			p.Documents = append(p.Documents, h.Evidence...)
		}
	}
	filters := []ledger.Filter{{Kind: "inspection", Object: x.ID, Limit: 500}}
	for _, org := range x.Subjects {
		filters = append(filters, ledger.Filter{Org: org, Limit: 200})
	}
	for _, f := range filters {
		list, err := s.Acts.Ledger().Entries(ctx, tx.Tx, f)
		if err != nil {
			return "", err
		}
		p.Entries = append(p.Entries, list...)
	}
	body, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("encode evidence package: %w", err)
	}
	sum := sha256.Sum256(body)
	digest = "sha256:" + hex.EncodeToString(sum[:])
	_, err = tx.Exec(ctx, `INSERT INTO inspection_package (digest, inspection, body) VALUES ($1, $2, $3) ON CONFLICT (digest) DO NOTHING`, digest, x.ID, string(body))
	return digest, err
}

// Return brings the authority's decision back into the file (反馈处理决定).
func (s *Service) Return(ctx context.Context, id, transfer, decision string) (Inspection, error) {
	return s.inspecting(ctx, ActReturn, id, true, func(tx *act.Tx, x *Inspection) (string, map[string]any, []string, error) {
		t, err := x.transfer(transfer)
		switch {
		case err != nil:
			return "", nil, nil, err
		case t.To != tx.Actor().Org:
			return "", nil, nil, errs.New(errs.Forbidden, "由受移送的单位反馈处理决定")
		case t.Decided != nil:
			return "", nil, nil, errs.New(errs.Conflict, "这次移送已经反馈处理决定, 请刷新查看")
		case strings.TrimSpace(decision) == "":
			return "", nil, nil, spotted("decision", "请写明处理决定")
		}
		now := tx.Now()
		t.Decision, t.Decided = strings.TrimSpace(decision), &now
		return "", nil, []string{x.Lead}, nil
	})
}
