package serve

import (
	"context"
	"crypto/cipher"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/emmansun/gmsm/sm4"

	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/party"
	"yunei/internal/core/query"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/regime"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/collect"
	"yunei/internal/flow/consent"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/lab"
)

// The acts of this package.
const (
	ActDeploy = "serve.deploy"
	ActClose  = "serve.close"
	ActCall   = "serve.call"
	ActReplay = "serve.replay"
	ActPurge  = "serve.purge"

	ActTestOpen  = "serve.test.open"
	ActTestClose = "serve.test.close"
)

// Service deploys models and answers calls.
type Service struct {
	Acts     *act.Runner
	db       *sqldb.DB
	gauge    gauge
	Pace     Pace
	consents *consent.Service
	catalog  *catalog.Service
	collect  *collect.Service
	disclose *disclose.Ledger
	lab      *lab.Service
	digests  []byte
	box      cipher.AEAD
	programs sync.Map // hash of what was signed -> *served
}

// Deps are what New needs.
type Deps struct {
	DB       *sqldb.DB
	Acts     *act.Runner
	Keys     *seal.Keys
	Consents *consent.Service
	Catalog  *catalog.Service
	Collect  *collect.Service
	Disclose *disclose.Ledger
	Lab      *lab.Service // vouches for what Deploy puts into service
	Pace     Pace         // 0: answers are not paced
}

// New defines the acts and registers the objects and facts of this package.
func New(d Deps) *Service {
	d.Acts.Define(
		act.Def{Name: ActDeploy, Roles: []access.Role{access.DataUser}},
		act.Def{Name: ActClose, Roles: []access.Role{access.DataUser, access.Operator}},
		act.Def{Name: ActCall, Roles: []access.Role{access.DataUser}},
		act.Def{Name: ActReplay, Roles: []access.Role{access.DataUser}},
		act.Def{Name: ActPurge, Roles: []access.Role{access.Platform}},
		act.Def{Name: ActTestOpen, Roles: []access.Role{access.DataUser}},
		act.Def{Name: ActTestClose, Roles: []access.Role{access.DataUser}},
	)
	log := d.Acts.Ledger()
	log.Register("deployment", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadDeployment(ctx, tx, id) })
	log.Register("test-key", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadTestKey(ctx, tx, id) })
	log.Register("call", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadCall(ctx, tx, id) })
	d.Acts.Law().RegisterFact(Facts()...)
	block, err := sm4.NewCipher(d.Keys.Derive("serve.replay")[:16])
	if err != nil {
		panic("serve: sm4 key: " + err.Error()) // sixteen bytes are always a key
	}
	box, err := cipher.NewGCM(block)
	if err != nil {
		panic("serve: gcm: " + err.Error())
	}
	s := &Service{Acts: d.Acts, db: d.DB, Pace: d.Pace, consents: d.Consents, catalog: d.Catalog, collect: d.Collect,
		disclose: d.Disclose, lab: d.Lab, digests: d.Keys.Derive("serve.digest"), box: box}
	// An answer kept for a broken connection must not outlive the consent it rests on.
	d.Consents.OnClose(func(ctx context.Context, tx *act.Tx, c consent.Consent) error {
		return dropReplaysUnder(ctx, tx.Tx, c.ID)
	})
	return s
}

// Facts are what a rule may look at: what a call says it is made for, and what its deployment was approved for.
func Facts() []regime.Fact {
	return []regime.Fact{
		{Name: "call.purpose", Object: "call", Type: regime.String},
		{Name: "deployment.trains", Type: regime.Bool},
		{Name: "deployment.model_assessed", Type: regime.Bool},
	}
}

// training adds what a rule may look at of a service that is declared to train or verify a model.
func training(ctx context.Context, tx *act.Tx, d Deployment, facts map[string]any) (err error) {
	assessed := false
	if d.Trains != "" {
		assessed, err = lab.Assessed(ctx, tx.Tx, d.Org, d.Trains, tx.Day())
	}
	facts["deployment.trains"], facts["deployment.model_assessed"] = d.Trains != "", assessed
	return err
}

// Approved is a model version as the lab vouches for it.
type Approved struct {
	Grant   string // the grant in force
	Version string // id of the model version, the object of its permit
	Title   string
	IR      []byte // canonical bytes, whose hash was signed
	Module  []byte // of its step, whose digest stands in the IR
	Hash    string
	Partner string // third party through which documents are obtained, as declared
	Daily   int64  // calls a day; 0: no limit set
	Trains  string // model that its answers are declared to train or verify, or none
}

