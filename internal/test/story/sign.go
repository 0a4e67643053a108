package story

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
)

// signer is a seat's signing key: the private half stays with the person.
type signer struct {
	id  string
	key ed25519.PrivateKey
}

type signature struct {
	Key    string `json:"key"`
	Signed string `json:"signed"`
	Value  string `json:"value"`
}

// sign signs as a seat, registering a key at the first time.
func (t *Teller) sign(ctx context.Context, login, text string) (signature, error) {
	s, ok := t.keys[login]
	if !ok {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return signature{}, err
		}
		var out struct {
			ID string `json:"id"`
		}
		body := map[string]string{"public": base64.StdEncoding.EncodeToString(public)}
		if err := t.post(ctx, login, "/v1/me/signing-keys", body, &out); err != nil {
			return signature{}, err
		}
		s = signer{id: out.ID, key: private}
		t.keys[login] = s
	}
	return signature{Key: s.id, Signed: text, Value: base64.StdEncoding.EncodeToString(ed25519.Sign(s.key, []byte(text)))}, nil
}
