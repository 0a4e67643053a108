package party

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/matter"
	"yunei/internal/core/notice"
)

// Acts on third-party providers.
const (
	ActOffer    = "party.provider.apply"
	ActReport   = "party.provider.report"
	ActEnroll   = "party.provider.publish"
	ActMeasure  = "party.provider.measure"
	ActEngage   = "party.provider.engage"
	ActDismiss  = "party.provider.dismiss"
	ActComplain = "party.complaint.file"
	ActFind     = "party.complaint.verify"
)

// States of a provider.
const (
	ProviderApplied  = "applied"
	ProviderPassed   = "passed"
	ProviderRefused  = "refused"
	ProviderListed   = "listed"
	ProviderDelisted = "delisted"
)

// Provider (第三方服务商) is one evaluation of one organization, and its place on the list from then on.
//
//	apply ─> applied ── matter ──> passed ── report ── publish ──> listed ⇄ delisted
//	                       └─────> refused
type Provider struct {
	ID        string     `json:"id"`
	Org       string     `json:"org"`
	Services  []Offer    `json:"services"`
	State     string     `json:"state" enum:"applied,passed,refused,listed,delisted"`
	Matter    string     `json:"matter"`
	Evaluated time.Time  `json:"evaluated,omitzero"`
	Reported  *Report    `json:"reported,omitempty" doc:"The report of the result to the bureau"`
	Published time.Time  `json:"published,omitzero"`
	Permit    string     `json:"permit,omitempty" doc:"Its place on the list, from which what it develops ahead of demand descends"`
	Measures  []Recourse `json:"measures,omitempty"`
}

// Offer is one service. Which kinds there are the law lists.
type Offer struct {
	Kind  string `json:"kind" minLength:"2" maxLength:"60" doc:"One of provider.offers, where the law in force sets it"`
	Title string `json:"title" minLength:"2" maxLength:"200"`
}

// Report (报备) names the paper with which the result went to the bureau.
type Report struct {
	Number string       `json:"number" minLength:"2" maxLength:"120"`
	Day    workday.Date `json:"day"`
}

// Recourse (处置措施) is what the operator did about a provider, on a ground that was verified before.
type Recourse struct {
	Kind      string    `json:"kind" enum:"circulate,delist,relist"`
	Complaint string    `json:"complaint,omitempty"`
	Listing   string    `json:"listing,omitempty"`
	Article   string    `json:"article,omitempty" doc:"The article the measure rests on"`
	Reason    string    `json:"reason"`
	Evidence  []string  `json:"evidence,omitempty" doc:"Of a relisting: what shows the rectification"`
	Notice    string    `json:"notice,omitempty"`
	At        time.Time `json:"at"`
}

func (p Provider) tab() tab { return tab{ID: p.ID, Org: p.Org, State: p.State} }

var providers = shelf[Provider]{"provider", "provider", "没有这个第三方服务商, 请从名录中选择"}

func (s *Service) defineProviders(acts *act.Runner) {
	users := []access.Role{access.DataUser}
	operator := []access.Role{access.Operator}
	acts.Define(
		act.Def{Name: ActOffer, Roles: []access.Role{access.Provider, access.Applicant}},
		act.Def{Name: ActNewOffer, Roles: []access.Role{access.Provider}},
		act.Def{Name: ActReport, Roles: operator},
		act.Def{Name: ActEnroll, Roles: operator},
		act.Def{Name: ActMeasure, Roles: operator},
		act.Def{Name: ActEngage, Roles: users},
		act.Def{Name: ActDismiss, Roles: users},
		act.Def{Name: ActComplain, Roles: []access.Role{access.DataUser, access.Operator, access.Bureau}},
		act.Def{Name: ActFind, Roles: []access.Role{access.Operator, access.Bureau}},
	)
	providers.register(acts)
	complaints.register(acts)
	commissions.register(acts)
	s.matters.Define(matter.Kind{
		Name:    KindProvider,
		Objects: func(m *matter.Matter) map[string]string { return map[string]string{"provider": m.Subject} },
		Ended:   endEvaluation,
	})
}

