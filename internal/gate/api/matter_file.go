package api

import (
	"context"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/ledger"
	"yunei/internal/core/matter"
)

// MatterFile is a whole file as it is printed: the matter, what stands in the ledger about it, and the receipts with which
// anybody checks that without us.
type MatterFile struct {
	MatterPage
	Rounds   []matter.Round   `json:"rounds" doc:"The documents of every round"`
	Entries  []LedgerItem     `json:"entries" doc:"Every act on the matter, oldest first"`
	Receipts []ledger.Receipt `json:"receipts" doc:"Of the entries that are sealed"`
}

// maxEntries bounds a printed file.
const maxEntries = 500

func (a *API) registerMatterFile() {
	const tag = "matters"
	get(a, "/v1/matters/{id}/file", "matter-file", tag, "整卷", a.matterFile)
	get(a, "/v1/matters/{id}/rounds/{round}", "matter-round", tag, "某一轮的材料", func(ctx context.Context, in *struct {
		ByID
		Round int `path:"round" minimum:"0"`
	}) (matter.Round, error) {
		return a.s.Matters.Round(ctx, in.ID, in.Round)
	})
	get(a, "/v1/matters/{id}/compare", "compare-rounds", tag, "比较两轮材料", func(ctx context.Context, in *struct {
		ByID
		From int `query:"from" minimum:"0"`
		To   int `query:"to" minimum:"0"`
	}) (Page[matter.Difference], error) {
		list, err := a.s.Matters.Compare(ctx, in.ID, in.From, in.To)
		return paged(list, len(list)+1, func(c matter.Difference) string { return c.Kind }), err
	})
	a.mountAttachment()
}

func (a *API) matterFile(ctx context.Context, in *ByID) (MatterFile, error) {
	var f MatterFile
	var err error
	if f.MatterPage, err = a.matter(ctx, in); err != nil {
		return f, err
	}
	f.Rounds, f.Receipts, f.Entries = []matter.Round{}, []ledger.Receipt{}, []LedgerItem{}
	for round := 0; round <= f.Matter.Rounds; round++ {
		p, err := a.s.Matters.Round(ctx, in.ID, round)
		if errs.Is(err, errs.NotFound) { // handed in before versions were kept
			continue
		}
		if err != nil {
			return f, err
		}
		f.Rounds = append(f.Rounds, p)
	}
	var list []ledger.Record
	err = a.s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = a.s.Log.Entries(ctx, tx, ledger.Filter{Matter: in.ID, Outcome: "done", Limit: maxEntries})
		return err
	})
	if err != nil {
		return f, err
	}
	for i := len(list) - 1; i >= 0; i-- {
		f.Entries = append(f.Entries, LedgerItem{Record: list[i]})
		receipt, err := a.s.Log.Proof(ctx, list[i].Seq)
		if errs.Is(err, errs.Unavailable) { // not sealed yet
			continue
		}
		if err != nil {
			return f, err
		}
		f.Receipts = append(f.Receipts, receipt)
	}
	return f, a.nameEntries(ctx, f.Entries)
}

// nameEntries writes names beside the ids of who acted.
func (a *API) nameEntries(ctx context.Context, items []LedgerItem) error {
	ids := make([]string, len(items))
	for i := range items {
		ids[i] = items[i].Org
	}
	names, err := a.orgNames(ctx, ids...)
	if err != nil {
		return err
	}
	people, err := a.personNames(ctx, items)
	for i := range items {
		items[i].OrgName, items[i].ActorName = names[items[i].Org], people[items[i].Actor]
	}
	return err
}

// mountAttachment registers the download of a document of a matter. It streams, so it goes past the generic mount.
func (a *API) mountAttachment() {
	huma.Register(a.huma, huma.Operation{
		Method: http.MethodGet, Path: "/v1/matters/{id}/documents/{digest}", OperationID: "matter-document", Tags: []string{"matters"}, Summary: "下载材料",
		Security: []map[string][]string{{"session": {}}, {"key": {}}},
	}, func(ctx context.Context, in *struct {
		ByID
		Digest string `path:"digest" maxLength:"128"`
	}) (*huma.StreamResponse, error) {
		if !actor(ctx).SignedIn() {
			return nil, problemOf(ctx, errs.New(errs.Unauthenticated, "请先登录"))
		}
		var title string
		err := a.s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
			title, err = matter.Attached(ctx, tx, in.ID, in.Digest)
			return err
		})
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		file, err := a.s.Blobs.Open(in.Digest)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		info, err := file.Stat()
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		return &huma.StreamResponse{Body: func(c huma.Context) {
			defer file.Close()
			// Whatever was uploaded is handed out as bytes to save: nothing of it runs in the reader's browser.
			c.SetHeader("Content-Type", "application/octet-stream")
			c.SetHeader("Content-Length", strconv.FormatInt(info.Size(), 10))
			c.SetHeader("X-Content-Type-Options", "nosniff")
			c.SetHeader("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": title}))
			if _, err := io.Copy(c.BodyWriter(), file); err != nil {
				slog.WarnContext(c.Context(), "download broken off", "matter", in.ID, "err", err)
			}
		}}, nil
	})
}
