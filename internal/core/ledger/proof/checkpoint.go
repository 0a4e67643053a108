package proof

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"yunei/internal/base/merkle"
	"yunei/internal/base/seal"
)

// Checkpoint is a head of one tree (检查点) as C2SP tlog-checkpoint writes it: origin, size, root, one a line.
type Checkpoint struct {
	Origin string
	Size   uint64
	Root   []byte
}

// Text is what is signed.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root))
}

// Sign makes the signed note.
func (c Checkpoint) Sign(by note.Signer) (string, error) {
	signed, err := note.Sign(&note.Note{Text: c.Text()}, by)
	return string(signed), err
}

// OpenCheckpoint reads a signed checkpoint and checks that the holder of vkey signed it in the log's own name.
func OpenCheckpoint(signed, vkey string) (Checkpoint, error) {
	v, err := seal.ParseVerifier(vkey)
	if err != nil {
		return Checkpoint{}, err
	}
	n, err := seal.OpenNote(signed, v)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("checkpoint: %w", err)
	}
	c, err := parseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	if c.Origin != v.Name() {
		return Checkpoint{}, fmt.Errorf("checkpoint of %q is signed by %q", c.Origin, v.Name())
	}
	return c, nil
}

func parseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[len(lines)-1] != "" || lines[0] == "" {
		return Checkpoint{}, fmt.Errorf("checkpoint: malformed text")
	}
	size, err := strconv.ParseUint(lines[1], 10, 63)
	if err != nil || strconv.FormatUint(size, 10) != lines[1] {
		return Checkpoint{}, fmt.Errorf("checkpoint: malformed size %q", lines[1])
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != merkle.Size {
		return Checkpoint{}, fmt.Errorf("checkpoint: malformed root")
	}
	return Checkpoint{lines[0], size, root}, nil
}
