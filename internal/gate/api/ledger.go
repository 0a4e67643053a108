package api

import (
	"context"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/ledger"
	"yunei/internal/core/matter"
)

type entriesIn struct {
	Cursor  int64  `query:"cursor" doc:"Entries below this number"`
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Object  string `query:"object"`
	Matter  string `query:"matter"`
	Actor   string `query:"actor"`
	Act     string `query:"act"`
	Org     string `query:"org"`
	Outcome string `query:"outcome" enum:"done,refused"`
	From    string `query:"from" doc:"Legal day, inclusive"`
	To      string `query:"to" doc:"Legal day, inclusive"`
}

// LedgerItem is an entry as a list shows it.
type LedgerItem struct {
	ledger.Record
	ActorName string `json:"actor_name,omitempty"`
	OrgName   string `json:"org_name,omitempty"`
}

func (a *API) registerLedger() {
	const tag = "ledger"
	get(a, "/v1/ledger/entries", "ledger-entries", tag, "账本条目", a.ledgerEntries)
	get(a, "/v1/ledger/entries/{seq}/receipt", "receipt", tag, "回执", a.receipt)
	post(a, "/v1/ledger/fsck", "fsck", tag, "全面核验", func(ctx context.Context, _ *none) (Page[ledger.Problem], error) {
		if !actor(ctx).Has(access.Auditor, access.Bureau) {
			return Page[ledger.Problem]{}, errs.New(errs.Forbidden, "全面核验由审计人员或主管部门办理")
		}
		problems, err := a.s.Log.Fsck(ctx)
		return paged(problems, len(problems)+1, func(ledger.Problem) string { return "" }), err
	})
	getPublic(a, "/v1/ledger/checkpoint", "checkpoint", tag, "最新检查点", func(ctx context.Context, _ *none) (ledger.Signed, error) {
		return a.s.Log.Checkpoint(ctx)
	})
}

func (a *API) ledgerEntries(ctx context.Context, in *entriesIn) (Page[LedgerItem], error) {
	out := Page[LedgerItem]{Items: []LedgerItem{}}
	f := readable(actor(ctx), ledger.Filter{Object: in.Object, Matter: in.Matter, Actor: in.Actor, Act: in.Act, Org: in.Org, Outcome: in.Outcome,
		From: in.From, To: in.To, Before: in.Cursor, Limit: in.Limit})
	err := a.s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		list, err := a.s.Log.Entries(ctx, tx, f)
		if err != nil {
			return err
		}
		for _, r := range list {
			out.Items = append(out.Items, LedgerItem{Record: r})
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	err = a.nameEntries(ctx, out.Items)
	if n := len(out.Items); n == in.Limit {
		out.Next = itoa(out.Items[n-1].Seq)
	}
	return out, err
}

// readable narrows a listing to what somebody may read: an overseer what was done in their area, everybody else what their own
// organization did, or they themselves.
func readable(who access.Actor, f ledger.Filter) ledger.Filter {
	switch {
	case !who.Overseer() && who.Org == "":
		f.Actor = who.Account
	case !who.Overseer():
		f.Org = who.Org
	case who.Area != "":
		lo, hi := who.Area.Range()
		f.Reach = &ledger.Reach{Lo: lo, Hi: hi, Self: who.Account}
	}
	return f
}

// personNames are the names of those who acted.
func (a *API) personNames(ctx context.Context, items []LedgerItem) (map[string]string, error) {
	people := map[string]string{access.SystemName: "平台"}
	err := a.s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		for _, r := range items {
			if _, seen := people[r.Actor]; !seen && r.Actor != "" {
				if acc, err := access.LoadAccount(ctx, tx, r.Actor); err == nil {
					people[r.Actor] = acc.Name
				}
			}
		}
		return nil
	})
	return people, err
}

func (a *API) receipt(ctx context.Context, in *struct {
	Seq int64 `path:"seq"`
}) (ledger.Receipt, error) {
	who := actor(ctx)
	err := a.s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		r, err := a.s.Log.Entry(ctx, tx, in.Seq)
		if err != nil || r.Actor == who.Account {
			return err
		}
		// Whoever may read a file reads what was done in it, with its proofs (整卷).
		if r.Matter != "" && r.Outcome == "done" {
			if _, err := matter.Visible(ctx, tx, r.Matter); err == nil || !errs.Is(err, errs.NotFound) {
				return err
			}
		}
		list, err := a.s.Log.Entries(ctx, tx, readable(who, ledger.Filter{Before: in.Seq + 1, Limit: 1, Org: r.Org}))
		if err != nil {
			return err
		}
		if len(list) == 0 || list[0].Seq != in.Seq {
			return errs.New(errs.NotFound, "账本里没有第 %d 号条目, 请核对编号", in.Seq)
		}
		return nil
	})
	if err != nil {
		return ledger.Receipt{}, err
	}
	return a.s.Log.Proof(ctx, in.Seq)
}