// ApplyProvider asks for the evaluation (申请评定) of the actor's organization.
func (s *Service) ApplyProvider(ctx context.Context, services []Offer, docs []matter.Document) (p Provider, err error) {
	if len(services) == 0 {
		return p, spotted("services", "请至少填写一项服务")
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActOffer}, func(ctx context.Context, tx *act.Tx) error {
		o, err := Load(ctx, tx.Tx, tx.Actor().Org)
		if err != nil {
			return err
		}
		if err := checkOffers(tx, services); err != nil {
			return err
		}
		if err := tx.Lock(ctx, "provider:"+o.ID); err != nil {
			return err
		}
		earlier, err := providers.of(ctx, tx.Tx, o.ID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(earlier, func(p Provider) bool { return p.State != ProviderRefused }) {
			return errs.New(errs.Conflict, "本单位已有评定申请或者已经评定, 请在服务商页面查看")
		}
		p = Provider{ID: tx.NewID("prv"), Org: o.ID, Services: services, State: ProviderApplied}
		if err := providers.put(ctx, tx, p); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": o.ID, "provider": p.ID}); err != nil {
			return err
		}
		m, err := s.matters.SubmitTx(ctx, tx, matter.Application{Kind: KindProvider, Title: o.Name, Applicant: o.ID, Subject: p.ID, Documents: docs})
		if err != nil {
			return err
		}
		p.Matter = m.ID
		return providers.put(ctx, tx, p)
	})
	return p, err
}

func endEvaluation(ctx context.Context, tx *act.Tx, m *matter.Matter) error {
	p, err := providers.load(ctx, tx.Tx, m.Subject)
	if err != nil {
		return err
	}
	p.State, p.Evaluated = ProviderRefused, tx.Now()
	if m.State == matter.Passed {
		p.State = ProviderPassed
	}
	return providers.put(ctx, tx, p)
}

// ReportProvider records that the result went to the bureau (报备).
func (s *Service) ReportProvider(ctx context.Context, id string, r Report) (Provider, error) {
	return s.onProvider(ctx, ActReport, id, func(_ context.Context, tx *act.Tx, p *Provider) error {
		switch {
		case p.State != ProviderPassed:
			return errs.New(errs.Conflict, "评定通过且尚未公布的才能报备, 请刷新查看")
		case !r.Day.Valid() || r.Day.After(tx.Day()):
			return spotted("day", "报备之日不能为空, 也不能晚于今天")
		}
		p.Reported = &r
		return nil
	})
}

// PublishProvider puts an evaluated provider on the public list (公布). Whether a report must come first is law.
func (s *Service) PublishProvider(ctx context.Context, id string) (Provider, error) {
	return s.onProvider(ctx, ActEnroll, id, func(ctx context.Context, tx *act.Tx, p *Provider) error {
		if p.State != ProviderPassed {
			return errs.New(errs.Conflict, "只有评定通过的服务商可以公布, 请先完成评定")
		}
		p.Published = tx.Now()
		return p.list(ctx, tx)
	})
}

// MeasureDraft orders a measure; the ground is a verified complaint or a negative record that stands.
type MeasureDraft struct {
	Kind      string   `json:"kind" enum:"circulate,delist,relist"`
	Complaint string   `json:"complaint,omitempty" maxLength:"64"`
	Listing   string   `json:"listing,omitempty" maxLength:"64"`
	Article   string   `json:"article,omitempty" maxLength:"200" doc:"The article the measure rests on (依据条款)"`
	Reason    string   `json:"reason" minLength:"2" maxLength:"2000"`
	Evidence  []string `json:"evidence,omitempty" maxItems:"20" doc:"Of a relisting: digests of what shows the rectification"`
}

// Measure circulates a notice about a provider (通报整改), takes it off the list (下架) or puts it back. 泉州 五(四): 平台运营单位
// 核实后有权采取: without something verified there is no measure.
func (s *Service) Measure(ctx context.Context, id string, d MeasureDraft) (Provider, error) {
	return s.onProvider(ctx, ActMeasure, id, func(ctx context.Context, tx *act.Tx, p *Provider) error {
		r := Recourse{Kind: d.Kind, Complaint: d.Complaint, Listing: d.Listing, Article: strings.TrimSpace(d.Article), Reason: strings.TrimSpace(d.Reason),
			Evidence: d.Evidence, At: tx.Now()}
		if r.Kind != "relist" {
			if err := grounded(ctx, tx, *p, r); err != nil {
				return err
			}
		}
		switch {
		case r.Kind == "circulate" && (p.State == ProviderListed || p.State == ProviderDelisted):
			o, err := Load(ctx, tx.Tx, p.Org)
			if err != nil {
				return err
			}
			n, err := notice.Tell(ctx, tx, notice.Notice{Kind: notice.Announcement, Title: "关于" + o.Name + "的通报", Text: r.Reason, Subject: p.ID})
			if err != nil {
				return err
			}
			r.Notice = n.ID
		case r.Kind == "delist" && p.State == ProviderListed:
			if err := p.delist(ctx, tx); err != nil {
				return err
			}
			if err := tellUsers(ctx, tx, *p, r); err != nil {
				return err
			}
		case r.Kind == "relist" && p.State == ProviderDelisted:
			if err := mayRelist(tx, r); err != nil {
				return err
			}
			if err := p.list(ctx, tx); err != nil {
				return err
			}
		default:
			return errs.New(errs.Conflict, "服务商现在的状态不能采取这项措施, 请刷新查看")
		}
		p.Measures = append(p.Measures, r)
		return nil
	})
}

