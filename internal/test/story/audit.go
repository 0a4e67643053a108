package story

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"yunei/internal/base/errs"
)

// Forbidden texts and the guard's code for each.
var forbiddenTexts = []struct{ name, class, text, code string }{
	{"select_star", "A", `SELECT * FROM credit_default`, "G002"},
	{"name_one_person", "A", `SELECT education, COUNT(*) AS n FROM credit_default WHERE sid = '0a1b2c' GROUP BY education`, "G003"},
	{"isolate_one_person", "A", `SELECT education, COUNT(*) AS n FROM credit_default
WHERE age >= 24 AND age < 25 AND pay_0 = 2 AND pay_2 = 2 AND default_next_month = 1 AND education <> 1 AND education <> 3
GROUP BY education`, ""},
	{"slice_by_hash", "A", `SELECT education, COUNT(*) AS n FROM credit_default WHERE mod(age, 7) = 3 GROUP BY education`, "G013"},
	{"key_in_output", "A", `SELECT sid, COUNT(*) AS n FROM credit_default GROUP BY sid`, "G003"},
	{"extreme_value", "A", `SELECT education, MAX(age) AS oldest FROM credit_default GROUP BY education`, "G009"},
	{"column_not_asked_for", "A", `SELECT education, AVG(limit_bal) AS l FROM credit_default GROUP BY education`, ""},
}

// forbidden tries what nobody may: each refusal names the rule and the article.
func (t *Teller) forbidden(ctx context.Context) error {
	space := "/v1/spaces/" + t.ids["space"]
	for _, f := range forbiddenTexts {
		var c checked
		if err := t.post(ctx, bank.Login, space+"/compile", map[string]any{"class": f.class, "text": f.text}, &c); err != nil {
			return err
		}
		if len(c.Refusals) == 0 || (f.code != "" && c.Refusals[0].Code != f.code) {
			return fmt.Errorf("%s: refusals %+v, want %s", f.name, c.Refusals, f.code)
		}
		fact := map[string]string{"guard": c.Refusals[0].Code, "said": c.Refusals[0].Message, "instead": c.Refusals[0].Hint}
		if len(c.Cites) > 0 {
			fact["article"] = c.Cites[0].Article
		}
		t.fact(f.name, fact)
		err := t.post(ctx, bank.Login, space+"/try", map[string]any{"class": f.class, "text": f.text}, nil)
		if p, ok := errors.AsType[*Problem](err); !ok || p.Code != errs.Unlawful || len(p.Cites) == 0 {
			return fmt.Errorf("%s on samples: want a refusal with its article, got %v", f.name, err)
		}
	}
	return t.otherSpace(ctx)
}

// otherSpace asks for another tenant's space and for one that never was: the words must not differ.
func (t *Teller) otherSpace(ctx context.Context) error {
	said := func(id string) (string, error) {
		c, err := t.as(ctx, second.Login)
		if err != nil {
			return "", err
		}
		err = c.Get(ctx, "/v1/spaces/"+id, nil)
		p, ok := errors.AsType[*Problem](err)
		if !ok || p.Code != errs.NotFound {
			return "", fmt.Errorf("space %s of another tenant: want not_found, got %v", id, err)
		}
		return p.Detail, nil
	}
	theirs, err := said(t.ids["space"])
	if err != nil {
		return err
	}
	nobodys, err := said("spc_01ARZ3NDEKTSV4RRFFQ69G5FAV")
	if err != nil {
		return err
	}
	if theirs != nobodys {
		return fmt.Errorf("another tenant's space says %q, a space that never was %q", theirs, nobodys)
	}
	t.fact("another_tenants_space", theirs)
	return nil
}

// audit verifies the whole ledger and one receipt offline, and shows that a changed byte is found.
func (t *Teller) audit(ctx context.Context) error {
	var entries struct {
		Items []struct {
			Seq int64 `json:"seq"`
		} `json:"items"`
	}
	if err := t.get(ctx, "auditor", "/v1/ledger/entries?act=serve.call&outcome=done", &entries); err != nil {
		return err
	}
	if len(entries.Items) == 0 {
		return errors.New("the auditor finds no served call in the ledger")
	}
	receipt, err := t.receipt(ctx, entries.Items[0].Seq)
	if err != nil {
		return err
	}
	if err := t.Ledger.VerifyReceipt(ctx, receipt); err != nil {
		return fmt.Errorf("verify the receipt offline: %w", err)
	}
	t.fact("receipt_verified", entries.Items[0].Seq)
	var problems struct {
		Items []struct {
			Where string `json:"where"`
		} `json:"items"`
	}
	if err := t.post(ctx, "auditor", "/v1/ledger/fsck", nil, &problems); err != nil {
		return err
	}
	if len(problems.Items) > 0 {
		return fmt.Errorf("fsck finds %d problems in an untouched ledger: %+v", len(problems.Items), problems.Items)
	}
	n, err := t.Ledger.VerifyOffline(ctx)
	if err != nil {
		return fmt.Errorf("verify the whole ledger offline: %w", err)
	}
	t.fact("entries_verified_offline", n)
	found, of, err := t.Ledger.Tamper(ctx)
	if err != nil {
		return err
	}
	t.fact("tampering_found", fmt.Sprintf("%d/%d", found, of))
	if found != of || of == 0 {
		return fmt.Errorf("fsck found %d of %d changes", found, of)
	}
	return nil
}

// receipt waits for the entry to be sealed, which takes a moment after the act.
func (t *Teller) receipt(ctx context.Context, seq int64) ([]byte, error) {
	var raw []byte
	for range 50 {
		c, err := t.as(ctx, "auditor")
		if err != nil {
			return nil, err
		}
		err = c.Get(ctx, fmt.Sprintf("/v1/ledger/entries/%d/receipt", seq), &raw)
		if err == nil {
			var any json.RawMessage
			return raw, json.Unmarshal(raw, &any)
		}
		if p, ok := errors.AsType[*Problem](err); !ok || p.Code != errs.Unavailable {
			return nil, err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return nil, errors.New("the entry was not sealed within five seconds")
}
