package link

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
)

func encode(v any) (string, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode %T: %w", v, err)
	}
	return string(body), nil
}

type row interface{ Scan(...any) error }

const peerColumns = `id, node, state, body`

// scanPeer lets the columns win over the body, so that a changed column is a changed peer to fsck.
func scanPeer(r row) (Peer, error) {
	var p Peer
	var id, node, state, body string
	if err := r.Scan(&id, &node, &state, &body); err != nil {
		return p, err
	}
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		return p, fmt.Errorf("decode peer %s: %w", id, err)
	}
	p.ID, p.Node, p.State = id, node, state
	return p, nil
}

func insertPeer(ctx context.Context, tx *sqldb.Tx, p Peer) error {
	body, err := encode(p)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO peer (id, node, state, body) VALUES ($1, $2, $3, $4)`, p.ID, p.Node, p.State, body)
	return err
}

func savePeer(ctx context.Context, tx *sqldb.Tx, p Peer) error {
	body, err := encode(p)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE peer SET state = $2, body = $3 WHERE id = $1`, p.ID, p.State, body)
	return err
}

func loadPeer(ctx context.Context, tx *sqldb.Tx, id string) (Peer, error) {
	p, err := scanPeer(tx.QueryRow(ctx, `SELECT `+peerColumns+` FROM peer WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return p, errs.New(errs.NotFound, "没有这个互联节点, 请从节点列表进入")
	}
	return p, err
}

// standing is the peer that a node is joined as; what has ended stands no more.
func standing(ctx context.Context, tx *sqldb.Tx, node string) (Peer, error) {
	p, err := scanPeer(tx.QueryRow(ctx, `SELECT `+peerColumns+` FROM peer WHERE node = $1 AND state <> 'ended' ORDER BY id DESC LIMIT 1`, node))
	if errors.Is(err, sqldb.ErrNoRows) {
		return p, errs.New(errs.NotFound, "没有与节点 %s 互联, 请先由双方登记", node)
	}
	return p, err
}

func listPeers(ctx context.Context, tx *sqldb.Tx) ([]Peer, error) {
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (Peer, error) { return scanPeer(r) }, `SELECT `+peerColumns+` FROM peer ORDER BY id DESC LIMIT 500`)
}

// pulse is how a link lives.
type pulse struct {
	turnOut, turnIn int64
	heard, tried    time.Time
	failures        int64
	fault           string
}

func moment(micro int64) time.Time {
	if micro == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micro).UTC()
}

func loadPulse(ctx context.Context, tx *sqldb.Tx, node string) (p pulse, err error) {
	var heard, tried int64
	err = tx.QueryRow(ctx, `SELECT turn_out, turn_in, heard, tried, failures, fault FROM peer_pulse WHERE node = $1`, node).
		Scan(&p.turnOut, &p.turnIn, &heard, &tried, &p.failures, &p.fault)
	if errors.Is(err, sqldb.ErrNoRows) {
		return pulse{}, nil
	}
	p.heard, p.tried = moment(heard), moment(tried)
	return p, err
}

func beginPulse(ctx context.Context, tx *sqldb.Tx, node string) error {
	_, err := tx.Exec(ctx, `INSERT INTO peer_pulse (node, turn_out, turn_in, heard, tried, failures, fault)
		VALUES ($1, 0, 0, 0, 0, 0, '') ON CONFLICT (node) DO NOTHING`, node)
	return err
}

// nextTurn takes the next turn of requests to a node.
func nextTurn(ctx context.Context, tx *sqldb.Tx, node string) (turn int64, err error) {
	if _, err = tx.Exec(ctx, `UPDATE peer_pulse SET turn_out = turn_out + 1, tried = $2 WHERE node = $1`, node, tx.Now().UnixMicro()); err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `SELECT turn_out FROM peer_pulse WHERE node = $1`, node).Scan(&turn)
	return turn, err
}

// takeTurn uses a turn up; false where it was used before, with the highest one seen.
func takeTurn(ctx context.Context, tx *sqldb.Tx, node string, turn int64) (fresh bool, last int64, err error) {
	n, err := tx.Exec(ctx, `UPDATE peer_pulse SET turn_in = $2, heard = $3 WHERE node = $1 AND turn_in < $2`, node, turn, tx.Now().UnixMicro())
	if err != nil || n == 1 {
		return n == 1, turn, err
	}
	err = tx.QueryRow(ctx, `SELECT turn_in FROM peer_pulse WHERE node = $1`, node).Scan(&last)
	return false, last, err
}

func heard(ctx context.Context, tx *sqldb.Tx, node string) error {
	_, err := tx.Exec(ctx, `UPDATE peer_pulse SET heard = $2, failures = 0, fault = '' WHERE node = $1`, node, tx.Now().UnixMicro())
	return err
}

// unheard notes a failure; last is the highest turn the other node says it has seen, 0 where it said nothing.
func unheard(ctx context.Context, tx *sqldb.Tx, node, why string, last int64) error {
	_, err := tx.Exec(ctx, `UPDATE peer_pulse SET failures = failures + 1, fault = $2,
		turn_out = CASE WHEN turn_out < $3 THEN $3 ELSE turn_out END WHERE node = $1`, node, why, last)
	return err
}

const outgoingColumns = `id, node, seq, state, next, kind, object, body, content`

func scanOutgoing(r row) (Outgoing, error) {
	var o Outgoing
	var id, node, state, kind, object, body string
	var seq, next int64
	var content string
	if err := r.Scan(&id, &node, &seq, &state, &next, &kind, &object, &body, &content); err != nil {
		return o, err
	}
	if err := json.Unmarshal([]byte(body), &o); err != nil {
		return o, fmt.Errorf("decode outgoing letter %s: %w", id, err)
	}
	o.ID, o.Node, o.Seq, o.State, o.Next, o.Kind, o.Object, o.content = id, node, seq, state, moment(next), kind, object, content
	o.Digest = digest([]byte(content))
	return o, nil
}

func insertOutgoing(ctx context.Context, tx *sqldb.Tx, o Outgoing) error {
	body, err := encode(o)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO link_outgoing (`+outgoingColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		o.ID, o.Node, o.Seq, o.State, o.Next.UnixMicro(), o.Kind, o.Object, body, o.content)
	return err
}

func saveOutgoing(ctx context.Context, tx *sqldb.Tx, o Outgoing) error {
	body, err := encode(o)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE link_outgoing SET state = $2, next = $3, body = $4 WHERE id = $1`, o.ID, o.State, o.Next.UnixMicro(), body)
	return err
}

func loadOutgoing(ctx context.Context, tx *sqldb.Tx, id string) (Outgoing, error) {
	o, err := scanOutgoing(tx.QueryRow(ctx, `SELECT `+outgoingColumns+` FROM link_outgoing WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return o, errs.New(errs.NotFound, "没有这件往来报文, 请从列表进入")
	}
	return o, err
}