// valueRelist is set by a pack that asks for proof of rectification before a provider is put back on the list.
const valueRelist = "provider.relist.evidence"

func mayRelist(tx *act.Tx, r Recourse) error {
	need, cite, err := tx.Law().Int(valueRelist, tx.Day())
	if errs.Is(err, errs.NotFound) || err == nil && int64(len(r.Evidence)) >= need {
		return nil
	}
	if err != nil {
		return err
	}
	e := errs.New(errs.Unlawful, "恢复上架须附整改完成的证明材料, 请上传后再办理")
	cite.Message = e.Msg
	e.Cites = []errs.Cite{cite}
	return e
}

// tellUsers tells every organization that engages the provider now that it was taken off the list.
func tellUsers(ctx context.Context, tx *act.Tx, p Provider, r Recourse) error {
	o, err := Load(ctx, tx.Tx, p.Org)
	if err != nil {
		return err
	}
	for before := ""; ; {
		running, err := commissions.page(ctx, tx.Tx, "running", before, 200)
		if err != nil || len(running) == 0 {
			return err
		}
		for _, c := range running {
			before = c.ID
			if c.Provider != p.ID {
				continue
			}
			err := notice.Send(ctx, tx, notice.Message{Kind: notice.ProviderOff, ObjectKind: "provider", Object: p.ID,
				Params: map[string]string{"name": o.Name, "reason": r.Reason, "article": r.Article}, Mark: "delisted:" + p.ID + ":" + tx.Now().Format(time.RFC3339Nano)},
				access.WholeOrg(c.Org))
			if err != nil {
				return err
			}
		}
	}
}

// grounded looks for what was verified about the provider.
func grounded(ctx context.Context, tx *act.Tx, p Provider, r Recourse) error {
	if r.Complaint != "" {
		c, err := complaints.load(ctx, tx.Tx, r.Complaint)
		if err == nil && c.Provider == p.ID && c.State == ComplaintVerified {
			return nil
		}
	}
	if r.Listing != "" {
		l, err := listings.load(ctx, tx.Tx, r.Listing)
		if err == nil && l.Org == p.Org && l.State == ListingStands {
			return nil
		}
	}
	return spotted("complaint", "采取措施须以已核实的投诉或者在册的处罚记录为依据, 请先核实再办理")
}

func (s *Service) onProvider(ctx context.Context, name, id string, change func(context.Context, *act.Tx, *Provider) error) (p Provider, err error) {
	_, err = s.Acts.Do(ctx, act.Call{Act: name}, func(ctx context.Context, tx *act.Tx) error {
		if p, err = providers.load(ctx, tx.Tx, id); err != nil {
			return err
		}
		if err := foreign(ctx, tx, p.Org); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": p.Org, "provider": p.ID}); err != nil {
			return err
		}
		if err := change(ctx, tx, &p); err != nil {
			return err
		}
		return providers.put(ctx, tx, p)
	})
	return p, err
}

// ProviderPage is a provider with its history: one file of evaluation, complaints and measures.
type ProviderPage struct {
	Provider   Provider    `json:"provider"`
	Name       string      `json:"name"`
	Complaints []Complaint `json:"complaints" doc:"For those who decide and supervise, and the provider"`
}

// ProvidersListed is the public directory: evaluated, published, not delisted.
func (s *Service) ProvidersListed(ctx context.Context, before string, limit int) ([]ProviderPage, error) {
	return s.providerPages(ctx, ProviderListed, before, limit)
}

// Providers is the operator's register, of every state.
func (s *Service) Providers(ctx context.Context, before string, limit int) ([]ProviderPage, error) {
	if !access.From(ctx).Overseer() {
		return nil, errs.New(errs.Forbidden, "服务商登记册由平台运营单位和主管部门查看, 请在公开名录中查询")
	}
	return s.providerPages(ctx, "", before, limit)
}

