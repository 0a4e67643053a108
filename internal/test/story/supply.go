package story

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"

	"yunei/internal/test/story/resources"
)

// catalog lets each department catalog and submit, the bureau publish, and each department supply its file.
func (t *Teller) catalog(ctx context.Context) error {
	all := resources.All()
	for _, table := range t.City.Tables {
		i := slices.IndexFunc(all, func(r resources.Resource) bool { return r.Content.Table == table.Name })
		if i < 0 {
			return fmt.Errorf("no resource %s", table.Name)
		}
		if err := t.publish(ctx, table.Holder, all[i]); err != nil {
			return fmt.Errorf("catalog %s: %w", table.Name, err)
		}
		if err := t.load(ctx, table.Holder, all[i]); err != nil {
			return fmt.Errorf("load %s: %w", table.Name, err)
		}
	}
	return nil
}

func (t *Teller) publish(ctx context.Context, holder string, r resources.Resource) error {
	var page struct {
		Entry struct {
			ID string `json:"id"`
		} `json:"entry"`
	}
	if err := t.post(ctx, holder, "/v1/catalog", r.Content, &page); err != nil {
		return err
	}
	id := page.Entry.ID
	t.ids[r.Content.Table] = id
	if err := t.post(ctx, holder, "/v1/catalog/"+id+"/submit", nil, nil); err != nil {
		return err
	}
	return t.post(ctx, "bureau", "/v1/catalog/"+id+"/publish", nil, nil)
}

func (t *Teller) load(ctx context.Context, holder string, r resources.Resource) error {
	file, err := r.File()
	if err != nil {
		return err
	}
	c, err := t.as(ctx, holder)
	if err != nil {
		return err
	}
	var snap struct {
		Rows     int64  `json:"rows"`
		Subjects int64  `json:"subjects"`
		Unkeyed  int64  `json:"unkeyed"`
		Digest   string `json:"digest"`
	}
	table := r.Content.Table
	if err := c.send(ctx, http.MethodPost, "/v1/catalog/"+t.ids[table]+"/load?name="+table+".csv", "text/csv", file, &snap); err != nil {
		return err
	}
	t.fact(table, map[string]any{"rows": snap.Rows, "subjects": snap.Subjects, "without_key": snap.Unkeyed, "snapshot": snap.Digest})
	return nil
}

// open reads the air quality as the public: nobody has signed in.
func (t *Teller) open(ctx context.Context) error {
	public := Public(t.Base)
	var list struct {
		Items []struct {
			ID    string `json:"id"`
			Title string `json:"title"`
		} `json:"items"`
	}
	if err := public.Get(ctx, "/v1/open", &list); err != nil {
		return err
	}
	if len(list.Items) != 1 || list.Items[0].ID != t.ids["beijing_pm25"] {
		return fmt.Errorf("open to the public: %+v, want the air quality alone", list.Items)
	}
	var series struct {
		Labels []string `json:"labels"`
	}
	if err := public.Get(ctx, "/v1/open/beijing_pm25/series", &series); err != nil {
		return err
	}
	var csv []byte
	if err := public.Get(ctx, "/v1/open/beijing_pm25/rows.csv", &csv); err != nil {
		return err
	}
	lines := 0
	for scan := bufio.NewScanner(bytes.NewReader(csv)); scan.Scan(); {
		lines++
	}
	t.fact("downloaded_rows", lines-1)
	t.fact("chart_points", len(series.Labels))
	err := public.Get(ctx, "/v1/open/credit_default", nil)
	return t.refused("what_is_not_open", err, "not_found", "")
}

// send is a request with a body that is no JSON.
func (c *Client) send(ctx context.Context, method, path, contentType string, body io.Reader, out any) error {
	return c.do(ctx, method, path, contentType, body, out)
}

type dataPart struct {
	ID     string `json:"id"`
	Matter string `json:"matter"`
}

// asksForData applies for data under the scenario; the application has one part, because the data is one department's.
func (t *Teller) asksForData(ctx context.Context, item map[string]any) (dataPart, error) {
	var filed struct {
		ID string `json:"id"`
	}
	if err := t.post(ctx, bank.Login, "/v1/scenarios/"+t.ids["scenario"]+"/data-applications", map[string]any{"items": []any{item}}, &filed); err != nil {
		return dataPart{}, err
	}
	var page struct {
		Parts []struct {
			Part dataPart `json:"part"`
		} `json:"parts"`
	}
	if err := t.get(ctx, bank.Login, "/v1/data-applications/"+filed.ID, &page); err != nil {
		return dataPart{}, err
	}
	if len(page.Parts) != 1 {
		return dataPart{}, fmt.Errorf("the application has %d parts, want 1", len(page.Parts))
	}
	return page.Parts[0].Part, nil
}

// supplies supplies an approved part into the space of the story.
func (t *Teller) supplies(ctx context.Context, login, part string) error {
	var done struct {
		Items []struct {
			State   string `json:"state"`
			Batches []struct {
				Rows  int64 `json:"rows"`
				Bytes int64 `json:"bytes"`
			} `json:"batches"`
			Until string `json:"until"`
		} `json:"items"`
	}
	if err := t.post(ctx, login, "/v1/data-parts/"+part+"/supply", map[string]string{"space": t.ids["space"]}, &done); err != nil {
		return err
	}
	if len(done.Items) != 1 || done.Items[0].State != "standing" || len(done.Items[0].Batches) != 1 {
		return fmt.Errorf("supplied %+v, want one standing supply of one batch", done.Items)
	}
	t.fact("supplied", done.Items[0])
	return nil
}
