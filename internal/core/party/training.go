package party

import (
	"context"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// Acts on training.
const (
	ActCourse = "party.course.publish"
	ActCease  = "party.course.close"
	ActExam   = "party.exam.take"
	ActTrain  = "party.training.record"
)

// Values a pack sets: the mark from which an exam is passed (percent), and for how many months the result counts.
const (
	valuePassMark   = "training.pass"
	valueTrainMonth = "training.valid"
)

// States of a course.
const (
	CourseOpen   = "open"
	CourseClosed = "closed"
)

// Course (培训课程) is what is to be learned before access is opened, with the exam that shows it.
type Course struct {
	ID        string     `json:"id"`
	Org       string     `json:"org" doc:"The body that publishes it"`
	Title     string     `json:"title"`
	Text      string     `json:"text"`
	Material  string     `json:"material,omitempty" doc:"Digest of an uploaded file"`
	Pass      int        `json:"pass" doc:"Percent from which the exam is passed; a pack may ask for more"`
	Questions []Question `json:"questions"`
	State     string     `json:"state" enum:"open,closed"`
	Published time.Time  `json:"published"`
}

// Question is one of the exam, with one right answer.
type Question struct {
	Text    string   `json:"text" minLength:"2" maxLength:"500"`
	Options []string `json:"options" minItems:"2" maxItems:"8"`
	Answer  int      `json:"answer" minimum:"0" doc:"Index of the right option"`
}

func (c Course) tab() tab { return tab{ID: c.ID, Org: c.Org, State: c.State} }

// Sheet (试卷) is a course as a person sees it who is to take the exam: without the answers.
type Sheet struct {
	ID        string  `json:"id"`
	Title     string  `json:"title"`
	Text      string  `json:"text"`
	Material  string  `json:"material,omitempty"`
	Pass      int     `json:"pass"`
	State     string  `json:"state" enum:"open,closed"`
	Questions []Asked `json:"questions"`
}

// Asked is a question without its answer.
type Asked struct {
	Text    string   `json:"text"`
	Options []string `json:"options"`
}

func (c Course) sheet() Sheet {
	s := Sheet{ID: c.ID, Title: c.Title, Text: c.Text, Material: c.Material, Pass: c.Pass, State: c.State, Questions: []Asked{}}
	for _, q := range c.Questions {
		s.Questions = append(s.Questions, Asked{q.Text, q.Options})
	}
	return s
}

// score is how many percent of the questions are answered rightly, rounded down.
func (c Course) score(answers []int) int {
	right := 0
	for i, q := range c.Questions {
		if answers[i] == q.Answer {
			right++
		}
	}
	return 100 * right / len(c.Questions)
}

// CourseDraft is a course to be published.
type CourseDraft struct {
	Title     string     `json:"title" minLength:"2" maxLength:"200"`
	Text      string     `json:"text" minLength:"2" maxLength:"50000"`
	Material  string     `json:"material,omitempty" maxLength:"200"`
	Pass      int        `json:"pass" minimum:"1" maximum:"100"`
	Questions []Question `json:"questions" minItems:"1" maxItems:"200"`
}

func (d CourseDraft) check() (Course, error) {
	c := Course{Title: strings.TrimSpace(d.Title), Text: strings.TrimSpace(d.Text), Material: d.Material, Pass: d.Pass, Questions: d.Questions, State: CourseOpen}
	switch {
	case !between(c.Title, 2, 200):
		return c, spotted("title", "请填写课程名称")
	case c.Pass < 1 || c.Pass > 100:
		return c, spotted("pass", "合格线应为 1 至 100")
	case len(c.Questions) == 0:
		return c, spotted("questions", "请至少出一道考题")
	}
	for i, q := range c.Questions {
		if strings.TrimSpace(q.Text) == "" || len(q.Options) < 2 || q.Answer < 0 || q.Answer >= len(q.Options) {
			return c, spotted("questions", "第 "+count(i+1)+" 题没有题目、选项不足两项或者答案不在选项之中, 请更正")
		}
	}
	return c, nil
}

// Training (培训记录) is that one person took part in one training, and whether they passed.
type Training struct {
	ID       string       `json:"id"`
	Org      string       `json:"org"`
	Account  string       `json:"account,omitempty" doc:"Absent until the person has an account"`
	Name     string       `json:"name"`
	Course   string       `json:"course,omitempty" doc:"Absent for a training held elsewhere"`
	Title    string       `json:"title"`
	Score    *int         `json:"score,omitempty"`
	Passed   bool         `json:"passed" doc:"False for mere attendance"`
	Day      workday.Date `json:"day"`
	Until    workday.Date `json:"until,omitempty" doc:"Last day on which it counts; absent where no pack sets an end"`
	Paper    string       `json:"paper,omitempty" doc:"Digest of the attendance sheet or certificate"`
	Recorded time.Time    `json:"recorded"`
}

// training is a record with the keyed digest by which a person without an account is found again.
type training struct {
	Training
	Person string `json:"person,omitempty"`
}

func (t training) tab() tab {
	state := "attended"
	if t.Passed {
		state = "passed"
	}
	return tab{ID: t.ID, Org: t.Org, Account: t.Account, State: state}
}

func (t Training) counts(day workday.Date) bool {
	return t.Passed && t.Day <= day && (t.Until == "" || day <= t.Until)
}

var (
	courses   = shelf[Course]{"course", "course", "没有这门课程, 请从列表中选择"}
	trainings = shelf[training]{"training", "training_result", "没有这条培训记录, 请核对后重试"}
)

func (s *Service) defineTraining(acts *act.Runner) {
	givers := []access.Role{access.Bureau, access.Operator}
	acts.Define(
		act.Def{Name: ActCourse, Roles: givers},
		act.Def{Name: ActCease, Roles: givers},
		act.Def{Name: ActExam, Roles: staff},
		act.Def{Name: ActTrain, Roles: append([]access.Role{access.Holder, access.Department}, givers...)},
	)
	courses.register(acts)
	trainings.register(acts)
}

// staff are the roles of people who take part; a citizen asks about their own record only.
var staff = append([]access.Role{access.Bureau, access.Expert, access.Auditor, access.Mechanism, access.Government, access.Upper, access.Local}, members...)

// PublishCourse publishes a course with its exam (发布课程).
func (s *Service) PublishCourse(ctx context.Context, d CourseDraft) (Course, error) {
	c, err := d.check()
	if err != nil {
		return c, err
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActCourse}, func(ctx context.Context, tx *act.Tx) error {
		c.ID, c.Org, c.Published = tx.NewID("crs"), tx.Actor().Org, tx.Now()
		if err := tx.Judge(ctx, map[string]string{}); err != nil {
			return err
		}
		return courses.put(ctx, tx, c)
	})
	return c, err
}

