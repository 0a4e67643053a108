package serve

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/id"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
)

// Outcomes of a call as its user meets them.
const (
	callOK      = "ok"
	callRefused = "refused" // by law, permit, consent or quota: the service was there
	callFailed  = "failed"  // the platform's own fault
)

// gaugeSize is how many calls are noted before they are written; the timer writes them at the latest.
const gaugeSize = 256

// gauge holds the last calls until they are written together: a durable write for each would double what a call costs. What a
// power cut takes with it is at most the last half minute of this bookkeeping, never a call's own entry.
type gauge struct {
	mu    sync.Mutex
	noted []metered
}

type metered struct {
	org, deployment, outcome string
	latency, bytes           int64
}

// metered notes how a call went, how long it took and how much it gave. 泉州 四(一): 平台运营单位应提供相关数据服务.
func (s *Service) metered(ctx context.Context, deployment string, a Answer, err error, took time.Duration) {
	m := metered{org: access.From(ctx).Org, deployment: deployment, outcome: callOK, latency: took.Microseconds()}
	switch code := errs.CodeOf(err); {
	case code == errs.NotFound || code == errs.Unauthenticated || m.org == "":
		return // no service of the caller's
	case code == errs.Internal || code == errs.Unavailable:
		m.outcome = callFailed
	case err != nil:
		m.outcome = callRefused
	default:
		if raw, err := json.Marshal(a.Outputs); err == nil {
			m.bytes = int64(len(raw))
		}
	}
	s.gauge.mu.Lock()
	s.gauge.noted = append(s.gauge.noted, m)
	full := len(s.gauge.noted) >= gaugeSize
	s.gauge.mu.Unlock()
	if full {
		if err := s.WriteCalls(context.WithoutCancel(ctx)); err != nil {
			slog.ErrorContext(ctx, "calls were not metered", "err", err)
		}
	}
}

// WriteCalls writes what is noted, for whoever is about to count it; what could not be written stays noted.
func (s *Service) WriteCalls(ctx context.Context) error {
	s.gauge.mu.Lock()
	list := s.gauge.noted
	s.gauge.noted = nil
	s.gauge.mu.Unlock()
	if len(list) == 0 {
		return nil
	}
	err := s.db.Do(ctx, func(tx *sqldb.Tx) error {
		month := workday.DateOf(tx.Now()).String()[:7]
		for _, m := range list {
			_, err := tx.Exec(ctx, `INSERT INTO service_call (id, org, deployment, month, outcome, latency, bytes, at)
				SELECT $1, $2, d.id, $3, $4, $5, $6, $7 FROM deployment d WHERE d.id = $8 AND d.org = $2`,
				id.New("scl", tx.Now()), m.org, month, m.outcome, m.latency, m.bytes, tx.Now().UnixMicro(), m.deployment)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.gauge.mu.Lock()
		s.gauge.noted = append(list, s.gauge.noted...)
		s.gauge.mu.Unlock()
	}
	return err
}

// Month (月度可用性) is how a service did in a month.
type Month struct {
	Month        string `json:"month" doc:"2006-01"`
	Calls        int64  `json:"calls"`
	OK           int64  `json:"ok"`
	Refused      int64  `json:"refused" doc:"By law, permit, consent or quota: the service was there"`
	Failed       int64  `json:"failed" doc:"The platform's own fault"`
	Availability int64  `json:"availability" doc:"Calls that did not fail, in thousandths"`
	Latency      int64  `json:"latency" doc:"Mean, in microseconds"`
	Slowest      int64  `json:"slowest" doc:"In microseconds"`
	Bytes        int64  `json:"bytes" doc:"Of the answers"`
}

// Months are a service's months, newest first, for its user and for who supervises.
func (s *Service) Months(ctx context.Context, deployment string) (list []Month, err error) {
	if err := s.WriteCalls(ctx); err != nil {
		return nil, err
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		if _, err := s.visible(ctx, tx, deployment); err != nil {
			return err
		}
		list, err = sqldb.List(ctx, tx, func(r *sqldb.Rows) (m Month, err error) {
			if err = r.Scan(&m.Month, &m.Calls, &m.OK, &m.Refused, &m.Failed, &m.Latency, &m.Slowest, &m.Bytes); err == nil {
				m.Availability = 1000 * (m.Calls - m.Failed) / m.Calls
			}
			return m, err
		}, `SELECT month, COUNT(*), CAST(SUM(CASE WHEN outcome = 'ok' THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN outcome = 'refused' THEN 1 ELSE 0 END) AS BIGINT),
			CAST(SUM(CASE WHEN outcome = 'failed' THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(latency) / COUNT(*) AS BIGINT), MAX(latency), CAST(SUM(bytes) AS BIGINT)
			FROM service_call WHERE deployment = $1 GROUP BY month ORDER BY month DESC`, deployment)
		return err
	})
	return list, err
}
