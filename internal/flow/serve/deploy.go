package serve

import (
	"context"

	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/flow/grant"
)

// Deploy puts an approved model version into service (模型部署) under the caller's grant in force that is for it: exactly the
// representation whose hash the experts signed, their signatures verified again, as today's policy still allows. The partner through which documents are obtained is the one the plan declared (四(五)).
func (s *Service) Deploy(ctx context.Context, version string, daily int64, trains string) (Deployment, error) {
	var d Deployment
	_, err := s.Acts.Do(ctx, act.Call{Act: ActDeploy}, func(ctx context.Context, tx *act.Tx) error {
		org := tx.Actor().Org
		permit, err := access.ValidFor(ctx, tx.Tx, org, grant.PermitModel, version, tx.Day())
		if err != nil {
			return err
		}
		g, err := grant.ForModel(ctx, tx.Tx, org, permit.Purpose, version, tx.Day())
		if err != nil {
			return err
		}
		declared, err := grant.LoadDeclaration(ctx, tx.Tx, g.Declaration)
		if err != nil {
			return err
		}
		v, _, err := s.lab.Artifact(ctx, tx.Tx, g.Scenario, version)
		if err != nil {
			return err
		}
		module, err := s.lab.Bytes(ctx, tx.Tx, v)
		if err != nil {
			return err
		}
		d, err = s.DeployTx(ctx, tx, Approved{Grant: g.ID, Version: v.ID, Title: v.Name, IR: v.IR, Module: module, Hash: v.Hash,
			Partner: declared.Papers.Partner, Daily: daily, Trains: trains})
		return err
	})
	return d, err
}