// CloseCourse ends a course: nobody takes its exam any more, and what was passed goes on counting.
func (s *Service) CloseCourse(ctx context.Context, id string) (c Course, err error) {
	_, err = s.Acts.Do(ctx, act.Call{Act: ActCease}, func(ctx context.Context, tx *act.Tx) error {
		if c, err = courses.load(ctx, tx.Tx, id); err != nil {
			return err
		}
		switch {
		case c.Org != tx.Actor().Org:
			return errs.New(errs.Forbidden, "课程由发布单位停用, 请联系发布单位")
		case c.State != CourseOpen:
			return errs.New(errs.Conflict, "这门课程已经停用, 请刷新查看")
		}
		c.State = CourseClosed
		if err := tx.Judge(ctx, map[string]string{}); err != nil {
			return err
		}
		return courses.put(ctx, tx, c)
	})
	return c, err
}

// TakeExam scores the actor's answers (参加考试). Which of them were wrong is not told. Who passes is given at once what
// waited for it.
func (s *Service) TakeExam(ctx context.Context, courseID string, answers []int) (Training, error) {
	var t training
	_, err := s.Acts.Do(ctx, act.Call{Act: ActExam}, func(ctx context.Context, tx *act.Tx) error {
		c, err := courses.load(ctx, tx.Tx, courseID)
		if err != nil {
			return err
		}
		switch {
		case c.State != CourseOpen:
			return errs.New(errs.Conflict, "这门课程已经停用, 请参加其他课程的考试")
		case len(answers) != len(c.Questions):
			return spotted("answers", "考题共 "+count(len(c.Questions))+" 道, 请逐题作答后再交卷")
		}
		mark := c.Pass
		if v, _, err := tx.Law().Int(valuePassMark, tx.Day()); err == nil {
			mark = max(mark, int(v))
		}
		score, actor := c.score(answers), tx.Actor()
		t = training{Training: Training{ID: tx.NewID("trn"), Org: actor.Org, Account: actor.Account, Name: actor.Name, Course: c.ID, Title: c.Title,
			Score: &score, Passed: score >= mark, Day: tx.Day(), Recorded: tx.Now()}}
		if err := tx.Judge(ctx, map[string]string{"org": actor.Org}); err != nil {
			return err
		}
		return s.keepTraining(ctx, tx, &t)
	})
	return t.Training, err
}

// TrainingDraft is a training held elsewhere, for one person.
type TrainingDraft struct {
	Org      string       `json:"org"`
	Name     string       `json:"name" minLength:"2" maxLength:"60" doc:"Real name"`
	Account  string       `json:"account,omitempty" doc:"The person's account, where there is one"`
	Identity string       `json:"identity,omitempty" doc:"Identity number of a person without an account; kept only as a keyed digest, to find the record when the account is opened"`
	Title    string       `json:"title" minLength:"2" maxLength:"200"`
	Score    *int         `json:"score,omitempty" minimum:"0" maximum:"100"`
	Passed   bool         `json:"passed"`
	Day      workday.Date `json:"day"`
	Paper    string       `json:"paper,omitempty" maxLength:"200"`
}