// DeployTx puts an approved model into service (模型部署) inside another act. 四(一): 按照公共数据使用协议,数据使用单位在开发服务平台
// 进行模型部署和数据调用. The permit of the version says under which scenario and which fields.
func (s *Service) DeployTx(ctx context.Context, tx *act.Tx, a Approved) (Deployment, error) {
	f, err := query.DecodeFamily(a.IR)
	if err != nil {
		return Deployment{}, fmt.Errorf("deploy model version %s: %w", a.Version, err)
	}
	if f.Hash() != a.Hash {
		return Deployment{}, errs.New(errs.Conflict, "模型内容与审批时签名的散列值不一致, 请联系平台运营单位核查")
	}
	facts, err := lab.Used(ctx, tx, lab.RouteService, f.Class())
	if err != nil {
		return Deployment{}, err
	}
	if !f.Class().Own() {
		if err := tx.JudgeAs(ctx, ActDeploy, map[string]string{"org": tx.Actor().Org}, facts); err != nil {
			return Deployment{}, err
		}
		return Deployment{}, errs.New(errs.Invalid, "只有实时查询模型 (B 类) 可以部署为调用服务, 统计模型请在开发空间运行")
	}
	org := tx.Actor().Org
	permit, err := access.ValidFor(ctx, tx.Tx, org, grant.PermitModel, a.Version, tx.Day())
	if err != nil {
		return Deployment{}, err
	}
	related, err := party.RelatedTo(ctx, tx.Tx, org, tx.Day().Year())
	if err != nil {
		return Deployment{}, err
	}
	var sensitive []string
	for _, m := range f.Members {
		if !permit.Covers(fieldsOf(m)) {
			return Deployment{}, errs.New(errs.Forbidden, "模型使用的数据项超出授权范围, 请按获批的数据项修改后重新申报")
		}
		// 六(二): 不得通过多模型叠加…逆算原始数据. All that this user may ask about one person, with every value of the
		// parameters, together, stays within every field's policy.
		if err := s.disclose.Approve(ctx, tx.Tx, org, related, m); err != nil {
			return Deployment{}, err
		}
		own, err := s.sensitive(ctx, tx.Tx, m)
		if err != nil {
			return Deployment{}, err
		}
		for _, field := range own {
			if !slices.Contains(sensitive, field) {
				sensitive = append(sensitive, field)
			}
		}
	}
	d := Deployment{ID: tx.NewID("dpl"), Org: org, Grant: a.Grant, Permit: permit.ID, Version: a.Version, Scenario: permit.Purpose, Title: a.Title, Partner: a.Partner,
		Hash: a.Hash, Sensitive: sensitive, Daily: a.Daily, Trains: strings.TrimSpace(a.Trains), State: Open, Opened: tx.Now(), model: a.IR, module: a.Module}
	if _, err := programs(f, a.Module); err != nil { // what cannot run is not deployed
		return Deployment{}, fmt.Errorf("deploy model version %s: %w", a.Version, err)
	}
	if err := insertDeployment(ctx, tx.Tx, d); err != nil {
		return d, err
	}
	if err := training(ctx, tx, d, facts); err != nil {
		return d, err
	}
	if err := tx.JudgeAs(ctx, ActDeploy, map[string]string{"org": org}, facts); err != nil {
		return d, err
	}
	err = tx.Changed(ctx, "deployment", d.ID, d)
	d.Params = lab.ParamsOf(f)
	return d, err
}

// sensitive lists the model's fields that are sensitive personal information or of local level 4: each needs its own
// consent (单独同意).
func (s *Service) sensitive(ctx context.Context, tx *sqldb.Tx, m *query.Model) ([]string, error) {
	asked := fieldsOf(m)
	var out []string
	for _, ref := range m.Tables {
		table, err := s.catalog.PolicyTable(ctx, tx, ref.Resource)
		if err != nil {
			return nil, err
		}
		for _, c := range table.Columns {
			key := consent.FieldKey(ref.Resource, c.Name)
			if (c.Grade.Sensitive || c.Grade.Level >= 4) && slices.Contains(asked, key) {
				out = append(out, key)
			}
		}
	}
	return out, nil
}

