package story

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"yunei/internal/flow/collect"
)

// WriteKit writes the files that a person who plays the story by hand needs: the certificates of the banks'
// representatives and of the citizen, each with its private key in one PEM file.
func (t *Teller) WriteKit(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for name, p := range map[string]struct {
		name string
		row  int
	}{
		bank.Login + "-representative.pem":   {bank.Representative, bank.Row},
		second.Login + "-representative.pem": {second.Representative, second.Row},
		PersonLogin + ".pem":                 {PersonName, PersonRow},
	} {
		// The certificate begins a day early, so that it is valid whatever the story's clock says.
		cert, key, err := t.Anchor.IssuePerson(p.name, collect.InventedNumber(p.row), t.Clock.Now().Add(-24*time.Hour))
		if err != nil {
			return fmt.Errorf("issue %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), append(cert, key...), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// WriteDocuments writes signed authorization documents of three citizens for the bank's scenario, to be handed in on the
// calls page; it works once the bank's grant is in force.
func (t *Teller) WriteDocuments(ctx context.Context, dir string) error {
	for row := 1; row <= 3; row++ {
		p := t.ordinary(fmt.Sprintf("SQS-1%03d", row))
		p.name, p.row = fmt.Sprintf("样例居民%d", row), row
		signed, err := t.document(ctx, p)
		if err != nil {
			return err
		}
		body, err := json.MarshalIndent(signed, "", "  ")
		if err != nil {
			return err
		}
		name := "document-" + collect.InventedNumber(row) + ".json"
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o600); err != nil {
			return err
		}
	}
	return nil
}
