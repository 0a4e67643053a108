package api

import (
	"context"
	"time"

	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/flow/consent"
	"yunei/internal/flow/serve"
)

// ConsentItem is a consent as it may be shown. The pseudonym of the person is not: two banks could compare it.
type ConsentItem struct {
	ID        string        `json:"id"`
	Terms     consent.Terms `json:"terms"`
	Standing  string        `json:"standing" enum:"valid,withdrawn,ended,suspended,expired,used_up,not_yet"`
	Reason    string        `json:"reason,omitempty"`
	Uses      int64         `json:"uses"`
	Digest    string        `json:"digest"`
	Submitted string        `json:"submitted_by,omitempty"`
	Received  time.Time     `json:"received"`
	Closed    time.Time     `json:"closed,omitzero"`
	Erased    time.Time     `json:"erased,omitzero"`
}

// ConsentPage is a consent with what the caller may do.
type ConsentPage struct {
	Consent   ConsentItem    `json:"consent"`
	KeepUntil workday.Date   `json:"keep_until,omitempty" doc:"Until when the law asks to keep the record, counted from its end"`
	Checks    []consent.Spot `json:"checks" doc:"What spot checks found"`
	Acts      []act.Option   `json:"acts"`
}

// ConsentDraft is a document ready to be signed: the text to read and the bytes to sign.
type ConsentDraft struct {
	Text     string `json:"text" doc:"Plain words for the person"`
	Document string `json:"document" doc:"Canonical JSON; its UTF-8 bytes are what is signed"`
}

func (a *API) consentItem(c consent.Consent) ConsentItem {
	return ConsentItem{ID: c.ID, Terms: c.Terms, Standing: c.Standing(a.s.Clock.Now()), Reason: c.Reason, Uses: c.Uses, Digest: c.Digest,
		Submitted: c.Submitted, Received: c.Received, Closed: c.Closed, Erased: c.Erased}
}