func lastOut(ctx context.Context, tx *sqldb.Tx, node string) (seq int64, err error) {
	err = tx.QueryRow(ctx, `SELECT COALESCE(MAX(seq), 0) FROM link_outgoing WHERE node = $1`, node).Scan(&seq)
	return seq, err
}

// foremost is the letter to a node that comes next, ErrNoRows where none waits.
func foremost(ctx context.Context, tx *sqldb.Tx, node string) (Outgoing, error) {
	return scanOutgoing(tx.QueryRow(ctx, `SELECT `+outgoingColumns+` FROM link_outgoing WHERE node = $1 AND state = 'waiting' ORDER BY seq LIMIT 1`, node))
}

// answeredSince are the letters from a number on that are no longer waiting.
func answeredSince(ctx context.Context, tx *sqldb.Tx, node string, seq int64) ([]Outgoing, error) {
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (Outgoing, error) { return scanOutgoing(r) },
		`SELECT `+outgoingColumns+` FROM link_outgoing WHERE node = $1 AND seq >= $2 AND state <> 'waiting' ORDER BY seq`, node, seq)
}

func countWaiting(ctx context.Context, tx *sqldb.Tx, node string) (n int64, err error) {
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM link_outgoing WHERE node = $1 AND state = 'waiting'`, node).Scan(&n)
	return n, err
}

// letterFilter chooses letters; empty fields choose all.
type letterFilter struct {
	node, state, kind, object, before string
	limit                             int
}

func listOutgoing(ctx context.Context, tx *sqldb.Tx, f letterFilter) ([]Outgoing, error) {
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (Outgoing, error) { return scanOutgoing(r) },
		`SELECT `+outgoingColumns+` FROM link_outgoing WHERE ($1 = '' OR node = $1) AND ($2 = '' OR state = $2) AND ($3 = '' OR kind = $3)
		AND ($4 = '' OR object = $4) AND ($5 = '' OR id < $5) ORDER BY id DESC LIMIT $6`, f.node, f.state, f.kind, f.object, f.before, f.limit)
}

const incomingColumns = `id, node, seq, letter, kind, body, content`

func scanIncoming(r row) (Incoming, error) {
	var in Incoming
	var id, node, letter, kind, body, content string
	var seq int64
	if err := r.Scan(&id, &node, &seq, &letter, &kind, &body, &content); err != nil {
		return in, err
	}
	if err := json.Unmarshal([]byte(body), &in); err != nil {
		return in, fmt.Errorf("decode incoming letter %s: %w", id, err)
	}
	in.ID, in.Node, in.Seq, in.Letter, in.Kind = id, node, seq, letter, kind
	in.Content, in.Digest = json.RawMessage(content), digest([]byte(content))
	return in, nil
}

func insertIncoming(ctx context.Context, tx *sqldb.Tx, in Incoming) error {
	content := string(in.Content)
	in.Content = nil
	body, err := encode(in)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO link_incoming (`+incomingColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		in.ID, in.Node, in.Seq, in.Letter, in.Kind, body, content)
	return err
}

func loadIncoming(ctx context.Context, tx *sqldb.Tx, id string) (Incoming, error) {
	in, err := scanIncoming(tx.QueryRow(ctx, `SELECT `+incomingColumns+` FROM link_incoming WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return in, errs.New(errs.NotFound, "没有这件往来报文, 请从列表进入")
	}
	return in, err
}

// received is the letter of a node with that number.
func received(ctx context.Context, tx *sqldb.Tx, node string, seq int64) (Incoming, error) {
	return scanIncoming(tx.QueryRow(ctx, `SELECT `+incomingColumns+` FROM link_incoming WHERE node = $1 AND seq = $2`, node, seq))
}

func lastIn(ctx context.Context, tx *sqldb.Tx, node string) (seq int64, err error) {
	err = tx.QueryRow(ctx, `SELECT COALESCE(MAX(seq), 0) FROM link_incoming WHERE node = $1`, node).Scan(&seq)
	return seq, err
}

func listIncoming(ctx context.Context, tx *sqldb.Tx, f letterFilter) ([]Incoming, error) {
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (Incoming, error) { return scanIncoming(r) },
		`SELECT `+incomingColumns+` FROM link_incoming WHERE ($1 = '' OR node = $1) AND ($2 = '' OR kind = $2) AND ($3 = '' OR id < $3)
		ORDER BY id DESC LIMIT $4`, f.node, f.kind, f.before, f.limit)
}
