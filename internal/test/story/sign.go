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

// undertake signs the undertaking of secrecy as a seat.
func (t *Teller) undertake(ctx context.Context, login string) error {
	var u struct {
		Text string `json:"text"`
	}
	if err := t.get(ctx, login, "/v1/undertaking", &u); err != nil {
		return err
	}
	s, err := t.sign(ctx, login, u.Text)
	if err != nil {
		return err
	}
	return t.post(ctx, login, "/v1/undertaking", map[string]string{"key": s.Key, "signature": s.Value}, nil)
}
