package proof

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"time"

	"github.com/gowebpki/jcs"
)

// Entry is one act as it stands in the ledger (账本条目): who, what, when, under which law, and salted digests of what it
// changed. It holds no personal data and no raw values, for it can never be deleted.
type Entry struct {
	Seq      int64     `json:"seq" doc:"Sequence number, given by the database; gaps are normal"`
	Recorded time.Time `json:"recorded" doc:"When it was written down (登记时刻)"`
	Occurred string    `json:"occurred" doc:"Legal day of the act (发生日)"`
	Actor    string    `json:"actor,omitempty" doc:"Account"`
	Org      string    `json:"org,omitempty" doc:"Organization of the account"`
	Act      string    `json:"act"`
	Outcome  string    `json:"outcome" doc:"done or refused"`
	Changes  []Change  `json:"changes,omitempty"`
	Regimes  []string  `json:"regimes,omitempty" doc:"Digests of the packs in force"`
	Verdicts []Verdict `json:"verdicts,omitempty"`
	Special  []Special `json:"special,omitempty" doc:"Special law whose settings were applied in place of the general ones"`
	Matter   string    `json:"matter,omitempty"`
	Step     string    `json:"step,omitempty"`
	Start    int64     `json:"start,omitempty" doc:"Of a finished errand: the entry of its start"`
	Request  string    `json:"request,omitempty"`
	Note     string    `json:"note,omitempty" doc:"Text the act itself publishes, such as a loss statement"`
}

// Change is one object before and after the act: HMAC-SM3 digests in hex, "" where there was nothing before.
type Change struct {
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Before string `json:"before,omitempty"`
	After  string `json:"after"`
}

// Verdict is what one rule said.
type Verdict struct {
	Rule    string `json:"rule"`
	Outcome string `json:"outcome"`
}

// Special is a special law (特别规定) by which an act was judged or a period counted, with its own words.
type Special struct {
	ID      string `json:"id"`
	Value   string `json:"value" doc:"Name of the value whose place it took"`
	Setting string `json:"setting" doc:"What it sets, in words"`
	Law     string `json:"law"`
	Article string `json:"article"`
	Quote   string `json:"quote"`
}

// ParseEntry reads a leaf. Bytes that are not exactly the canonical form of what they say are refused: two spellings of
// one entry would be two leaves.
func ParseEntry(leaf []byte) (Entry, error) {
	var e Entry
	if err := strict(leaf, &e); err != nil {
		return e, fmt.Errorf("entry: %w", err)
	}
	again, err := Canonical(e)
	if err != nil {
		return e, err
	}
	if !bytes.Equal(again, leaf) {
		return e, fmt.Errorf("entry %d is not in canonical form", e.Seq)
	}
	return e, nil
}

func strict(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("trailing data")
	}
	return nil
}

// Canonical is the JSON of v in the form that RFC 8785 fixes to the byte. Integers beyond 2^53 are refused, because that
// form would round them: write them as strings.
func Canonical(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("canonical JSON: %w", err)
	}
	if err := exact(raw); err != nil {
		return nil, fmt.Errorf("canonical JSON of %T: %w", v, err)
	}
	out, err := jcs.Transform(raw)
	if err != nil {
		return nil, fmt.Errorf("canonical JSON of %T: %w", v, err)
	}
	return out, nil
}

var limit = new(big.Int).Lsh(big.NewInt(1), 53)

// exact looks for integers that a double cannot hold.
func exact(raw []byte) error {
	inString := false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case !inString && '0' <= c && c <= '9':
			start, whole := i, true
			for i < len(raw) && bytes.IndexByte([]byte("0123456789.eE+-"), raw[i]) >= 0 {
				whole = whole && '0' <= raw[i] && raw[i] <= '9'
				i++
			}
			if digits := raw[start:i]; whole && len(digits) > 15 {
				if n, ok := new(big.Int).SetString(string(digits), 10); !ok || n.Cmp(limit) > 0 {
					return fmt.Errorf("integer %s does not fit into a JSON number", digits)
				}
			}
			i--
		}
	}
	return nil
}
