package regime

import (
	"io/fs"
	"path"
	"sort"
)

// CoverageFile is coverage.yaml: every obligation of the regulation and what upholds it, or why nothing does.
type CoverageFile struct {
	Obligations []ObligationSpec `yaml:"obligations" doc:"义务"`
	Outside     []OutsideSpec    `yaml:"outside" doc:"不产生义务的条文"`
}

// ObligationSpec is one obligation (义务) as read from the articles.
type ObligationSpec struct {
	ID     string   `yaml:"id" json:"id" need:"1" doc:"义务编号"`
	Cite   CiteSpec `yaml:"cite" json:"cite" need:"1"`
	Actor  string   `yaml:"actor" json:"actor" doc:"义务人"`
	Status string   `yaml:"status" json:"status" need:"1" enum:"upheld,planned,excused" doc:"已落实、待后续、不由程序落实"`
	// Upheld: at least one rule, value, procedure or act, and a case or a test.
	Rules      []string `yaml:"rules" json:"rules,omitempty" doc:"规则"`
	Values     []string `yaml:"values" json:"values,omitempty" doc:"取值"`
	Procedures []string `yaml:"procedures" json:"procedures,omitempty" doc:"办理程序"`
	Acts       []string `yaml:"acts" json:"acts,omitempty" doc:"操作"`
	Screens    []string `yaml:"screens" json:"screens,omitempty" doc:"页面"`
	Cases      []string `yaml:"cases" json:"cases,omitempty" doc:"判例"`
	Tests      []string `yaml:"tests" json:"tests,omitempty" doc:"测试: core/party.TestX, http/文件#标题, script/文件"`
	Capability string   `yaml:"capability" json:"capability,omitempty" doc:"planned: 待哪项功能"`
	Reason     string   `yaml:"reason" json:"reason,omitempty" enum:"human-judgement,outside-program,liability,no-software-effect" doc:"excused: 理由"`
	Note       string   `yaml:"note" json:"note,omitempty" doc:"说明"`
}

// OutsideSpec is a place of the text that obliges nobody.
type OutsideSpec struct {
	Article string `yaml:"article" json:"article" need:"1" doc:"条"`
	Reason  string `yaml:"reason" json:"reason" need:"1" enum:"human-judgement,outside-program,liability,no-software-effect" doc:"理由"`
}

type coverageFile struct {
	spec CoverageFile
	file *file
}

// Excuses is the closed list of reasons why a program does not uphold an obligation.
var Excuses = map[string]string{
	"human-judgement":    "由人判断, 程序只留记录位置",
	"outside-program":    "发生在平台之外, 平台无从见证",
	"liability":          "责任划分条款, 不产生平台可执行的动作",
	"no-software-effect": "目的、依据、解释权等, 不产生动作",
}

// Statuses of an obligation.
const (
	Upheld  = "upheld"
	Planned = "planned"
	Excused = "excused"
)

// Obligation is an obligation with what was found out about its evidence.
type Obligation struct {
	ObligationSpec
	JudgedAt []string `json:"judged_at" doc:"The acts it names, and those at which its rules are judged"`
	Passing  []string `json:"passing" doc:"Cases that pass"`
	Failing  []string `json:"failing" doc:"Cases that do not"`
}

// Coverage counts, per pack, how far the obligations are upheld. An obligation counts as upheld only when every case it
// names passes.
type Coverage struct {
	Pack        string        `json:"pack"`
	Title       string        `json:"title"`
	Total       int           `json:"total"`
	Upheld      int           `json:"upheld"`
	Planned     int           `json:"planned"`
	Excused     int           `json:"excused"`
	Failing     []string      `json:"failing"`
	Obligations []Obligation  `json:"obligations"`
	Outside     []OutsideSpec `json:"outside"`
}

// CoverageReport is the coverage of all packs and in total.
type CoverageReport struct {
	Packs   []Coverage `json:"packs"`
	Total   int        `json:"total"`
	Upheld  int        `json:"upheld"`
	Planned int        `json:"planned"`
	Excused int        `json:"excused"`
}

// ReadCoverage runs the cases and counts the obligations of every pack under fsys, or of those named, that has a
// coverage.yaml.
func ReadCoverage(fsys fs.FS, names ...string) (CoverageReport, error) {
	src, err := readSource(fsys, names)
	if err != nil {
		return CoverageReport{}, err
	}
	if problems := src.structural(); len(problems) > 0 {
		return CoverageReport{}, faulty(problems)
	}
	return src.measure(src.run()), nil
}

// Coverage is ReadCoverage of the loaded packs, measured once.
func (l *Law) Coverage() CoverageReport {
	l.measured.Do(func() {
		src := &source{vocab: l.vocab, calendar: l.calendar, packs: l.packs}
		l.coverage = src.measure(src.run())
	})
	return l.coverage
}

func (s *source) measure(results []CaseResult) CoverageReport {
	ok := map[string]bool{}
	for _, r := range results {
		ok[r.Pack+"/"+r.Name] = r.OK
	}
	report := CoverageReport{Packs: []Coverage{}}
	for _, p := range s.packs {
		if p.coverage == nil {
			continue
		}
		c := Coverage{Pack: p.spec.ID, Title: p.spec.Title, Failing: []string{}, Obligations: []Obligation{}, Outside: p.coverage.spec.Outside}
		for _, spec := range p.coverage.spec.Obligations {
			o := s.obligation(p, spec, ok)
			c.Obligations = append(c.Obligations, o)
			c.Total++
			switch {
			case o.Status == Planned:
				c.Planned++
			case o.Status == Excused:
				c.Excused++
			case o.Status == Upheld && len(o.Failing) > 0:
				c.Failing = append(c.Failing, o.ID+": "+o.Failing[0])
			case o.Status == Upheld:
				c.Upheld++
			}
		}
		report.Packs = append(report.Packs, c)
		report.Total += c.Total
		report.Upheld += c.Upheld
		report.Planned += c.Planned
		report.Excused += c.Excused
	}
	return report
}

func (s *source) obligation(p *pack, spec ObligationSpec, ok map[string]bool) Obligation {
	o := Obligation{ObligationSpec: spec, JudgedAt: append([]string{}, spec.Acts...), Passing: []string{}, Failing: []string{}}
	for _, q := range s.packs {
		for _, r := range q.rules {
			if !contains(spec.Rules, r.spec.ID) {
				continue
			}
			for _, act := range r.spec.Acts {
				if !contains(o.JudgedAt, act) {
					o.JudgedAt = append(o.JudgedAt, act)
				}
			}
		}
	}
	sort.Strings(o.JudgedAt)
	for _, name := range spec.Cases {
		if ok[p.spec.ID+"/"+name] {
			o.Passing = append(o.Passing, name)
		} else {
			o.Failing = append(o.Failing, name)
		}
	}
	return o
}

// readEvidence reads cases/ and coverage.yaml.
func (p *pack) readEvidence(fsys fs.FS) {
	for _, name := range yamlFiles(fsys, p.dir, "cases") {
		var cf CasesFile
		f, faults := decode(fsys, name, &cf)
		p.problems = append(p.problems, faults...)
		for i, c := range cf.Cases {
			p.cases = append(p.cases, &caseItem{spec: c, file: f, at: []any{"cases", i}})
		}
	}
	name := path.Join(p.dir, "coverage.yaml")
	if _, err := fs.Stat(fsys, name); err == nil {
		c := &coverageFile{}
		var faults []Problem
		c.file, faults = decode(fsys, name, &c.spec)
		p.problems = append(p.problems, faults...)
		p.coverage = c
	}
}
