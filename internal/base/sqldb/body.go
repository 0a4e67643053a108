package sqldb

import (
	"context"
	"encoding/json"
	"fmt"
)

// Body scans the one column of a row that keeps an object as JSON.
func Body[T any](row interface{ Scan(dest ...any) error }) (v T, err error) {
	var body string
	if err := row.Scan(&body); err != nil {
		return v, err
	}
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		return v, fmt.Errorf("decode %T: %w", v, err)
	}
	return v, nil
}

// Bodies lists such rows.
func Bodies[T any](ctx context.Context, tx *Tx, q string, args ...any) ([]T, error) {
	return List(ctx, tx, func(r *Rows) (T, error) { return Body[T](r) }, q, args...)
}
