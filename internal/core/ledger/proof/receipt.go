package proof

import (
	"bytes"
	"fmt"
	"slices"

	"yunei/internal/base/merkle"
)

// Receipt proves one entry (回执). Byte slices are base64 in JSON. Both trees hold the same leaf at the same place; a
// reader may check either or both.
type Receipt struct {
	Entry         []byte   `json:"entry" doc:"The leaf: canonical JSON of the entry"`
	Index         uint64   `json:"index" doc:"Place of the leaf"`
	Size          uint64   `json:"size" doc:"Size of the tree"`
	Proof         [][]byte `json:"proof" doc:"Siblings from leaf to root, SHA-256"`
	Checkpoint    string   `json:"checkpoint" doc:"C2SP checkpoint, signed with Ed25519"`
	Key           string   `json:"key" doc:"Ed25519 key of the log, name+hash+key"`
	SM3Proof      [][]byte `json:"sm3_proof"`
	SM3Checkpoint string   `json:"sm3_checkpoint" doc:"Checkpoint of the SM3 tree, signed with SM2"`
	SM3Key        string   `json:"sm3_key"`
}

// Trust are the log's keys as the reader knows them from elsewhere. Where it is empty, the keys in the file are taken at
// their word and the report says so.
type Trust struct{ Key, SM3Key string }

// Check is one thing that was looked at.
type Check struct {
	Name   string // in Chinese
	OK     bool
	Detail string
}

// Report is what a verification found.
type Report struct {
	Checks  []Check
	Entries int    // how many entries were verified
	Entry   *Entry // of a receipt
}

// OK says that there was something to check and nothing failed.
func (r *Report) OK() bool {
	return len(r.Checks) > 0 && !slices.ContainsFunc(r.Checks, func(c Check) bool { return !c.OK })
}

func (r *Report) add(name, detail string, err error) bool {
	if err != nil {
		detail = err.Error()
	}
	r.Checks = append(r.Checks, Check{name, err == nil, detail})
	return err == nil
}

// family is one of the two trees with the signature that belongs to it.
type family struct {
	hasher     merkle.Hasher
	signature  string
	checkpoint string
	key, trust string
}

func families(checkpoint, key, sm3Checkpoint, sm3Key string, trust Trust) []family {
	return []family{
		{merkle.SHA256, "Ed25519", checkpoint, key, trust.Key},
		{merkle.SM3, "SM2", sm3Checkpoint, sm3Key, trust.SM3Key},
	}
}

// head checks key and signature of a family's checkpoint.
func (r *Report) head(f family, size uint64) (Checkpoint, bool) {
	name := fmt.Sprintf("检查点签名 (%s, %s)", f.hasher, f.signature)
	if f.trust != "" && f.trust != f.key {
		return Checkpoint{}, r.add(name, "", fmt.Errorf("公钥与已知的不同: 文件中为 %s, 已知为 %s", f.key, f.trust))
	}
	c, err := OpenCheckpoint(f.checkpoint, f.key)
	if err == nil && c.Size != size {
		err = fmt.Errorf("检查点的条数是 %d, 文件说是 %d", c.Size, size)
	}
	detail := "公钥 " + f.key
	if f.trust == "" {
		detail += " (取自文件本身, 请与公布的公钥核对)"
	}
	return c, r.add(name, detail, err)
}

// ParseReceipt reads a receipt file strictly.
func ParseReceipt(data []byte) (Receipt, error) {
	var r Receipt
	if err := strict(data, &r); err != nil {
		return r, fmt.Errorf("receipt: %w", err)
	}
	return r, nil
}

// Verify checks everything a receipt says.
func (rc Receipt) Verify(trust Trust) *Report {
	r := &Report{}
	e, err := ParseEntry(rc.Entry)
	if !r.add("条目格式", fmt.Sprintf("第 %d 号, %s", e.Seq, e.Act), err) {
		return r
	}
	r.Entry = &e
	for i, f := range families(rc.Checkpoint, rc.Key, rc.SM3Checkpoint, rc.SM3Key, trust) {
		c, ok := r.head(f, rc.Size)
		if !ok {
			continue
		}
		digests := [][][]byte{rc.Proof, rc.SM3Proof}[i]
		err := merkle.VerifyInclusion(f.hasher, rc.Index, rc.Size, rc.Entry, digests, c.Root)
		r.add(fmt.Sprintf("包含证明 (%s)", f.hasher), fmt.Sprintf("第 %d 片叶, 全树 %d 片, 根 %x", rc.Index, rc.Size, c.Root), err)
	}
	if r.OK() {
		r.Entries = 1
	}
	return r
}

func sameRoot(got []byte, err error, want []byte) error {
	if err == nil && !bytes.Equal(got, want) {
		err = fmt.Errorf("重算的根 %x 与检查点的根 %x 不同", got, want)
	}
	return err
}
