package regime

// special checks what a pack opens to special law: a value of its own, which something here looks at, and of which it is known what
// may stand in its place.
func (l *linter) special() {
	s, f := l.pack.spec.Special, l.pack.file
	if s == nil {
		return
	}
	l.cite(f, []any{"special", "cite"}, s.Cite)
	if len(s.Values) == 0 {
		l.add(f, []any{"special"}, "请在 values 中列出取值", "special 没有列出可以由特别规定代替的取值")
	}
	for i, o := range s.Values {
		at := []any{"special", "values", i}
		var own *value
		for _, v := range l.pack.values {
			if v.spec.Name == o.Name {
				own = v
			}
		}
		words := wordsOf(o.Words)
		switch {
		case own == nil:
			l.add(f, join(at, "name"), "只能写本规则包自己的取值", "本规则包没有取值 %q", o.Name)
		case !l.lookedAt(o.Name):
			l.add(f, join(at, "name"), "请删去, 或者写出使用它的规则或者环节", "没有规则或者环节使用取值 %s, 特别规定不会起作用", o.Name)
		case own.spec.Int == nil && len(words) < 2:
			l.add(f, at, "请在 words 中列出可以选用的词, 如 words: \"no 不予, conditional 有条件\"", "文字取值 %s 没有写明特别规定可以选用哪些词", o.Name)
		case own.spec.Int != nil && len(words) > 0:
			l.add(f, join(at, "words"), "请删去 words", "取值 %s 是数, 不需要列出词", o.Name)
		case own.spec.Int != nil && own.strict() == "":
			l.add(f, at, "请在取值上写 strict: min 或 strict: max", "一件事涉及几项数据时, 不知道取值 %s 的哪个数更严", o.Name)
		}
	}
}

// lookedAt reports whether a condition or a period of the pack rests on a value.
func (l *linter) lookedAt(name string) bool {
	for _, r := range l.pack.rules {
		for _, c := range []*condition{r.when, r.check} {
			if c != nil && contains(c.params, name) {
				return true
			}
		}
	}
	for _, p := range l.pack.procedures {
		for _, w := range p.spec.periods() {
			if w == name {
				return true
			}
		}
	}
	return false
}

// periods are the periods a procedure names.
func (s ProcedureSpec) periods() (names []string) {
	add := func(list ...*WithinSpec) {
		for _, w := range list {
			if w != nil {
				names = append(names, w.For)
			}
		}
	}
	add(s.Supplement)
	if s.Appeal != nil {
		add(s.Appeal.Within)
	}
	for _, st := range s.Steps {
		add(st.Within, st.Lapse)
		for i := range st.Clocks {
			add(&st.Clocks[i])
		}
		if st.Publicity != nil {
			names = append(names, st.Publicity.For)
		}
		if st.Extend != nil {
			names = append(names, st.Extend.For)
		}
	}
	return names
}
