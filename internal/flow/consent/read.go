package consent

import (
	"context"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
)

// Mine lists the person's own documents, newest first, before a cursor.
func (s *Service) Mine(ctx context.Context, before string, limit int) (list []Consent, err error) {
	actor := access.From(ctx)
	if actor.SID == "" {
		return nil, nil
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		list, err = listOf(ctx, tx, actor.SID, before, limit)
		return err
	})
	return list, err
}

// Received lists the documents that name the actor's organization, newest first, before a cursor.
func (s *Service) Received(ctx context.Context, before string, limit int) (list []Consent, err error) {
	actor := access.From(ctx)
	if actor.Org == "" {
		return nil, nil
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		list, err = listFor(ctx, tx, actor.Org, before, limit)
		return err
	})
	return list, err
}

// Get shows one consent to the person and to the bodies it names; to everyone else it does not exist.
func (s *Service) Get(ctx context.Context, id string) (c Consent, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		c, err = s.visible(ctx, tx, id)
		return err
	})
	return c, err
}

// Paper is a stored document as it was signed, and the text the person read.
type Paper struct {
	Signed Signed `json:"signed"`
	Text   string `json:"text"`
}

// Paper shows the stored document to those who may see the consent, and to the operator for spot checks (抽查).
func (s *Service) Paper(ctx context.Context, id string) (p Paper, err error) {
	var sealed []byte
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		if _, err := s.visible(ctx, tx, id); err != nil {
			return err
		}
		sealed, err = loadSealed(ctx, tx, id)
		return err
	})
	if err != nil {
		return p, err
	}
	if p.Signed, err = s.openDocument(id, sealed); err != nil {
		return p, err
	}
	d, err := Parse([]byte(p.Signed.Document))
	if err != nil {
		return p, err
	}
	f, ok, err := s.form(ctx, d.Template)
	if err != nil || !ok {
		return p, err
	}
	p.Text, err = f.Text(d)
	return p, err
}

func (s *Service) visible(ctx context.Context, tx *sqldb.Tx, id string) (Consent, error) {
	c, err := Load(ctx, tx, id)
	if err != nil {
		return c, err
	}
	actor := access.From(ctx)
	if actor.SID != "" && actor.SID == c.SID || c.Terms.names(actor.Org) || actor.Has(access.Operator) {
		return c, nil
	}
	return Consent{}, errNone()
}
