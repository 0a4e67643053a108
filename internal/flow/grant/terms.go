package grant

import (
	"context"
	"regexp"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/act"
	"yunei/internal/core/party"
	"yunei/internal/core/regime"
)

// word is one entry of a list value: an id and, after a blank, its title.
type word struct{ id, title string }

// words reads a list that a pack gives as a value, such as "scope 授权运营范围, term 授权运营期限"; nothing where no pack does.
func words(law *regime.Law, name string, day workday.Date) ([]word, errs.Cite, error) {
	v, err := law.Value(name, day)
	if errs.Is(err, errs.NotFound) {
		return nil, errs.Cite{}, nil
	}
	if err != nil {
		return nil, errs.Cite{}, err
	}
	var out []word
	for item := range strings.SplitSeq(strings.ReplaceAll(v.Text, "，", ","), ",") {
		id, title, _ := strings.Cut(strings.TrimSpace(item), " ")
		if title = strings.TrimSpace(title); title == "" {
			title = id
		}
		if id != "" {
			out = append(out, word{id, title})
		}
	}
	return out, v.Cite, nil
}

// partiesOf are the roles that sign a kind of agreement, with the law's own titles, and the article that names them.
func partiesOf(law *regime.Law, kind string, day workday.Date) ([]Party, errs.Cite, error) {
	list, cite, err := words(law, "agreement."+kind+".parties", day)
	if err != nil {
		return nil, cite, err
	}
	sealed, _, err := words(law, "agreement."+kind+".seal", day)
	if err != nil {
		return nil, cite, err
	}
	var out []Party
	for _, w := range list {
		p := Party{Role: w.id, Title: law.Role(w.id)}
		for _, s := range sealed {
			p.Seal = p.Seal || s.id == w.id
		}
		out = append(out, p)
	}
	return out, cite, nil
}

// onDeclaration is the kind of agreement that the law has for a passed declaration.
func onDeclaration(law *regime.Law, day workday.Date) (string, error) {
	supply, _, err := words(law, "agreement."+AgreementSupply+".parties", day)
	if err != nil || len(supply) > 0 {
		return AgreementSupply, err
	}
	return AgreementScenario, nil
}

// capped refuses a term beyond the strictest cap in force, unless the law has it as a rule only (一般) and a reason for the
// exception is given. The day it begins is the day the years are counted from.
func capped(law *regime.Law, a Agreement, day workday.Date) error {
	name := "agreement." + a.kind() + ".term.years"
	years, cite, err := law.Int(name, day)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil || !a.Until.After(a.From.AddYears(int(years))) {
		return err
	}
	soft, _, err := words(law, "agreement."+a.kind()+".term.exception", day)
	switch {
	case err != nil:
		return err
	case len(soft) == 0:
		return unlawful(cite, "协议期限不超过 %d 年, 最晚到 %s 止; 请缩短期限后重新填写, 到期可按程序续签", years, a.From.AddYears(int(years)))
	case a.Exception == "":
		return unlawful(cite, "协议期限一般不超过 %d 年, 即到 %s 止; 确需更长的, 请填写理由, 否则请缩短期限", years, a.From.AddYears(int(years)))
	}
	return nil
}

// unlawful is a refusal by a value of the law, with its article.
func unlawful(cite errs.Cite, format string, args ...any) error {
	e := errs.New(errs.Unlawful, format, args...)
	cite.Message = e.Msg
	e.Cites = []errs.Cite{cite}
	return e
}

// clausesOf are the points that the law asks an agreement of this kind to state.
func clausesOf(law *regime.Law, kind string, paid bool, day workday.Date) ([]Clause, errs.Cite, error) {
	list, cite, err := words(law, "agreement."+kind+".clauses", day)
	if err != nil {
		return nil, cite, err
	}
	if paid {
		more, also, err := words(law, "agreement."+kind+".clauses.paid", day)
		if err != nil {
			return nil, cite, err
		}
		if list = append(list, more...); cite.Article == "" {
			cite = also
		}
	}
	var out []Clause
	for _, w := range list {
		out = append(out, Clause{ID: w.id, Title: w.title, Needs: true})
	}
	return out, cite, nil
}

var clauseMark = regexp.MustCompile(`\{#([a-z-]+)\}`)

// compose fills the standard text and tells which clauses it states. A paragraph marked {#mode} states the clause mode; where it
// leaves a place {clause.mode} it does so only once the parties worded it, and falls away until then. What the parties word
// without a place in the text is added at its end. Everything is filled in one pass: what a party wrote is never read as a place.
func compose(template string, clauses []Clause, wording map[string]string, pairs []string) (string, []Clause) {
	for id, text := range wording {
		pairs = append(pairs, "{clause."+id+"}", strings.TrimSpace(text))
	}
	fill := strings.NewReplacer(pairs...)
	stated, placed := map[string]bool{}, map[string]bool{}
	var lines []string
	for line := range strings.Lines(template) {
		line = strings.TrimSuffix(line, "\n")
		stated["scope"] = stated["scope"] || strings.Contains(line, "{fields}")
		stated["term"] = stated["term"] || strings.Contains(line, "{until}")
		open := false
		for _, m := range clauseMark.FindAllStringSubmatch(line, -1) {
			place := strings.Contains(line, "{clause."+m[1]+"}")
			if place && strings.TrimSpace(wording[m[1]]) == "" {
				open = true
				continue
			}
			stated[m[1]], placed[m[1]] = true, placed[m[1]] || place
		}
		if !open {
			lines = append(lines, fill.Replace(clauseMark.ReplaceAllString(line, "")))
		}
	}
	text := strings.Join(lines, "\n")
	for i := range clauses {
		c := &clauses[i]
		c.Text = strings.TrimSpace(wording[c.ID])
		if c.Text != "" && !placed[c.ID] {
			text += "\n" + c.Title + ": " + c.Text + "。"
		}
		c.Needs = c.Text == "" && !stated[c.ID]
	}
	return text, clauses
}

// templateOf is the standard text of a kind of agreement: agreement-vendor, or agreement where the pack has one for all.
func templateOf(ctx context.Context, tx *act.Tx, kind string) (string, error) {
	for _, slug := range []string{"agreement-" + kind, "agreement"} {
		if text, ok, err := party.TextAt(ctx, tx.Tx, tx.Law(), slug, tx.Now()); ok || err != nil {
			return text, err
		}
	}
	return "", errs.New(errs.Unavailable, "规则包没有提供协议文本, 请联系数据主管部门补充模板")
}
