package output

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/ledger"
	"yunei/internal/core/matter"
	"yunei/internal/flow/lab"
)

// Provenance says where an exported table comes from and who decided on it: what a reader needs to ask the ledger.
type Provenance struct {
	Release   string            `json:"release"`
	Digest    string            `json:"digest"` // of data.csv, as decided on
	Title     string            `json:"title"`
	Mode      string            `json:"mode"` // noised or exact
	Purpose   string            `json:"purpose"`
	Recipient string            `json:"recipient"`
	Retention string            `json:"retention"`
	Scenario  string            `json:"scenario"`
	Grant     string            `json:"grant"`
	Statistic string            `json:"statistic,omitempty"`
	Run       string            `json:"run"`
	Model     string            `json:"model"`     // hash that the experts signed
	Snapshots map[string]string `json:"snapshots"` // table to digest
	Checks    []string          `json:"checks"`    // numbers and outcomes
	Decided   []Decided         `json:"decided"`
	Export    int64             `json:"export"` // ledger number of this export
}

// Decided is one opinion of the review, by office and not by name.
type Decided struct {
	Step    string    `json:"step"`
	Role    string    `json:"role"`
	Verdict string    `json:"verdict"`
	At      time.Time `json:"at"`
}

// Package exports the approved table with its provenance and the ledger's receipt of the decision, as one archive.
func (s *Service) Package(ctx context.Context, id string) ([]byte, error) {
	r, file, seq, err := s.export(ctx, id)
	if err != nil {
		return nil, err
	}
	p := Provenance{Release: r.ID, Digest: r.Digest, Title: r.Title, Mode: "noised", Purpose: r.Purpose, Recipient: r.Recipient, Retention: r.Retention,
		Scenario: r.Scenario, Run: r.Run, Export: seq, Decided: []Decided{}}
	if r.Mode != "" {
		p.Mode = r.Mode
	}
	for _, c := range r.Checks {
		p.Checks = append(p.Checks, fmt.Sprintf("%d %s: %s", c.No, c.ID, c.Outcome))
	}
	var receipt *ledger.Receipt
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		run, err := lab.LoadRun(ctx, tx, r.Run)
		if err != nil {
			return err
		}
		p.Grant, p.Model, p.Snapshots, p.Statistic = run.Grant, run.Hash, run.Snapshots, run.Statistic
		m, err := matter.Load(ctx, tx, r.Matter)
		if err != nil {
			return err
		}
		for _, step := range m.Steps {
			for _, o := range step.Opinions {
				p.Decided = append(p.Decided, Decided{Step: step.Title, Role: step.Role, Verdict: string(o.Verdict), At: o.At})
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if decision, err := s.decision(ctx, r.Matter); err == nil {
		receipt = &decision
	}
	return archive(file, p, receipt)
}

// decision is the receipt of the last act on the matter, where it is sealed already.
func (s *Service) decision(ctx context.Context, matterID string) (ledger.Receipt, error) {
	var seq int64
	err := s.acts.View(ctx, func(tx *sqldb.Tx) error {
		entries, err := s.acts.Ledger().Entries(ctx, tx, ledger.Filter{Kind: "matter", Object: matterID, Limit: 1})
		if err == nil && len(entries) > 0 {
			seq = entries[0].Seq
		}
		return err
	})
	if err != nil {
		return ledger.Receipt{}, err
	}
	return s.acts.Ledger().Proof(ctx, seq)
}

func archive(file []byte, p Provenance, receipt *ledger.Receipt) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	put := func(name string, body []byte) error {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(body)
		}
		return err
	}
	origin, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode provenance: %w", err)
	}
	if err := put("data.csv", file); err != nil {
		return nil, err
	}
	if err := put("provenance.json", origin); err != nil {
		return nil, err
	}
	if receipt != nil {
		body, err := json.MarshalIndent(receipt, "", "  ")
		if err != nil {
			return nil, fmt.Errorf("encode receipt: %w", err)
		}
		if err := put("receipt.json", body); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
