package seal

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
	"golang.org/x/mod/sumdb/note"
)

// C2SP signed-note: "0xff — reserved for signature types without an assigned identifier byte", followed by a longer
// name of our own. Verifiers that do not know it must ignore the line.
const sm2Type = "\xffyunei/sm2-sm3"

// userID is the SM2 user identifier that GB/T 35276 gives for use without agreement.
var userID = []byte("1234567812345678")

// LogSigner signs the SHA-256 tree's checkpoints in the name of the log's origin (Ed25519).
func (k *Keys) LogSigner(origin string) note.Signer { return ed25519Signer{origin, k.log} }

// SM2LogSigner signs the SM3 tree's checkpoints.
func (k *Keys) SM2LogSigner(origin string) note.Signer { return sm2Signer{origin, k.sm2} }

// LogKey is the Ed25519 key of the log as every note verifier reads it: name+hash+key.
func (k *Keys) LogKey(origin string) string {
	s, err := note.NewEd25519VerifierKey(origin, k.log.Public().(ed25519.PublicKey))
	if err != nil {
		panic("seal: origin is not a note name: " + origin) // origins are made by this program
	}
	return s
}

// SM2LogKey is the SM2 key of the log in the same notation.
func (k *Keys) SM2LogKey(origin string) string {
	key := sm2KeyBytes(&k.sm2.PublicKey)
	return fmt.Sprintf("%s+%08x+%s", origin, keyHash(origin, key), base64.StdEncoding.EncodeToString(key))
}

// ParseVerifier reads a key in name+hash+key notation, Ed25519 or SM2.
func ParseVerifier(vkey string) (note.Verifier, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	hash, key64, _ := strings.Cut(rest, "+")
	key, err := base64.StdEncoding.Strict().DecodeString(key64)
	if err != nil || name == "" {
		return nil, fmt.Errorf("seal: malformed verifier key %q", vkey)
	}
	spki, ok := strings.CutPrefix(string(key), sm2Type)
	if !ok {
		return note.NewVerifier(vkey)
	}
	want, err := strconv.ParseUint(hash, 16, 32)
	if err != nil || len(hash) != 8 || uint32(want) != keyHash(name, key) {
		return nil, fmt.Errorf("seal: verifier key of %s does not have the hash it says", name)
	}
	pub, err := smx509.ParsePKIXPublicKey([]byte(spki))
	if err != nil {
		return nil, fmt.Errorf("seal: verifier key of %s: %w", name, err)
	}
	ec, ok := pub.(*ecdsa.PublicKey)
	if !ok || !sm2.IsSM2PublicKey(ec) {
		return nil, fmt.Errorf("seal: verifier key of %s is not SM2", name)
	}
	return sm2Verifier{name, keyHash(name, key), ec}, nil
}

// OpenNote reads a signed note and keeps the signatures of those keys; there must be one at least. It is stricter than
// note.Open, which lets stray bits at the end of base64 pass: a signed text has one spelling.
func OpenNote(signed string, by ...note.Verifier) (*note.Note, error) {
	n, err := note.Open([]byte(signed), note.VerifierList(by...))
	if err != nil {
		return nil, err
	}
	for _, s := range n.Sigs {
		if _, err := base64.StdEncoding.Strict().DecodeString(s.Base64); err != nil {
			return nil, fmt.Errorf("seal: signature of %s: %w", s.Name, err)
		}
	}
	return n, nil
}

type ed25519Signer struct {
	name string
	key  ed25519.PrivateKey
}

func (s ed25519Signer) Name() string { return s.name }
func (s ed25519Signer) KeyHash() uint32 {
	return keyHash(s.name, append([]byte{1}, s.key.Public().(ed25519.PublicKey)...))
}
func (s ed25519Signer) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(s.key, msg), nil }

type sm2Signer struct {
	name string
	key  *sm2.PrivateKey
}

func (s sm2Signer) Name() string                    { return s.name }
func (s sm2Signer) KeyHash() uint32                 { return keyHash(s.name, sm2KeyBytes(&s.key.PublicKey)) }
func (s sm2Signer) Sign(msg []byte) ([]byte, error) { return signSM2(s.key, msg) }

type sm2Verifier struct {
	name string
	hash uint32
	key  *ecdsa.PublicKey
}

func (v sm2Verifier) Name() string    { return v.name }
func (v sm2Verifier) KeyHash() uint32 { return v.hash }
func (v sm2Verifier) Verify(msg, sig []byte) bool {
	return sm2.VerifyASN1WithSM2(v.key, userID, msg, sig)
}

func signSM2(key *sm2.PrivateKey, msg []byte) ([]byte, error) {
	return key.Sign(rand.Reader, msg, sm2.NewSM2SignerOption(true, userID))
}

func sm2KeyBytes(pub *ecdsa.PublicKey) []byte {
	der, err := smx509.MarshalPKIXPublicKey(pub)
	if err != nil {
		panic("seal: own SM2 key: " + err.Error())
	}
	return append([]byte(sm2Type), der...)
}

// C2SP signed-note: "key ID is SHA-256(<key name> || 0x0A || <signature type> || <public key>)[:4]".
func keyHash(name string, key []byte) uint32 {
	h := sha256.New()
	h.Write([]byte(name + "\n"))
	h.Write(key)
	return binary.BigEndian.Uint32(h.Sum(nil))
}
