package lab

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/query"
	"yunei/internal/core/query/snapshot"
)

// numbers finds, for each pseudonym of the space's copies, the domain's number of the unit that it stands for.
func (s *Service) numbers(ctx context.Context, j job, copies map[string]held) (map[int64]int64, error) {
	own, err := s.spaceKey(ctx, j.run.Space)
	if err != nil {
		return nil, err
	}
	domain := pseudonym(s.Keys.Derive("exact/" + j.model.Unit))
	number, taken := map[int64]int64{}, map[int64]bool{}
	for _, t := range j.model.Tables {
		if t.UnitKind == "" {
			continue
		}
		local, last := pseudonym(tried(own, copies[t.Resource].Try)), ""
		key := query.ColumnRef{Name: j.keys[t.Name], Type: query.Type{Kind: query.Text}, Null: true}
		err := snapshot.Each(j.files[t.Name], []query.ColumnRef{key}, func(row []query.Value) error {
			sid := row[0].S
			if row[0].IsNull() || sid == last {
				return nil
			}
			last = sid
			p := local(sid)
			if _, known := number[p]; known { // another table has it too
				return nil
			}
			number[p] = domain(sid)
			if taken[number[p]] {
				return fmt.Errorf("%w: numbers of exact tables cannot be chosen anew", snapshot.ErrCollision)
			}
			taken[number[p]] = true
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("number the units of %s: %w", t.Name, err)
		}
	}
	return number, nil
}

// register numbers the units of one kind from 0 on in the order in which exact runs first met them: a file of their pseudonyms,
// eight bytes each. A number once given never changes.
type register struct {
	kind   string
	was    string // digest it was read from
	known  int    // units in it then
	number map[int64]uint32
	list   []int64
	digest string
}

func (s *Service) register(ctx context.Context, kind string) (register, error) {
	u := register{kind: kind, number: map[int64]uint32{}}
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		u.was, err = unitsOf(ctx, tx, kind)
		return err
	})
	if err != nil || u.was == "" {
		return u, err
	}
	body, err := s.blob(u.was)
	if err != nil {
		return u, fmt.Errorf("read the units of kind %s: %w", kind, err)
	}
	for ; len(body) >= 8; body = body[8:] {
		u.ordinal(int64(binary.BigEndian.Uint64(body)))
	}
	u.known = len(u.list)
	return u, nil
}

// ordinal is the number of a unit; a new one gets the next.
func (u *register) ordinal(unit int64) uint32 {
	n, known := u.number[unit]
	if !known {
		n = uint32(len(u.list))
		u.number[unit], u.list = n, append(u.list, unit)
	}
	return n
}

// put stores the list if it has grown.
func (u *register) put(ctx context.Context, s *Service) error {
	u.digest = u.was
	if len(u.list) == u.known {
		return nil
	}
	body := make([]byte, 0, 8*len(u.list))
	for _, unit := range u.list {
		body = binary.BigEndian.AppendUint64(body, uint64(unit))
	}
	ref, err := s.Blobs.Put(ctx, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("store the units of kind %s: %w", u.kind, err)
	}
	u.digest = ref.Digest
	return nil
}

// save makes the list the current one, unless another run was faster.
func (u *register) save(ctx context.Context, tx *sqldb.Tx) error {
	if err := tx.Lock(ctx, "exact units "+u.kind); err != nil {
		return err
	}
	now, err := unitsOf(ctx, tx, u.kind)
	if err != nil {
		return err
	}
	if now != u.was {
		return errNumbered
	}
	if u.digest == u.was {
		return nil
	}
	_, err = tx.Exec(ctx, `INSERT INTO exact_units (kind, digest, total) VALUES ($1, $2, $3)
		ON CONFLICT (kind) DO UPDATE SET digest = excluded.digest, total = excluded.total`, u.kind, u.digest, int64(len(u.list)))
	return err
}

// unitsOf is the digest of the current list, "" before the first exact run.
func unitsOf(ctx context.Context, tx *sqldb.Tx, kind string) (digest string, err error) {
	err = tx.QueryRow(ctx, `SELECT digest FROM exact_units WHERE kind = $1`, kind).Scan(&digest)
	if errors.Is(err, sqldb.ErrNoRows) {
		return "", nil
	}
	return digest, err
}