// Provider is one provider: a listed one is public, any other is shown to itself and to those who decide.
func (s *Service) Provider(ctx context.Context, id string) (page ProviderPage, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		p, err := providers.load(ctx, tx, id)
		if err != nil {
			return err
		}
		actor := access.From(ctx)
		full := actor.Overseer() || actor.Org != "" && actor.Org == p.Org
		if !full && p.State != ProviderListed {
			return errs.New(errs.NotFound, "%s", providers.missing)
		}
		page, err = providerPage(ctx, tx, p, actor.Overseer())
		return err
	})
	return page, err
}

func providerPage(ctx context.Context, tx *sqldb.Tx, p Provider, full bool) (ProviderPage, error) {
	o, err := Load(ctx, tx, p.Org)
	page := ProviderPage{Provider: p, Name: o.Name, Complaints: []Complaint{}}
	if err != nil || !full {
		return page, err
	}
	of, err := complaints.of(ctx, tx, p.Org)
	page.Complaints = append(page.Complaints, of...)
	return page, err
}

func (s *Service) providerPages(ctx context.Context, state, before string, limit int) (list []ProviderPage, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		all, err := providers.page(ctx, tx, state, before, limit)
		if err != nil {
			return err
		}
		for _, p := range all {
			page, err := providerPage(ctx, tx, p, state == "")
			if err != nil {
				return err
			}
			list = append(list, page)
		}
		return nil
	})
	return list, err
}

// States of a complaint.
const (
	ComplaintFiled     = "filed"
	ComplaintVerified  = "verified"
	ComplaintUnfounded = "unfounded"
)

// Complaint (投诉) is about a provider's service; the operator or the bureau verifies it.
type Complaint struct {
	ID         string    `json:"id"`
	Provider   string    `json:"provider"`
	Org        string    `json:"org" doc:"The provider's organization"`
	By         string    `json:"by" doc:"The complaining organization"`
	Text       string    `json:"text"`
	Evidence   string    `json:"evidence,omitempty" doc:"Digest of an uploaded file"`
	State      string    `json:"state" enum:"filed,verified,unfounded"`
	Conclusion string    `json:"conclusion,omitempty"`
	Filed      time.Time `json:"filed"`
	Decided    time.Time `json:"decided,omitzero"`
}

func (c Complaint) tab() tab { return tab{ID: c.ID, Org: c.Org, State: c.State} }

var complaints = shelf[Complaint]{"provider-complaint", "provider_complaint", "没有这件投诉, 请核对后重试"}

// Complain files a complaint about a provider (投诉).
func (s *Service) Complain(ctx context.Context, providerID, text, evidence string) (c Complaint, err error) {
	if !between(strings.TrimSpace(text), 2, 5000) {
		return c, spotted("text", "请写明投诉的事实")
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActComplain}, func(ctx context.Context, tx *act.Tx) error {
		p, err := providers.load(ctx, tx.Tx, providerID)
		if err != nil {
			return err
		}
		c = Complaint{ID: tx.NewID("cpl"), Provider: p.ID, Org: p.Org, By: tx.Actor().Org, Text: strings.TrimSpace(text), Evidence: evidence,
			State: ComplaintFiled, Filed: tx.Now()}
		if err := tx.Judge(ctx, map[string]string{"org": p.Org, "provider": p.ID}); err != nil {
			return err
		}
		return complaints.put(ctx, tx, c)
	})
	return c, err
}

// Find records what the verification of a complaint came to (核实). Nobody verifies a complaint about, or of, their own body.
func (s *Service) Find(ctx context.Context, id string, verified bool, conclusion string) (c Complaint, err error) {
	if conclusion = strings.TrimSpace(conclusion); conclusion == "" {
		return c, spotted("reason", "请写明核实的结论, 再提交")
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActFind}, func(ctx context.Context, tx *act.Tx) error {
		if c, err = complaints.load(ctx, tx.Tx, id); err != nil {
			return err
		}
		for _, org := range []string{c.Org, c.By} {
			if err := foreign(ctx, tx, org); err != nil {
				return err
			}
		}
		if c.State != ComplaintFiled {
			return errs.New(errs.Conflict, "这件投诉已经核实, 请刷新查看结果")
		}
		c.State, c.Conclusion, c.Decided = ComplaintUnfounded, conclusion, tx.Now()
		if verified {
			c.State = ComplaintVerified
		}
		if err := tx.Judge(ctx, map[string]string{"org": c.Org, "provider": c.Provider}); err != nil {
			return err
		}
		return complaints.put(ctx, tx, c)
	})
	return c, err
}