func (a *API) registerConsent() {
	const tag = "consents"
	get(a, "/v1/consent-forms", "consent-forms", tag, "授权书模板", func(ctx context.Context, _ *none) (Page[consent.Form], error) {
		list, err := a.s.Consent.Forms(ctx, actor(ctx).Org)
		return paged(list, len(list)+1, func(f consent.Form) string { return f.ID }), err
	})
	post(a, "/v1/consent-drafts", "draft-consent", tag, "起草授权书", func(ctx context.Context, in *struct {
		Body consent.Document
	}) (ConsentDraft, error) {
		text, raw, err := a.s.Consent.Compose(ctx, in.Body)
		return ConsentDraft{Text: text, Document: string(raw)}, err
	})
	post(a, "/v1/consents", "submit-consent", tag, "提交授权文件", func(ctx context.Context, in *struct {
		Body consent.Signed
	}) (ConsentPage, error) {
		c, err := a.s.Consent.Submit(ctx, in.Body)
		if err != nil {
			return ConsentPage{}, err
		}
		return a.consentPage(ctx, c)
	})
	get(a, "/v1/consents", "consents", tag, "授权书", a.consents)
	get(a, "/v1/consents/{id}", "consent", tag, "授权书详情", func(ctx context.Context, in *ByID) (ConsentPage, error) {
		c, err := a.s.Consent.Get(ctx, in.ID)
		if err != nil {
			return ConsentPage{}, err
		}
		return a.consentPage(ctx, c)
	})
	get(a, "/v1/consents/{id}/document", "consent-document", tag, "授权文件原文", func(ctx context.Context, in *ByID) (consent.Paper, error) {
		return a.s.Consent.Paper(ctx, in.ID)
	})
	get(a, "/v1/consents/{id}/uses", "consent-uses", tag, "授权书的使用记录", func(ctx context.Context, in *struct {
		ByID
		Paging
	}) (Page[serve.Seen], error) {
		list, err := a.s.Serve.Under(ctx, in.ID, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(s serve.Seen) string { return s.ID }), err
	})
	post(a, "/v1/consent-draws", "draw-consents", tag, "抽取授权文件", func(ctx context.Context, _ *none) (consent.Draw, error) {
		return a.s.Consent.DrawSample(ctx)
	})
	get(a, "/v1/consent-draws", "consent-draws", tag, "授权文件抽查", func(ctx context.Context, in *struct{ Paging }) (Page[consent.Draw], error) {
		list, err := a.s.Consent.Draws(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(d consent.Draw) string { return d.ID }), err
	})
	get(a, "/v1/consent-draws/{id}", "consent-draw", tag, "一次抽查", func(ctx context.Context, in *ByID) (consent.Sample, error) {
		return a.s.Consent.Sample(ctx, in.ID)
	})
	post(a, "/v1/consent-draws/{id}/consents/{consent}", "check-consent", tag, "登记抽查结果", func(ctx context.Context, in *struct {
		ByID
		Consent string `path:"consent"`
		Body    consent.Finding
	}) (consent.Spot, error) {
		return a.s.Consent.Check(ctx, in.ID, in.Consent, in.Body)
	})
	post(a, "/v1/consents/{id}/withdraw", "withdraw-consent", tag, "撤销授权", func(ctx context.Context, in *ByID) (ConsentPage, error) {
		c, err := a.s.Consent.Withdraw(ctx, in.ID)
		if err != nil {
			return ConsentPage{}, err
		}
		return a.consentPage(ctx, c)
	})
	post(a, "/v1/consents/{id}/end", "end-consent", tag, "授权事项办结", func(ctx context.Context, in *reasoned) (ConsentPage, error) {
		c, err := a.s.Consent.End(ctx, in.ID, in.Body.Reason)
		if err != nil {
			return ConsentPage{}, err
		}
		return a.consentPage(ctx, c)
	})
	post(a, "/v1/consents/{id}/erase", "erase-consent", tag, "删除授权文件", func(ctx context.Context, in *ByID) (ConsentPage, error) {
		c, err := a.s.Consent.Erase(ctx, in.ID)
		if err != nil {
			return ConsentPage{}, err
		}
		return a.consentPage(ctx, c)
	})
}

// consents lists a person's own documents, or those that name the caller's organization.
func (a *API) consents(ctx context.Context, in *struct{ Paging }) (Page[ConsentItem], error) {
	list, err := a.s.Consent.Received(ctx, in.Cursor, in.Limit)
	if actor(ctx).Has(access.Subject) {
		list, err = a.s.Consent.Mine(ctx, in.Cursor, in.Limit)
	}
	items := make([]ConsentItem, len(list))
	for i, c := range list {
		items[i] = a.consentItem(c)
	}
	return paged(items, in.Limit, func(c ConsentItem) string { return c.ID }), err
}

func (a *API) consentPage(ctx context.Context, c consent.Consent) (ConsentPage, error) {
	p := ConsentPage{Consent: a.consentItem(c), Acts: []act.Option{}}
	checks, err := a.s.Consent.Checked(ctx, c.ID)
	if err != nil {
		return p, err
	}
	p.Checks = checks
	names := []string{}
	switch who := actor(ctx); {
	case who.SID != "" && who.SID == c.SID:
		names = append(names, consent.ActWithdraw)
	case who.Has(access.Operator):
		names = append(names, consent.ActErase)
	case who.Has(access.DataUser):
		names = append(names, consent.ActEnd)
	}
	err = a.s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		if p.KeepUntil, err = consent.KeptUntil(a.s.Acts.Law(), c, workday.DateOf(tx.Now())); err != nil {
			return err
		}
		for _, name := range names {
			o, err := a.s.Acts.Option(ctx, tx, name, c.May(name, tx.Now()), map[string]string{"consent": c.ID})
			if err != nil {
				return err
			}
			p.Acts = append(p.Acts, o)
		}
		return nil
	})
	return p, err
}
