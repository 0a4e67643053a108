package party

import (
	"context"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// Acts on negative lists.
const (
	ActList   = "party.listing.record"
	ActUnlist = "party.listing.lift"
)

// ListingKind is one of the records and lists that may bar an organization (负面清单); which of them bars whom from what is
// the packs' to say.
type ListingKind string

const (
	Criminal        ListingKind = "criminal"         // 刑事处罚
	Administrative  ListingKind = "administrative"   // 责令停产停业、吊销许可证、较大数额罚款等行政处罚
	DishonestDebtor ListingKind = "dishonest-debtor" // 失信被执行人
	TaxOffence      ListingKind = "tax"              // 重大税收违法失信主体
	SeriousBreach   ListingKind = "serious-breach"   // 严重违法失信名单
)

var listingTitles = map[ListingKind]string{Criminal: "刑事处罚", Administrative: "行政处罚", DishonestDebtor: "失信被执行人",
	TaxOffence: "重大税收违法失信主体", SeriousBreach: "严重违法失信名单"}

// States of a listing.
const (
	ListingStands = "stands"
	ListingLifted = "lifted"
)

// Listing is one record on a negative list. It stands until it is lifted; for how long it bars is law.
type Listing struct {
	ID       string       `json:"id"`
	Org      string       `json:"org"`
	Kind     ListingKind  `json:"kind" enum:"criminal,administrative,dishonest-debtor,tax,serious-breach"`
	Day      workday.Date `json:"day" doc:"Day of the decision or of the entry in the list"`
	Source   string       `json:"source" doc:"Who decided or keeps the list, and under which number"`
	Text     string       `json:"text,omitempty"`
	State    string       `json:"state" enum:"stands,lifted"`
	Recorded time.Time    `json:"recorded"`
	Lifted   time.Time    `json:"lifted,omitzero"`
	Reason   string       `json:"reason,omitempty" doc:"Why it was lifted"`
}

func (l Listing) tab() tab { return tab{ID: l.ID, Org: l.Org, State: l.State} }

// words say list and day, as a refusal names them.
func (l Listing) words() string {
	return listingTitles[l.Kind] + " (" + l.Day.String() + ", " + l.Source + ")"
}

// penalty reports whether it is a penalty rather than a list.
func (l Listing) penalty() bool { return l.Kind == Criminal || l.Kind == Administrative }

var listings = shelf[Listing]{"negative-listing", "negative_listing", "没有这条负面清单记录, 请核对后重试"}

// ListingDraft is a record to be made.
type ListingDraft struct {
	Kind   ListingKind  `json:"kind" enum:"criminal,administrative,dishonest-debtor,tax,serious-breach"`
	Day    workday.Date `json:"day"`
	Source string       `json:"source" minLength:"2" maxLength:"200"`
	Text   string       `json:"text,omitempty" maxLength:"2000"`
}

func (s *Service) defineListings(acts *act.Runner) {
	acts.Define(
		act.Def{Name: ActList, Roles: []access.Role{access.Operator, access.Bureau, access.Department, access.Auditor}},
		act.Def{Name: ActUnlist, Roles: []access.Role{access.Operator, access.Bureau, access.Department, access.Auditor}},
	)
	listings.register(acts)
}

// List records that an organization stands on a negative list.
func (s *Service) List(ctx context.Context, orgID string, d ListingDraft) (l Listing, err error) {
	l = Listing{Kind: d.Kind, Day: d.Day, Source: strings.TrimSpace(d.Source), Text: strings.TrimSpace(d.Text), State: ListingStands}
	if listingTitles[l.Kind] == "" {
		return l, spotted("kind", "负面清单种类不在列表中, 请重新选择")
	}
	if !between(l.Source, 2, 200) {
		return l, spotted("source", "请写明作出决定或公布名单的机关和文号")
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActList}, func(ctx context.Context, tx *act.Tx) error {
		if !l.Day.Valid() || l.Day.After(tx.Day()) {
			return spotted("day", "决定或列入之日不能为空, 也不能晚于今天")
		}
		o, err := Load(ctx, tx.Tx, orgID)
		if err != nil {
			return err
		}
		if err := foreign(ctx, tx, o.ID); err != nil {
			return err
		}
		l.ID, l.Org, l.Recorded = tx.NewID("lst"), o.ID, tx.Now()
		if err := listings.put(ctx, tx, l); err != nil {
			return err
		}
		return tx.Judge(ctx, map[string]string{"org": o.ID})
	})
	return l, err
}

// Unlist lifts a record (移出): the list no longer names the organization, or the record was wrong.
func (s *Service) Unlist(ctx context.Context, id, reason string) (l Listing, err error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return l, spotted("reason", "请写明移出的依据, 再提交")
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActUnlist}, func(ctx context.Context, tx *act.Tx) error {
		if l, err = listings.load(ctx, tx.Tx, id); err != nil {
			return err
		}
		if err := foreign(ctx, tx, l.Org); err != nil {
			return err
		}
		if l.State != ListingStands {
			return errs.New(errs.Conflict, "这条记录已经移出, 请刷新查看")
		}
		l.State, l.Lifted, l.Reason = ListingLifted, tx.Now(), reason
		if err := tx.Judge(ctx, map[string]string{"org": l.Org}); err != nil {
			return err
		}
		return listings.put(ctx, tx, l)
	})
	return l, err
}

// Listings lists an organization's records, to it and to those who decide and supervise.
func (s *Service) Listings(ctx context.Context, orgID string) (list []Listing, err error) {
	err = s.viewFile(ctx, orgID, func(tx *sqldb.Tx) error {
		list, err = listings.of(ctx, tx, orgID)
		return err
	})
	return list, err
}

// standing are the records that are not lifted.
func standing(ctx context.Context, tx *sqldb.Tx, org string) ([]Listing, error) {
	list, err := listings.of(ctx, tx, org)
	return slices.DeleteFunc(list, func(l Listing) bool { return l.State != ListingStands }), err
}
