package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"
)

// report collects what was measured and prints it: tables as they come, or one JSON document at the end.
type report struct {
	Machine string       `json:"machine"`
	At      string       `json:"at"`
	Short   bool         `json:"short"`
	Load    []load       `json:"load"`
	Notes   []note       `json:"notes,omitempty"`
	Ratios  []ratio      `json:"ratios"`
	Costs   []cost       `json:"costs"`
	Peers   []peerResult `json:"peers,omitempty"`

	out   io.Writer
	json  bool
	began time.Time
	group string
	head  string // the table that is open
}

// load is how busy the machine was when a group began: on a shared machine it belongs to every figure.
type load struct {
	Group string `json:"group"`
	One   string `json:"one_minute"`
}

type note struct {
	Group string `json:"group"`
	Text  string `json:"text"`
}

func newReport(out io.Writer, asJSON, short bool) report {
	r := report{Machine: machine(), At: time.Now().UTC().Format("2006-01-02 15:04 MST"), Short: short, out: out, json: asJSON, began: time.Now(),
		Ratios: []ratio{}, Costs: []cost{}}
	r.print("%s\n%s\n", r.Machine, r.At)
	return r
}

func (r *report) print(format string, args ...any) {
	if !r.json {
		fmt.Fprintf(r.out, format, args...)
	}
}

func (r *report) begin(g group) {
	l := load{g.name, loadAverage()}
	r.Load = append(r.Load, l)
	r.group, r.head = g.name, ""
	r.print("\n## %s\n\nload average %s\n", g.title, l.One)
}

func (r *report) note(format string, args ...any) {
	n := note{r.group, fmt.Sprintf(format, args...)}
	r.Notes = append(r.Notes, n)
	r.head = ""
	r.print("\n%s\n", n.Text)
}

func (r *report) table(columns ...string) {
	head := "| " + strings.Join(columns, " | ") + " |\n" + strings.Repeat("|---", len(columns)) + "|\n"
	if head != r.head {
		r.head = head
		r.print("\n%s", head)
	}
}

func (r *report) addRatio(x ratio) {
	x.Group = r.group
	r.Ratios = append(r.Ratios, x)
	r.table("guarded", "beside", "at once", "n", "guarded: each, p50, p99", "beside: each, p50, p99", "ratio", "p50 to p50", "ratio without the floor", "target")
	net, target := "", ""
	if x.Net != nil {
		net = x.Net.String() + ", floor " + micros(x.Floor)
	} else if x.Floor > 0 {
		net = "too close to the floor of " + micros(x.Floor)
	}
	if x.Target > 0 {
		target = fmt.Sprintf("%.1f", x.Target)
	}
	r.print("| %s | %s | %d | %d × %d | %s | %s | %s | %s | %s | %s |\n", x.Guarded, x.Bare, x.Workers, x.Rounds, x.Each, x.Of, x.To, x.Ratio, figure(x.P50), net, target)
}

func (r *report) addCost(c cost) {
	c.Group = r.group
	r.Costs = append(r.Costs, c)
	r.table("what", "measured", "n", "target")
	r.print("| %s | %s %s | %d × %d | %s |\n", c.What, c.Value, c.Unit, c.Rounds, c.Each, c.Target)
}

func (r *report) end() error {
	if !r.json {
		r.print("\nload average %s at the end; measured in %s\n", loadAverage(), time.Since(r.began).Round(time.Second))
		return nil
	}
	r.Load = append(r.Load, load{"end", loadAverage()})
	enc := json.NewEncoder(r.out)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

func (s spread) String() string {
	return fmt.Sprintf("**%s** (%s to %s)", figure(s.Median), figure(s.Min), figure(s.Max))
}

func (s side) String() string {
	return micros(s.Each) + ", " + micros(s.P50) + ", " + micros(s.P99)
}

// figure keeps three digits: more would pretend.
func figure(v float64) string {
	switch {
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	case v < 100:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

func micros(us float64) string {
	switch {
	case us < 1e3:
		return figure(us) + " µs"
	case us < 1e6:
		return figure(us/1e3) + " ms"
	}
	return figure(us/1e6) + " s"
}

// machine says where this was measured.
func machine() string {
	memory := ""
	if kb, ok := strings.CutSuffix(lineOf("/proc/meminfo", "MemTotal"), " kB"); ok {
		var n int64
		if _, err := fmt.Sscan(kb, &n); err == nil {
			memory = fmt.Sprintf(", %d GiB", (n+1<<19)>>20)
		}
	}
	model := lineOf("/proc/cpuinfo", "model name")
	if model == "" {
		model = "unknown processor"
	}
	return fmt.Sprintf("%s, %d CPUs%s, %s/%s, %s", model, runtime.NumCPU(), memory, runtime.GOOS, runtime.GOARCH, runtime.Version())
}

func lineOf(path, name string) string {
	raw, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(raw)) {
		if n, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(n) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func loadAverage() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	one, _, _ := strings.Cut(string(raw), " ")
	return one
}