// RecordTraining records a training that was held off line. A body records who of its own attended; that somebody passed is
// recorded by another body, as nobody examines their own.
func (s *Service) RecordTraining(ctx context.Context, d TrainingDraft) (Training, error) {
	var t training
	_, err := s.Acts.Do(ctx, act.Call{Act: ActTrain}, func(ctx context.Context, tx *act.Tx) error {
		o, err := Load(ctx, tx.Tx, d.Org)
		if err != nil {
			return err
		}
		if err := reaches(ctx, tx.Tx, tx.Actor(), o.ID); err != nil {
			return err
		}
		own, examiner := o.ID == tx.Actor().Org, tx.Actor().Has(access.Bureau, access.Operator)
		switch {
		case !own && !examiner:
			return errs.New(errs.Forbidden, "只能登记本单位的培训, 其他单位的请由其自行登记或由主管部门登记")
		case d.Passed && (own || !examiner):
			return errs.New(errs.Forbidden, "本单位人员考核合格须由其他单位登记, 请联系主管部门或平台运营单位")
		case !d.Day.Valid() || d.Day.After(tx.Day()):
			return spotted("day", "培训之日不能为空, 也不能晚于今天")
		case d.Passed && d.Account == "" && d.Identity == "":
			return spotted("identity", "考核合格的请填写账号, 尚无账号的请填写身份号码")
		}
		t = training{Training: Training{ID: tx.NewID("trn"), Org: o.ID, Name: strings.TrimSpace(d.Name), Title: strings.TrimSpace(d.Title),
			Score: d.Score, Passed: d.Passed, Day: d.Day, Paper: d.Paper, Recorded: tx.Now()}}
		if d.Identity != "" {
			if err := checkIDNumber(normalNumber(d.Identity)); err != nil {
				return spotted("identity", messageOf(err))
			}
			t.Person = s.digest("person", normalNumber(d.Identity))
		}
		if d.Account != "" {
			a, err := access.LoadAccount(ctx, tx.Tx, d.Account)
			if err != nil || a.Org != o.ID || a.Name != t.Name {
				return spotted("account", "账号不属于这个单位或者姓名不符, 请核对后重试")
			}
			t.Account = a.ID
		}
		if err := tx.Judge(ctx, map[string]string{"org": o.ID}); err != nil {
			return err
		}
		return s.keepTraining(ctx, tx, &t)
	})
	return t.Training, err
}

func (s *Service) keepTraining(ctx context.Context, tx *act.Tx, t *training) error {
	if months, _, err := tx.Law().Int(valueTrainMonth, tx.Day()); err == nil && t.Passed {
		t.Until = t.Day.AddMonths(int(months))
	}
	if err := trainings.put(ctx, tx, *t); err != nil {
		return err
	}
	if !t.Passed || t.Account == "" || t.Org == "" {
		return nil
	}
	o, err := Load(ctx, tx.Tx, t.Org)
	if err != nil {
		return err
	}
	if admitted, err := AdmittedNow(ctx, tx.Tx, o); err != nil || !admitted {
		return err
	}
	return promote(ctx, tx, o)
}

// claimTraining ties what a person passed before they had an account to the account that is opened for them.
func (s *Service) claimTraining(ctx context.Context, tx *act.Tx, a access.Account, identity string) error {
	if identity == "" || a.Org == "" {
		return nil
	}
	person := s.digest("person", normalNumber(identity))
	list, err := trainings.of(ctx, tx.Tx, a.Org)
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.Person != person || t.Account != "" || t.Name != a.Name {
			continue
		}
		t.Account = a.ID
		if err := trainings.put(ctx, tx, t); err != nil {
			return err
		}
	}
	return nil
}

// Courses lists courses, newest first, without the answers.
func (s *Service) Courses(ctx context.Context, before string, limit int) (list []Sheet, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		all, err := courses.page(ctx, tx, "", before, limit)
		for _, c := range all {
			list = append(list, c.sheet())
		}
		return err
	})
	return list, err
}

// Trainings lists an organization's records, to it and to those who decide and supervise.
func (s *Service) Trainings(ctx context.Context, orgID string) (list []Training, err error) {
	err = s.viewFile(ctx, orgID, func(tx *sqldb.Tx) error {
		all, err := trainings.of(ctx, tx, orgID)
		for _, t := range all {
			list = append(list, t.Training)
		}
		return err
	})
	return list, err
}

// Course is one course, and what the caller got in its exam, newest first.
func (s *Service) Course(ctx context.Context, id string) (p CoursePage, err error) {
	p.Attempts = []Training{}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		c, err := courses.load(ctx, tx, id)
		if err != nil {
			return err
		}
		p.Course = c.sheet()
		all, err := trainings.byAccount(ctx, tx, access.From(ctx).Account)
		for _, t := range all {
			if t.Course == id {
				p.Attempts = append(p.Attempts, t.Training)
			}
		}
		return err
	})
	return p, err
}

// CoursePage is a course with the caller's own attempts at its exam.
type CoursePage struct {
	Course   Sheet      `json:"course"`
	Attempts []Training `json:"attempts"`
}
