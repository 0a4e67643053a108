package api

import (
	"context"

	"yunei/internal/base/clock"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/blob"
	"yunei/internal/core/ledger"
	"yunei/internal/core/link"
	"yunei/internal/core/matter"
	"yunei/internal/core/netlog"
	"yunei/internal/core/notice"
	"yunei/internal/core/party"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/collect"
	"yunei/internal/flow/connect"
	"yunei/internal/flow/consent"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/open"
	"yunei/internal/flow/output"
	"yunei/internal/flow/serve"
	"yunei/internal/flow/standard"
	"yunei/internal/flow/statistics"
	"yunei/internal/flow/supply"
	"yunei/internal/flow/trace"
	"yunei/internal/flow/watch"
)

// Services is everything the API speaks for.
type Services struct {
	DB            *sqldb.DB
	Clock         clock.Clock
	Acts          *act.Runner
	Keys          *seal.Keys
	Log           *ledger.Log
	Blobs         *blob.Store
	Matters       *matter.Service
	Party         *party.Service
	Notice        *notice.Service
	Link          *link.Service
	Catalog       *catalog.Service
	Connect       *connect.Registry
	Collect       *collect.Service
	Consent       *consent.Service
	Grant         *grant.Service
	Lab           *lab.Service
	Open          *open.Service
	Output        *output.Service
	Statistics    *statistics.Service
	Standard      *standard.Service
	Supply        *supply.Service
	Serve         *serve.Service
	Watch         *watch.Service
	Trace         *trace.Service
	Netlog        *netlog.Log
	SecureCookies bool
	Wire          string // address of the PostgreSQL protocol, "" where it is not offered
}

// register mounts every endpoint, stage by stage in the order of the law.
func (a *API) register() {
	a.registerSession()
	a.registerRegime()
	a.registerNotice()
	a.registerMessages()
	a.registerMatter()
	a.registerParty()
	a.registerFile()
	a.registerArea()
	a.registerDesignations()
	a.registerProviders()
	a.registerAccounts()
	a.registerFiles()
	a.registerCatalog()
	a.registerConnect()
	a.registerCollect()
	a.registerConsent()
	a.registerGrant()
	a.registerLab()
	a.registerSupply()
	a.registerOpen()
	a.registerOutput()
	a.registerStatistics()
	a.registerStandard()
	a.registerServe()
	a.registerWatch()
	a.registerTrace()
	a.registerNetlog()
	a.registerLink()
	a.registerLedger()
}

// orgName is an organization's name, for showing names before codes.
func (a *API) orgName(ctx context.Context, id string) (name string, err error) {
	names, err := a.orgNames(ctx, id)
	return names[id], err
}

// orgNames looks up several names in one read; an unknown id is left out.
func (a *API) orgNames(ctx context.Context, ids ...string) (map[string]string, error) {
	names := map[string]string{}
	err := a.s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		for _, id := range ids {
			if _, seen := names[id]; seen || id == "" {
				continue
			}
			o, err := party.Load(ctx, tx, id)
			if err != nil {
				continue
			}
			names[id] = o.Name
		}
		return nil
	})
	return names, err
}

// orgPlaces are names and areas of organizations.
func (a *API) orgPlaces(ctx context.Context, ids ...string) (names map[string]string, areas map[string]access.Area, err error) {
	areas = map[string]access.Area{}
	if names, err = a.orgNames(ctx, ids...); err != nil {
		return names, areas, err
	}
	err = a.s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		for id := range names {
			area, err := access.AreaOf(ctx, tx, id)
			if err != nil {
				return err
			}
			areas[id] = area
		}
		return nil
	})
	return names, areas, err
}

// actor is who asks.
func actor(ctx context.Context) access.Actor { return access.From(ctx) }
