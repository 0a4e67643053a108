package matter_test

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
	"yunei/regimes"
)

// pack is the Quanzhou pack and its calendars with some words changed; an empty replacement of a whole file takes it away.
func pack(t *testing.T, file, old, with string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	must(t, fs.WalkDir(regimes.FS, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(regimes.FS, p)
		if p == file {
			if old == "" {
				return err
			}
			if !strings.Contains(string(raw), old) {
				t.Fatalf("%s does not say %q", file, old)
			}
			raw = []byte(strings.Replace(string(raw), old, with, 1))
		}
		out[p] = &fstest.MapFile{Data: raw}
		return err
	}))
	return out
}

const prescenario = "quanzhou-2024-05-17/procedures/prescenario.yaml"

// countersigned is a review that three clerks decide together.
func (o *office) countersigned(join string) (m *matter.Matter, who []string) {
	o.t.Helper()
	must(o.t, o.acts.Law().Load(pack(o.t, prescenario, "    by: platform-operator\n", "    by: platform-operator\n"+join), "quanzhou-2024-05-17"))
	who = []string{"p", "q", "r"}
	o.asked["review"] = []string{access.AccountAddress("acc_p"), access.AccountAddress("acc_q"), access.AccountAddress("acc_r")}
	return o.filed(review, "joint"), who
}

// 会签 one after the other: the second finds the task only when the first has signed, and nobody signs out of turn.
func TestService_sequence(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		m, who := o.countersigned("    join: sequence\n")
		for i, name := range who {
			ctx := o.as(name, "org_operator", access.Operator)
			o.wantInbox(name, ctx, "review joint")
			if i < 2 {
				later := o.as(who[2], "org_operator", access.Operator)
				o.wantInbox("the last", later)
				wantCode(t, "out of turn", second(o.say(later, m.ID, "review", matter.Pass)), errs.Conflict)
			}
			must(t, second(o.say(ctx, m.ID, "review", matter.Pass)))
		}
		if m = o.load(m.ID); m.State != matter.Passed {
			t.Errorf("after three signatures %s, want passed", m.State)
		}
		o.fsck()
	})
}

// 会签 by all: one refusal is enough.
func TestService_all(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		m, who := o.countersigned("    join: all\n")
		must(t, second(o.say(o.as(who[0], "org_operator", access.Operator), m.ID, "review", matter.Pass)))
		if m = o.load(m.ID); m.State != matter.Running {
			t.Fatalf("after one of three %s, want running", m.State)
		}
		must(t, second(o.say(o.as(who[1], "org_operator", access.Operator), m.ID, "review", matter.Refuse)))
		if m = o.load(m.ID); m.State != matter.Refused {
			t.Errorf("all, after a refusal: %s, want refused", m.State)
		}
	})
}

// 会签 by vote: two thirds of the weight.
func TestService_vote(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		m, who := o.countersigned("    join: vote\n    vote: {pass: 66}\n")
		must(t, second(o.say(o.as(who[0], "org_operator", access.Operator), m.ID, "review", matter.Refuse)))
		must(t, second(o.say(o.as(who[1], "org_operator", access.Operator), m.ID, "review", matter.Pass)))
		if m = o.load(m.ID); m.State != matter.Running {
			t.Fatalf("one for, one against, one silent: %s, want running", m.State)
		}
		must(t, second(o.say(o.as(who[2], "org_operator", access.Operator), m.ID, "review", matter.Pass)))
		if m = o.load(m.ID); m.State != matter.Passed {
			t.Errorf("two of three: %s, want passed", m.State)
		}
	})
}

// A calendar that arrives later moves the deadlines of running matters by an act that tells the parties; one that moves
// nothing tells nobody.
func TestService_recount(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		system := access.With(t.Context(), access.System())
		must(t, o.acts.Law().Load(pack(t, "calendars/2025.yaml", "", ""), "quanzhou-2024-05-17"))
		m := o.filed(review, "x")
		if d := m.Steps[0].Deadline; d.Due != "2025-10-01" || !d.Provisional || !strings.Contains(d.Explain, "暂定") {
			t.Fatalf("without the calendar of the year: %+v, want 2025-10-01, provisional", d)
		}
		must(t, o.acts.Law().Load(regimes.FS, "quanzhou-2024-05-17"))
		for range 2 { // the second look finds nothing to do
			must(t, o.Sweep(system))
		}
		m = o.load(m.ID)
		counted := 0
		for _, e := range m.Events {
			if e.What == "recounted" {
				counted++
			}
		}
		if d := m.Steps[0].Deadline; d.Due != "2025-10-09" || d.Provisional || counted != 1 {
			t.Errorf("with the calendar: %+v, recounted %d times; want 2025-10-09, once", d, counted)
		}
		if tasks := o.tasks(o.bank()); len(tasks) != 1 || !strings.Contains(tasks[0].StepTitle, "2025-10-09") {
			t.Errorf("the applicant finds %+v, want to be told of the new day", tasks)
		}
		if tasks := o.tasks(o.operator()); !slices.ContainsFunc(tasks, func(k matter.Task) bool { return k.Due == "2025-10-09" }) {
			t.Errorf("the operator's task is due %+v, want 2025-10-09", tasks)
		}
		o.fsck()
	})
}

// tasks are the first tasks in somebody's inboxes.
func (o *office) tasks(ctx context.Context) (list []matter.Task) {
	o.t.Helper()
	must(o.t, o.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = matter.Tasks(ctx, tx, access.From(ctx).Addresses(), "", 20)
		return err
	}))
	return list
}
