package http_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// step is one block of a file: a request with its checks, or a movement of the clock.
type step struct {
	line    int
	clock   string // when set, the block moves the clock and asks nothing
	link    string // when set, the block breaks, mends or works the link to the node above
	above   bool   // asked of the node above
	role    string
	method  string
	path    string
	headers [][2]string
	body    string
	file    string // csv, or the name of a file to upload; "" is JSON
	checks  []check
}

// check is one line under a request: what to look at, and what it should be.
type check struct {
	line int
	on   string // code, header, json, body, set, sign, consent
	at   string // header name, JSON path, or the name to keep a value under
	op   string // ==, !=, ~, has, len, present, absent
	want string
}

var (
	requestLine = regexp.MustCompile(`^([A-Z][A-Z0-9]*)(@above)? (GET|HEAD|POST|PUT|PATCH|DELETE) (/\S*)$`)
	headerLine  = regexp.MustCompile(`^([A-Za-z][A-Za-z-]*): (.*)$`)
	setLine     = regexp.MustCompile(`^set ([a-z][a-z0-9_]*) = (header )?(\S+)$`)
	signLine    = regexp.MustCompile(`^sign ([a-z][a-z0-9_]*) = (\S+)$`)
	consentLine = regexp.MustCompile(`^consent ([a-z][a-z0-9_]*) = (\S+)$`)
	fileLine    = regexp.MustCompile(`^(csv)$|^upload ([\w.-]+)$`)
	jsonLine    = regexp.MustCompile(`^json (\S+) (==|!=|~|has|len|present|absent)(?: (.*))?$`)
	valueLine   = regexp.MustCompile(`^header (\S+) (==|~) (.*)$`)
	bodyLine    = regexp.MustCompile(`^body (has|~) (.*)$`)
)

func readScript(name string) ([]step, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	steps, err := parse(strings.Split(string(raw), "\n"))
	if err != nil {
		return nil, fmt.Errorf("%s:%w", name, err)
	}
	return steps, nil
}

// parse cuts a file into blocks at empty lines.
func parse(lines []string) ([]step, error) {
	var steps []step
	for at := 0; at < len(lines); {
		if strings.TrimSpace(lines[at]) == "" {
			at++
			continue
		}
		end := at
		for end < len(lines) && strings.TrimSpace(lines[end]) != "" {
			end++
		}
		p := &parser{lines: lines[:end], at: at}
		s, ok, err := p.block()
		if err != nil {
			return nil, fmt.Errorf("%d: %w", p.at+1, err)
		}
		if ok {
			steps = append(steps, s)
		}
		at = end
	}
	if len(steps) == 0 {
		return nil, fmt.Errorf("1: nothing is asked")
	}
	return steps, nil
}

// parser reads one block; at is the line it stands on.
type parser struct {
	lines []string
	at    int
}

func (p *parser) more() bool   { return p.at < len(p.lines) }
func (p *parser) here() string { return p.lines[p.at] }

func (p *parser) block() (s step, ok bool, err error) {
	reason := false
	for p.more() && strings.HasPrefix(p.here(), "#") {
		reason = true
		p.at++
	}
	if !p.more() {
		return s, false, nil
	}
	if !reason {
		return s, false, fmt.Errorf("say in a comment above why this is here")
	}
	s.line = p.at + 1
	if moved, ok := strings.CutPrefix(p.here(), "clock "); ok {
		s.clock = moved
		if p.at++; p.more() {
			return s, false, fmt.Errorf("clock is a block of its own")
		}
		return s, true, nil
	}
	if how := p.here(); how == "link down" || how == "link up" || how == "link carry" {
		s.link = strings.TrimPrefix(how, "link ")
		if p.at++; p.more() {
			return s, false, fmt.Errorf("link is a block of its own")
		}
		return s, true, nil
	}
	m := requestLine.FindStringSubmatch(p.here())
	if m == nil {
		return s, false, fmt.Errorf("want ROLE METHOD /path, got %q", p.here())
	}
	s.role, s.above, s.method, s.path = m[1], m[2] != "", m[3], m[4]
	p.at++
	for p.more() {
		m := headerLine.FindStringSubmatch(p.here())
		if m == nil {
			break
		}
		s.headers = append(s.headers, [2]string{m[1], m[2]})
		p.at++
	}
	if err := p.body(&s); err != nil {
		return s, false, err
	}
	return s, true, p.checks(&s)
}

// body takes lines until they are one JSON value, or the lines of a file up to a lone dot.
func (p *parser) body(s *step) error {
	if !p.more() {
		return nil
	}
	if m := fileLine.FindStringSubmatch(p.here()); m != nil {
		s.file = m[1] + m[2]
		for p.at++; p.more(); p.at++ {
			if p.here() == "." {
				p.at++
				return nil
			}
			s.body += p.here() + "\n"
		}
		return fmt.Errorf("the file does not end with a lone dot")
	}
	if !strings.HasPrefix(p.here(), "{") && !strings.HasPrefix(p.here(), "[") {
		return nil
	}
	from := p.at
	for p.more() {
		s.body += p.here() + "\n"
		p.at++
		if json.Valid([]byte(s.body)) {
			return nil
		}
	}
	p.at = from
	return fmt.Errorf("the body is not JSON")
}

func (p *parser) checks(s *step) error {
	code := false
	for ; p.more(); p.at++ {
		c, err := parseCheck(p.here())
		if err != nil {
			return err
		}
		c.line = p.at + 1
		code = code || c.on == "code"
		s.checks = append(s.checks, c)
	}
	if !code {
		p.at--
		return fmt.Errorf("the request has no check of its code")
	}
	return nil
}

func parseCheck(line string) (check, error) {
	if code, ok := strings.CutPrefix(line, "code "); ok {
		return check{on: "code", want: code}, nil
	}
	if m := setLine.FindStringSubmatch(line); m != nil {
		return check{on: "set", at: m[1], op: m[2], want: m[3]}, nil
	}
	if m := signLine.FindStringSubmatch(line); m != nil {
		return check{on: "sign", at: m[1], want: m[2]}, nil
	}
	if m := consentLine.FindStringSubmatch(line); m != nil {
		return check{on: "consent", at: m[1], want: m[2]}, nil
	}
	if m := jsonLine.FindStringSubmatch(line); m != nil {
		if (m[3] == "") != (m[2] == "present" || m[2] == "absent") {
			return check{}, fmt.Errorf("json %s %s: a value is missing or too much", m[1], m[2])
		}
		return check{on: "json", at: m[1], op: m[2], want: m[3]}, nil
	}
	if m := valueLine.FindStringSubmatch(line); m != nil {
		return check{on: "header", at: m[1], op: m[2], want: m[3]}, nil
	}
	if m := bodyLine.FindStringSubmatch(line); m != nil {
		return check{on: "body", op: m[1], want: m[2]}, nil
	}
	if name, ok := strings.CutPrefix(line, "header "); ok && !strings.Contains(name, " ") {
		return check{on: "header", at: name, op: "present"}, nil
	}
	if name, ok := strings.CutPrefix(line, "no header "); ok && !strings.Contains(name, " ") {
		return check{on: "header", at: name, op: "absent"}, nil
	}
	return check{}, fmt.Errorf("%q is no check", line)
}