// Commission (委托) is that a data user chose a provider by itself; price and content are the two parties' own.
type Commission struct {
	ID         string    `json:"id"`
	Org        string    `json:"org" doc:"The data user"`
	Provider   string    `json:"provider"`
	Scenario   string    `json:"scenario,omitempty"`
	Content    string    `json:"content"`
	Price      string    `json:"price,omitempty" doc:"As the two parties agreed it"`
	Disclaimer string    `json:"disclaimer_sm3" doc:"SM3 of the disclaimer that was shown"`
	State      string    `json:"state" enum:"running,ended"`
	From       time.Time `json:"from"`
	Ended      time.Time `json:"ended,omitzero"`
}

func (c Commission) tab() tab { return tab{ID: c.ID, Org: c.Org, State: c.State} }

var commissions = shelf[Commission]{"commission", "commission", "没有这项委托, 请核对后重试"}

// LoadCommission loads a commission with the provider's organization, for a later stage.
func LoadCommission(ctx context.Context, tx *sqldb.Tx, id string) (c Commission, provider string, err error) {
	if c, err = commissions.load(ctx, tx, id); err != nil {
		return c, "", err
	}
	p, err := providers.load(ctx, tx, c.Provider)
	return c, p.Org, err
}

// disclaimerPaper is the slug under which a pack brings the text that is shown before a provider is chosen.
const disclaimerPaper = "provider-disclaimer"

// Disclaimer is the text that is shown before a provider is chosen. 泉州 五(三): 平台运营单位不对第三方服务…承担责任.
func (s *Service) Disclaimer(ctx context.Context) (text string, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		text, err = s.disclaimer(ctx, tx)
		return err
	})
	return text, err
}

func (s *Service) disclaimer(ctx context.Context, tx *sqldb.Tx) (string, error) {
	text, ok, err := TextAt(ctx, tx, s.Acts.Law(), disclaimerPaper, tx.Now())
	if !ok {
		text = "第三方服务由服务双方自行商定, 平台运营单位不对第三方服务以及由此产生的后果承担责任。"
	}
	return text, err
}

// Engagement is the choice of a provider; Disclaimer repeats the SM3 of the text that was shown.
type Engagement struct {
	Scenario   string `json:"scenario,omitempty" maxLength:"64"`
	Content    string `json:"content" minLength:"2" maxLength:"5000"`
	Price      string `json:"price,omitempty" maxLength:"500"`
	Disclaimer string `json:"disclaimer_sm3" doc:"SM3 (hex) of the disclaimer that was shown and acknowledged"`
}

// Engage chooses a listed provider (自愿选取第三方服务).
func (s *Service) Engage(ctx context.Context, providerID string, e Engagement) (c Commission, err error) {
	_, err = s.Acts.Do(ctx, act.Call{Act: ActEngage}, func(ctx context.Context, tx *act.Tx) error {
		p, err := providers.load(ctx, tx.Tx, providerID)
		if err != nil {
			return err
		}
		if err := foreign(ctx, tx, p.Org); err != nil {
			return err
		}
		text, err := s.disclaimer(ctx, tx.Tx)
		if err != nil {
			return err
		}
		sum := sm3.Sum([]byte(text))
		switch {
		case p.State != ProviderListed:
			return errs.New(errs.Conflict, "这个服务商不在公布的名录中, 不能选用; 请从名录中选择")
		case e.Disclaimer != hex.EncodeToString(sum[:]):
			return spotted("disclaimer_sm3", "免责提示已经更新, 请重新阅读并确认")
		}
		if err := tx.Judge(ctx, map[string]string{"org": tx.Actor().Org, "provider": p.ID}); err != nil {
			return err
		}
		c = Commission{ID: tx.NewID("cms"), Org: tx.Actor().Org, Provider: p.ID, Scenario: e.Scenario, Content: e.Content, Price: e.Price,
			Disclaimer: e.Disclaimer, State: "running", From: tx.Now()}
		return commissions.put(ctx, tx, c)
	})
	return c, err
}

// Dismiss ends a commission (终止委托).
func (s *Service) Dismiss(ctx context.Context, id string) (c Commission, err error) {
	_, err = s.Acts.Do(ctx, act.Call{Act: ActDismiss}, func(ctx context.Context, tx *act.Tx) error {
		if c, err = commissions.load(ctx, tx.Tx, id); err != nil {
			return err
		}
		switch {
		case c.Org != tx.Actor().Org:
			return errs.New(errs.NotFound, "%s", commissions.missing)
		case c.State != "running":
			return errs.New(errs.Conflict, "这项委托已经终止, 请刷新查看")
		}
		c.State, c.Ended = "ended", tx.Now()
		if err := tx.Judge(ctx, map[string]string{"org": c.Org, "provider": c.Provider}); err != nil {
			return err
		}
		return commissions.put(ctx, tx, c)
	})
	return c, err
}
