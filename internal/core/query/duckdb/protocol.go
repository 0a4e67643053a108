package duckdb

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

type mode string

const (
	modeRun   mode = "run"
	modeProbe mode = "probe" // put up the walls, report them, run nothing
)

// frame is everything the child is ever told.
type frame struct {
	Mode      mode              `json:"mode"`
	SQL       string            `json:"sql,omitempty"`
	Params    []param           `json:"params,omitempty"`
	Inputs    map[string]string `json:"inputs,omitempty"`
	Shape     []Column          `json:"shape,omitempty"`
	Limits    Limits            `json:"limits"`
	Temp      string            `json:"temp"`
	NeedWalls bool              `json:"needWalls,omitempty"`
}

// param keeps a parameter's type across JSON.
type param struct {
	I *int64  `json:"i,omitempty"`
	S *string `json:"s,omitempty"`
	B *bool   `json:"b,omitempty"`
}

func encodeParams(in []Param) []param {
	out := make([]param, len(in))
	for i, v := range in {
		switch v := v.(type) {
		case int64:
			out[i].I = &v
		case int:
			n := int64(v)
			out[i].I = &n
		case string:
			out[i].S = &v
		case bool:
			out[i].B = &v
		case nil:
		default:
			panic(fmt.Sprintf("duckdb: parameter %d has type %T", i+1, v))
		}
	}
	return out
}

func (p param) value() any {
	switch {
	case p.I != nil:
		return *p.I
	case p.S != nil:
		return *p.S
	case p.B != nil:
		return *p.B
	}
	return nil
}

// What the child may say, each message led by its length in four bytes:
// one hello, any number of rows, one end. Nothing else.
const (
	msgHello = 'h'
	msgRow   = 'r'
	msgEnd   = 'e'

	maxHello = 8 << 10
)

// status is how a job ended, from a closed list.
type status byte

const (
	statusDone    status = 0
	statusWalls   status = 1 // a wall is missing and the frame demanded all
	statusEngine  status = 2 // the engine refused or failed
	statusShape   status = 3 // the answer was not of the shape
	statusTooMany status = 4 // more cells than allowed
)

const (
	tagNull = 0
	tagInt  = 1
	tagWord = 2
)

func writeMessage(w io.Writer, kind byte, body []byte) error {
	head := make([]byte, 5, 5+len(body))
	binary.BigEndian.PutUint32(head, uint32(len(body)+1))
	head[4] = kind
	_, err := w.Write(append(head, body...))
	return err
}

func appendCell(b []byte, kind Kind, c Cell) []byte {
	if c.Null {
		return append(b, tagNull)
	}
	tag := byte(tagInt)
	if kind == Word {
		tag = tagWord
	}
	return binary.BigEndian.AppendUint64(append(b, tag), uint64(c.N))
}

var errProtocol = errors.New("the child broke the protocol")

// reader reads a hostile child.
type reader struct {
	r     io.Reader
	shape []Column
	cells int // still allowed
}

// message reads one message; its size is bounded by what the message may hold.
func (r *reader) message() (kind byte, body []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r.r, head[:]); err != nil {
		return 0, nil, fmt.Errorf("read from child: %w", err)
	}
	n := int64(binary.BigEndian.Uint32(head[:])) - 1
	limit := int64(1)
	switch head[4] {
	case msgHello:
		limit = maxHello
	case msgRow:
		limit = 9 * int64(len(r.shape))
	case msgEnd:
	default:
		return 0, nil, fmt.Errorf("%w: message kind %d", errProtocol, head[4])
	}
	if n < 0 || n > limit {
		return 0, nil, fmt.Errorf("%w: %d bytes in a message of kind %q", errProtocol, n, head[4])
	}
	body = make([]byte, n)
	_, err = io.ReadFull(r.r, body)
	return head[4], body, err
}

func (r *reader) hello() ([]Wall, error) {
	kind, body, err := r.message()
	if err != nil {
		return nil, err
	}
	if kind != msgHello {
		return nil, fmt.Errorf("%w: no hello", errProtocol)
	}
	var walls []Wall
	if err := json.Unmarshal(body, &walls); err != nil {
		return nil, fmt.Errorf("%w: hello: %v", errProtocol, err)
	}
	if len(walls) != len(wallNames) {
		return nil, fmt.Errorf("%w: %d walls reported, there are %d", errProtocol, len(walls), len(wallNames))
	}
	for i, w := range walls {
		if w.Name != wallNames[i] {
			return nil, fmt.Errorf("%w: wall %q, want %q", errProtocol, w.Name, wallNames[i])
		}
	}
	return walls, nil
}

func (r *reader) rows() ([][]Cell, error) {
	var rows [][]Cell
	for {
		kind, body, err := r.message()
		if err != nil {
			return nil, err
		}
		switch kind {
		case msgRow:
			row, err := r.row(body)
			if err != nil {
				return nil, err
			}
			rows = append(rows, row)
		case msgEnd:
			if len(body) != 1 || status(body[0]) != statusDone {
				return nil, fmt.Errorf("the child ended with status %v", body)
			}
			if n, err := r.r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
				return nil, fmt.Errorf("%w: words after the end", errProtocol)
			}
			return rows, nil
		default:
			return nil, fmt.Errorf("%w: message %q among the rows", errProtocol, kind)
		}
	}
}

func (r *reader) row(b []byte) ([]Cell, error) {
	if r.cells -= len(r.shape); r.cells < 0 {
		return nil, fmt.Errorf("%w: more cells than allowed", errProtocol)
	}
	row := make([]Cell, len(r.shape))
	for i, col := range r.shape {
		if len(b) == 0 {
			return nil, fmt.Errorf("%w: short row", errProtocol)
		}
		tag := b[0]
		b = b[1:]
		if tag == tagNull {
			row[i].Null = true
			continue
		}
		if len(b) < 8 {
			return nil, fmt.Errorf("%w: short row", errProtocol)
		}
		row[i].N = int64(binary.BigEndian.Uint64(b))
		b = b[8:]
		switch {
		case tag == tagInt && col.Kind == Int:
		case tag == tagWord && col.Kind == Word && row[i].N >= 0 && row[i].N < int64(len(col.Words)):
		default:
			return nil, fmt.Errorf("%w: column %s: tag %d, value %d", errProtocol, col.Name, tag, row[i].N)
		}
	}
	if len(b) != 0 {
		return nil, fmt.Errorf("%w: long row", errProtocol)
	}
	return row, nil
}