// Close takes a deployment out of service.
func (s *Service) Close(ctx context.Context, id string) (Deployment, error) {
	var d Deployment
	_, err := s.Acts.Do(ctx, act.Call{Act: ActClose}, func(ctx context.Context, tx *act.Tx) error {
		found, err := s.visible(ctx, tx.Tx, id)
		if err != nil {
			return err
		}
		if !tx.Actor().Has(access.Operator) && found.Org != tx.Actor().Org {
			return errNoDeployment()
		}
		d, err = s.CloseTx(ctx, tx, id)
		return err
	})
	return d, err
}

// CloseTx is Close inside another act, such as the end of a grant.
func (s *Service) CloseTx(ctx context.Context, tx *act.Tx, id string) (Deployment, error) {
	d, err := loadDeployment(ctx, tx.Tx, id)
	if err != nil {
		return d, err
	}
	if d.State == Closed {
		return d, errs.New(errs.Conflict, "这个数据服务已经停用, 无需再次办理")
	}
	d.State = Closed
	if err := setDeploymentState(ctx, tx.Tx, d.ID, d.State); err != nil {
		return d, err
	}
	if err := tx.JudgeAs(ctx, ActClose, map[string]string{"org": d.Org}, nil); err != nil {
		return d, err
	}
	return d, tx.Changed(ctx, "deployment", d.ID, d)
}

// OpenUnder lists an organization's open deployments of one scenario or ("") of all, for the end of a grant.
func OpenUnder(ctx context.Context, tx *sqldb.Tx, org, scenario string) ([]Deployment, error) {
	return openDeployments(ctx, tx, org, scenario)
}

// ForgetTx deletes the answers that are kept for an organization's broken connections, at once.
func (s *Service) ForgetTx(ctx context.Context, tx *act.Tx, org string) error {
	return dropReplays(ctx, tx.Tx, org, tx.Now().Add(replayFor))
}

// Sweep deletes kept answers whose ten minutes are over. A busy organization's go with its next call; this is for those
// that make no further one. It leaves an entry only where it deleted something.
func (s *Service) Sweep(ctx context.Context) error {
	if err := s.WriteCalls(ctx); err != nil {
		return err
	}
	var left bool
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		left, err = replaysBefore(ctx, tx, tx.Now().Add(-replayFor))
		return err
	})
	if err != nil || !left {
		return err
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActPurge}, func(ctx context.Context, tx *act.Tx) error {
		return dropReplays(ctx, tx.Tx, "", tx.Now().Add(-replayFor))
	})
	return err
}

// program is a concrete model ready to run.
type program struct {
	model   *query.Model
	run     *interp.Program
	fields  []string
	outputs []string
}

// served is what was signed, kept by its hash: what was signed is what runs.
type served struct {
	family   *query.Family
	programs map[*query.Model]*program
}

// program picks the concrete model of a call by the values it chose.
func (s *Service) program(d Deployment, chosen map[string]string) (*program, error) {
	have, err := s.served(d)
	if err != nil {
		return nil, err
	}
	m, _, err := lab.Bind(have.family, chosen)
	return have.programs[m], err
}

func (s *Service) served(d Deployment) (*served, error) {
	if have, ok := s.programs.Load(d.Hash); ok {
		return have.(*served), nil
	}
	f, err := query.DecodeFamily(d.model)
	if err != nil {
		return nil, fmt.Errorf("decode model of deployment %s: %w", d.ID, err)
	}
	if f.Hash() != d.Hash {
		return nil, fmt.Errorf("model of deployment %s does not have its hash %s", d.ID, d.Hash)
	}
	out := &served{family: f}
	if out.programs, err = programs(f, d.module); err != nil {
		return nil, fmt.Errorf("model of deployment %s: %w", d.ID, err)
	}
	s.programs.Store(d.Hash, out)
	return out, nil
}

// programs makes every member of a family ready to run, with the module that its step names.
func programs(f *query.Family, module []byte) (map[*query.Model]*program, error) {
	out := map[*query.Model]*program{}
	for _, m := range f.Members {
		run, err := interp.CompileStep(m, module)
		if err != nil {
			return nil, fmt.Errorf("compile model: %w", err)
		}
		out[m] = &program{model: m, run: run, fields: fieldsOf(m), outputs: outputNames(m)}
	}
	return out, nil
}
