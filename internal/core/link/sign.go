package link

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"

	httpsig "github.com/remitly-oss/httpsig-go"

	"yunei/internal/base/seal"
)

// Path is where a node takes letters.
const Path = "/link/v1/letters"

// tag keeps a signature of this protocol from being one of another under the same key (RFC 9421, 2.3).
const tag = "yunei-link"

const digestHeader = "Content-Digest"

var (
	requestFields  = httpsig.Fields("@method", "@path", "content-digest")
	responseFields = httpsig.Fields("@status", "content-digest")
	metadata       = []httpsig.Metadata{httpsig.MetaCreated, httpsig.MetaKeyID, httpsig.MetaTag}
)

// signer speaks for one node.
type signer struct {
	node string
	key  ed25519.PrivateKey
}

// signerOf is the node's own: its key is derived for this one purpose.
func signerOf(keys *seal.Keys) signer {
	return signer{keys.KID(), ed25519.NewKeyFromSeed(keys.Derive("link/node/1"))}
}

func (s signer) public() string {
	return base64.StdEncoding.EncodeToString(s.key.Public().(ed25519.PublicKey))
}

func (s signer) with(fields []httpsig.SignedField) (*httpsig.Signer, error) {
	return httpsig.NewSigner(
		httpsig.SigningProfile{Algorithm: httpsig.Algo_ED25519, Digest: httpsig.DigestSHA256, Fields: fields, Metadata: metadata, Label: tag},
		httpsig.SigningKey{Key: s.key, MetaKeyID: s.node, MetaTag: tag})
}

func (s signer) request(r *http.Request, body []byte) error {
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	by, err := s.with(requestFields)
	if err != nil {
		return err
	}
	return by.Sign(r)
}

// response signs what is about to be written; the library computes a digest for requests only.
func (s signer) response(h http.Header, status int, body []byte) error {
	by, err := s.with(responseFields)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	h.Set(digestHeader, "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":")
	return by.SignResponse(&http.Response{StatusCode: status, Header: h})
}

// pinned is the one key a signature may be by.
type pinned struct {
	node string
	key  ed25519.PublicKey
}

var errStranger = errors.New("signed by a node that is not joined")

func (p pinned) FetchByKeyID(_ context.Context, _ http.Header, id string) (httpsig.KeySpecer, error) {
	if id != p.node {
		return nil, errStranger
	}
	return httpsig.KeySpec{KeyID: id, Algo: httpsig.Algo_ED25519, PubKey: p.key}, nil
}

func (pinned) Fetch(context.Context, http.Header, httpsig.MetadataProvider) (httpsig.KeySpecer, error) {
	return nil, errStranger
}

// keyring finds the card that stands for a node.
type keyring func(ctx context.Context, node string) (Card, error)

func (k keyring) FetchByKeyID(ctx context.Context, h http.Header, id string) (httpsig.KeySpecer, error) {
	card, err := k(ctx, id)
	if err != nil {
		return nil, err
	}
	key, err := card.public()
	if err != nil {
		return nil, err
	}
	return pinned{id, key}.FetchByKeyID(ctx, h, id)
}

func (keyring) Fetch(context.Context, http.Header, httpsig.MetadataProvider) (httpsig.KeySpecer, error) {
	return nil, errStranger
}

func verifier(keys httpsig.KeyFetcher, fields []httpsig.SignedField) (*httpsig.Verifier, error) {
	return httpsig.NewVerifier(keys, httpsig.VerifyProfile{SignatureLabel: tag, RequiredFields: fields, RequiredMetadata: metadata,
		DisallowedMetadata: []httpsig.Metadata{httpsig.MetaAlgorithm}, AllowedAlgorithms: []httpsig.Algorithm{httpsig.Algo_ED25519}})
}

// verifyRequest names the node that signed a request.
func verifyRequest(r *http.Request, keys keyring) (node string, err error) {
	v, err := verifier(keys, requestFields)
	if err != nil {
		return "", err
	}
	return checked(func() (httpsig.VerifyResult, error) { return v.Verify(r) })
}

// verifyResponse reports whether an answer is signed by the node that was asked.
func verifyResponse(r *http.Response, by pinned) error {
	v, err := verifier(by, responseFields)
	if err != nil {
		return err
	}
	_, err = checked(func() (httpsig.VerifyResult, error) { return v.VerifyResponse(r) })
	return err
}

// checked runs a verification. The library asserts the types of parameters it has not verified yet and panics at a
// created="text"; that is a bad signature like any other.
func checked(verify func() (httpsig.VerifyResult, error)) (node string, err error) {
	defer func() {
		if p := recover(); p != nil {
			node, err = "", fmt.Errorf("malformed signature: %v", p)
		}
	}()
	res, err := verify()
	if err != nil {
		return "", err
	}
	if t, err := res.Tag(); err != nil || t != tag {
		return "", errors.New("signed for another protocol")
	}
	return res.KeyID()
}
