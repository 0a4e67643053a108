package query

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Canonical is the one encoding of the model: JSON with fields in declared order, zero fields left out, no spaces, no
// escapes beyond those JSON requires. Equal models have equal bytes, because models hold no maps and no floats.
func (m *Model) Canonical() []byte { return encode(m) }

// Hash is what experts sign: "sha256:" and the digest of the canonical bytes.
func (m *Model) Hash() string { return digest(m.Canonical()) }

// Question is the digest of what is asked of the data, without the names and the order of the output columns: two
// models with equal questions release the same vectors over the same cells.
func (m *Model) Question() string {
	tables := make([]TableRef, len(m.Tables))
	for i, t := range m.Tables {
		t.Columns = nil
		tables[i] = t
	}
	bare := Model{Format: m.Format, Class: m.Class, Unit: m.Unit, Tables: tables, Root: m.Root, Step: m.Step}
	if m.Class != A {
		bare.Outputs = make([]Output, len(m.Outputs))
		for i, o := range m.Outputs {
			bare.Outputs[i] = Output{Type: o.Type, Kind: o.Kind, Index: o.Index}
			if o.Kind == OutStep { // by its name the module knows what it is
				bare.Outputs[i].Name, bare.Outputs[i].Values = o.Name, o.Values
			}
		}
	}
	return digest(encode(&bare))
}

// Decode reads canonical bytes. Bytes that are not exactly what Canonical writes are refused, so that one signature
// cannot stand for two spellings; so is a model that does not hold together.
func Decode(data []byte) (*Model, error) {
	var m Model
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return nil, fmt.Errorf("decode model: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("decode model: more than one document")
	}
	if !bytes.Equal(m.Canonical(), data) {
		return nil, errors.New("decode model: not in canonical form")
	}
	if err := m.Validate(); err != nil {
		return nil, fmt.Errorf("decode model: %w", err)
	}
	return &m, nil
}

func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("query: a model cannot fail to encode: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}
