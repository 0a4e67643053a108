package serve

import (
	"context"
	"fmt"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/query"
	"yunei/internal/core/query/interp"
)

// rows reads what the model reads of one subject, from the snapshots in use, and says which those are. What can fail here
// concerns a resource, never a person: no rows is an answer like any other.
func (s *Service) rows(ctx context.Context, tx *sqldb.Tx, m *query.Model, sid string) (interp.Data, map[string]string, error) {
	data, snapshots := interp.Data{}, map[string]string{}
	for _, t := range m.Tables {
		rows, snap, err := s.collect.Rows(ctx, tx, t.Resource, sid)
		if err != nil {
			return nil, nil, fmt.Errorf("read resource %s: %w", t.Resource, err)
		}
		if snap.SchemaVersion != t.Version {
			return nil, nil, errs.New(errs.Conflict, "数据资源的目录条目在模型审批后有变更, 未调取任何数据; 请按现行目录更新模型并重新申报")
		}
		data[t.Name] = rows
		snapshots[t.Resource] = snap.ID
	}
	return data, snapshots, nil
}
