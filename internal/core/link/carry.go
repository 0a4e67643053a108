package link

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// maxLetter bounds a letter; a record is text, and a long one is some dozens of kilobytes.
const maxLetter = 1 << 20

// refusal is a signed answer that the letter was not taken.
type refusal struct{ fault }

func (r *refusal) Error() string { return "对方没有接收: " + r.Words }

// carry brings a letter to another node and returns its answer. Whatever is not signed by that node is no answer.
func (s *Service) carry(ctx context.Context, p Peer, l Letter) (Answer, error) {
	body, err := json.Marshal(l)
	if err != nil {
		return Answer{}, fmt.Errorf("encode letter %s: %w", l.ID, err)
	}
	key, err := p.public()
	if err != nil {
		return Answer{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL+Path, nil)
	if err != nil {
		return Answer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	if err := s.signer.request(req, body); err != nil {
		return Answer{}, fmt.Errorf("sign letter %s: %w", l.ID, err)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return Answer{}, errors.New("连接不上对方节点")
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxLetter))
	if err != nil {
		return Answer{}, errors.New("对方的回执没有接收完整")
	}
	resp.Body = io.NopCloser(bytes.NewReader(raw))
	if err := verifyResponse(resp, pinned{p.Node, key}); err != nil {
		return Answer{}, fmt.Errorf("对方没有以登记的公钥作答 (HTTP %d)", resp.StatusCode)
	}
	return decodeAnswer(resp.StatusCode, raw, l)
}

// decodeAnswer reads a verified answer and holds it to the request: an old one replayed has another turn.
func decodeAnswer(status int, raw []byte, l Letter) (Answer, error) {
	if status != http.StatusOK {
		var f fault
		if err := json.Unmarshal(raw, &f); err != nil || f.Turn != l.Turn {
			return Answer{}, fmt.Errorf("对方的回答不是对这件报文的 (HTTP %d)", status)
		}
		return Answer{}, &refusal{f}
	}
	var a Answer
	if err := json.Unmarshal(raw, &a); err != nil || a.Turn != l.Turn || a.Letter != l.ID || a.Result != Accepted && a.Result != Refused {
		return Answer{}, errors.New("对方的回执不是对这件报文的")
	}
	return a, nil
}
