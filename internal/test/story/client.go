package story

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"

	"yunei/internal/gate/api"
)

// Client speaks the API as one signed-in person.
type Client struct {
	Base  string
	Name  string
	token string
	http  *http.Client
	// Receipt is the ledger number of the last act.
	Receipt int64
}

// Public is a client nobody has signed in to.
func Public(base string) *Client { return &Client{Base: base, Name: "公众", http: &http.Client{}} }

// SignIn signs in with a password.
func SignIn(ctx context.Context, base, login, password string) (*Client, error) {
	c := Public(base)
	c.Name = login
	var out struct {
		Token string `json:"token"`
	}
	if err := c.Post(ctx, "/v1/session", map[string]string{"login": login, "password": password}, &out); err != nil {
		return nil, err
	}
	c.token = out.Token
	return c, nil
}

// Problem is the refusal a request was answered with.
type Problem struct{ api.Problem }

func (p *Problem) Error() string {
	s := fmt.Sprintf("%d %s: %s", p.Status, p.Code, p.Detail)
	for _, c := range p.Cites {
		s += fmt.Sprintf(" [%s %s“%s”]", c.Law, c.Article, c.Quote)
	}
	for _, spot := range p.Spots {
		s += fmt.Sprintf(" (%s %s %s)", spot.Where, spot.Code, spot.Message)
	}
	return s
}

// Get reads.
func (c *Client) Get(ctx context.Context, path string, out any) error {
	return c.do(ctx, http.MethodGet, path, "", nil, out)
}

// Post does.
func (c *Client) Post(ctx context.Context, path string, in, out any) error {
	return c.json(ctx, http.MethodPost, path, in, out)
}

// Put writes in the place of what is there.
func (c *Client) Put(ctx context.Context, path string, in, out any) error {
	return c.json(ctx, http.MethodPut, path, in, out)
}

func (c *Client) json(ctx context.Context, method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return c.do(ctx, method, path, "application/json", bytes.NewReader(body), out)
}

// Upload sends one file.
func (c *Client) Upload(ctx context.Context, path, name string, content io.Reader, out any) error {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		return err
	}
	if _, err := io.Copy(part, content); err != nil {
		return err
	}
	if err := form.Close(); err != nil {
		return err
	}
	return c.do(ctx, http.MethodPost, path, form.FormDataContentType(), &body, out)
}

func (c *Client) do(ctx context.Context, method, path, contentType string, body io.Reader, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.Base+path, body)
	if err != nil {
		return err
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		p := &Problem{}
		if err := json.Unmarshal(raw, &p.Problem); err != nil {
			return fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, raw)
		}
		return p
	}
	if n, err := strconv.ParseInt(resp.Header.Get("Yunei-Receipt"), 10, 64); err == nil {
		c.Receipt = n
	}
	if out == nil {
		return nil
	}
	if b, ok := out.(*[]byte); ok {
		*b = raw
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("%s %s: %w: %s", method, path, err, raw)
	}
	return nil
}
