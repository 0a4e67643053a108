package notice

import (
	"context"
	"errors"
	"slices"
	"time"

	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// MessageKind says what a message tells. The console has a sentence for each, filled in with the message's params.
type MessageKind string

const (
	MatterUrged        MessageKind = "matter.urged"        // 催办
	MatterSupervised   MessageKind = "matter.supervised"   // 督办
	MatterOverdue      MessageKind = "matter.overdue"      // 超过办理期限
	MatterMoved        MessageKind = "matter.moved"        // 新规定适用于在办件
	TransitionProposed MessageKind = "transition.proposed" // 过渡适用待另一人确认
	ActRefused         MessageKind = "act.refused"         // 被规则拒绝的操作
	TermEnding         MessageKind = "term.ending"         // 期限将届满
	TermEnded          MessageKind = "term.ended"          // 终止或者届满, 已办理退出
	ProviderOff        MessageKind = "provider.delisted"   // 所用的服务商下架
	ReportDue          MessageKind = "report.due"          // 报告到期
	ReportOverdue      MessageKind = "report.overdue"      // 报告逾期
	OrderIssued        MessageKind = "order.issued"        // 整改或者处置决定
	OrderReported      MessageKind = "order.reported"      // 已反馈整改情况
	OrderRuled         MessageKind = "order.ruled"         // 对整改的处理结论
	Guided             MessageKind = "matter.guided"       // 指导、说明
	ComplaintFiled     MessageKind = "complaint.filed"     // 受理的投诉
	ComplaintReplied   MessageKind = "complaint.replied"   // 投诉的答复
	DataDestroyed      MessageKind = "exit.certified"      // 数据销毁情况
	DeletionOverdue    MessageKind = "exit.overdue"        // 删除逾期
	ErasureOwed        MessageKind = "erasure.owed"        // 授权终止后的删除义务
	SpaceFinding       MessageKind = "space.finding"       // 平台发现
	FileLacking        MessageKind = "file.lacking"        // 单位档案缺项
	FieldEmpty         MessageKind = "expert.field"        // 专家组缺少某一领域的专家
	Consulted          MessageKind = "matter.consulted"    // 请专家答复数据处理问题
	LinkLost           MessageKind = "link.lost"           // 与互联节点失去联系
	LinkBack           MessageKind = "link.back"           // 与互联节点恢复联系
	LetterRefused      MessageKind = "letter.refused"      // 报送的记录被对方节点拒收

	ConnectionAsked   MessageKind = "connection.asked"   // 外部系统申请接入
	ConnectionDecided MessageKind = "connection.decided" // 接入决定
	ConnectionLapsed  MessageKind = "connection.lapsed"  // 接入系统的证书到期
	ConsentChecked    MessageKind = "consent.checked"    // 授权文件抽查结果
	InspectionTold    MessageKind = "inspection.told"    // 监督案卷有新的进展
	InspectionOwed    MessageKind = "inspection.owed"    // 检查要求的材料、发现的处理
	EntrySubmitted    MessageKind = "entry.submitted"    // 待审核的目录条目
	EntryDecided      MessageKind = "entry.decided"      // 目录条目发布或者退回
	SpecialAsked      MessageKind = "special.asked"      // 特别规定或者其终止待确认
	SpecialDecided    MessageKind = "special.decided"    // 对特别规定的决定
)

// MessageKinds lists every kind, for the description of the interface.
func MessageKinds() []MessageKind {
	return []MessageKind{
		MatterUrged,
		MatterSupervised,
		MatterOverdue,
		MatterMoved,
		TransitionProposed,
		ActRefused,
		TermEnding,
		TermEnded,
		ProviderOff,
		ReportDue,
		ReportOverdue,
		OrderIssued,
		OrderReported,
		OrderRuled,
		Guided,
		ComplaintFiled,
		ComplaintReplied,
		DataDestroyed,
		DeletionOverdue,
		ErasureOwed,
		SpaceFinding,
		FileLacking,
		FieldEmpty,
		Consulted,
		LinkLost,
		LinkBack,
		LetterRefused,
		ConnectionAsked,
		ConnectionDecided,
		ConnectionLapsed,
		ConsentChecked,
		InspectionTold,
		InspectionOwed,
		EntrySubmitted,
		EntryDecided,
		SpecialAsked,
		SpecialDecided,
	}
}

// Message (消息) tells somebody that something happened or will happen. It decides nothing. With a due day it also says that
// something is owed outside a matter, until the act that does it settles it.
type Message struct {
	ID         string            `json:"id"`
	To         string            `json:"to" doc:"An inbox: of an account, of a role, of a role in an organization"`
	Kind       MessageKind       `json:"kind"`
	ObjectKind string            `json:"object_kind,omitempty" doc:"What it is about, such as matter or grant"`
	Object     string            `json:"object,omitempty"`
	Params     map[string]string `json:"params,omitempty" doc:"What fills in the sentence; never a personal datum"`
	Day        workday.Date      `json:"day"`
	Due        workday.Date      `json:"due,omitempty" doc:"Until when something is owed"`
	State      string            `json:"state" enum:"told,owed,settled"`
	Mark       string            `json:"mark,omitempty" doc:"What a timer tells once bears its mark; a second message with it is not sent"`
	Sent       time.Time         `json:"sent"`
	Settled    time.Time         `json:"settled,omitzero"`
}

// States of a message.
const (
	Told    = "told"
	Owed    = "owed"
	Settled = "settled"
)

// Send tells each addressee in the act's own transaction: what is rolled back told nobody. A message with a mark that the
// addressee has already is left out.
func Send(ctx context.Context, tx *act.Tx, m Message, to ...string) error {
	for _, address := range to {
		m.ID, m.To, m.Sent = tx.NewID("msg"), address, tx.Now()
		if m.Day == "" {
			m.Day = tx.Day()
		}
		if m.State = Told; m.Due != "" {
			m.State = Owed
		}
		fresh, err := insertMessage(ctx, tx.Tx, m)
		if err != nil {
			return err
		}
		if !fresh {
			continue
		}
		if err := tx.Changed(ctx, "message", m.ID, m); err != nil {
			return err
		}
	}
	return nil
}

// Settle closes what was owed about an object, in the transaction of the act that did it.
func Settle(ctx context.Context, tx *act.Tx, object string, kinds ...MessageKind) error {
	owed, err := owedAbout(ctx, tx.Tx, object)
	if err != nil {
		return err
	}
	for _, m := range owed {
		if !slices.Contains(kinds, m.Kind) {
			continue
		}
		m.State, m.Settled = Settled, tx.Now()
		if err := settleMessage(ctx, tx.Tx, m); err != nil {
			return err
		}
		if err := tx.Changed(ctx, "message", m.ID, m); err != nil {
			return err
		}
	}
	return nil
}

// alert tells those whom the pack names that a rule refused an act: a department that authorizes without being confirmed is
// news to the bureau even though it was stopped (贵州 第二十八条). The same on the same day is told once.
func alert(ctx context.Context, tx *act.Tx, rules []string) error {
	for _, rule := range rules {
		roles, title, cite := tx.Law().Alert(rule)
		for _, role := range roles {
			who := tx.Actor()
			err := Send(ctx, tx, Message{Kind: ActRefused, ObjectKind: "organization", Object: who.Org,
				Params: map[string]string{"act": tx.Act(), "rule": title, "article": cite.Article, "law": cite.Law},
				Mark:   "refused:" + rule + ":" + tx.Act() + ":" + who.Org + ":" + who.Account + ":" + tx.Day().String()},
				access.RoleAddress(access.Role(role)))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// Reminder is a message that a timer found due, with its addressees.
type Reminder struct {
	Message Message
	To      []string
}

// Remind is the timers' way to tell: each reminder is sent once, by its mark, in an act of the platform (message.send). What
// a stopped program did not send is found due again by the next look; what it sent is not sent twice. One that fails holds
// up no other.
func Remind(ctx context.Context, acts *act.Runner, due []Reminder) error {
	var fresh []Reminder
	err := acts.View(ctx, func(tx *sqldb.Tx) error {
		for _, r := range due {
			var missing []string
			for _, to := range r.To {
				sent, err := marked(ctx, tx, to, r.Message.Mark)
				if err != nil {
					return err
				}
				if !sent {
					missing = append(missing, to)
				}
			}
			if len(missing) > 0 {
				fresh = append(fresh, Reminder{r.Message, missing})
			}
		}
		return nil
	})
	for _, r := range fresh {
		_, e := acts.Do(access.With(ctx, access.System()), act.Call{Act: ActSend}, func(ctx context.Context, tx *act.Tx) error {
			return Send(ctx, tx, r.Message, r.To...)
		})
		err = errors.Join(err, e)
	}
	return err
}

// Received is a message as its reader finds it.
type Received struct {
	Message
	Read time.Time `json:"read,omitzero" doc:"When the reader marked it as read"`
}

// MessageView chooses messages: all, those not read, or what is owed, the nearest day first.
type MessageView struct {
	Name  string // "", unread, owed
	After string // cursor
	Limit int
}

// Messages lists what an actor was told.
func (s *Service) Messages(ctx context.Context, v MessageView) (list []Received, err error) {
	actor := access.From(ctx)
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		list, err = listMessages(ctx, tx, actor, v)
		return err
	})
	return list, err
}

// MessageCount is how many messages an actor has not read and how much is owed, up to a cap.
type MessageCount struct {
	Unread int `json:"unread"`
	Owed   int `json:"owed"`
	Cap    int `json:"cap" doc:"A number that reaches this means: as many or more"`
}

// CountMessages counts for the bell.
func (s *Service) CountMessages(ctx context.Context) (c MessageCount, err error) {
	actor := access.From(ctx)
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		c, err = countMessages(ctx, tx, actor)
		return err
	})
	return c, err
}

// ReadMessages marks messages of the actor as read; with no ids, all of them. Whoever was told cannot say later that they
// were not: the entry says who read and when.
func (s *Service) ReadMessages(ctx context.Context, ids []string) (c MessageCount, err error) {
	_, err = s.acts.Do(ctx, act.Call{Act: ActSeen}, func(ctx context.Context, tx *act.Tx) error {
		unread, err := listMessages(ctx, tx.Tx, tx.Actor(), MessageView{Name: "unread", Limit: readAtOnce})
		if err != nil {
			return err
		}
		mine := map[string]bool{}
		for _, m := range unread {
			mine[m.ID] = true
		}
		if len(ids) == 0 {
			for _, m := range unread {
				ids = append(ids, m.ID)
			}
		}
		for _, id := range ids {
			if !mine[id] {
				if err := hasMessage(ctx, tx.Tx, tx.Actor(), id); err != nil {
					return err
				}
			}
			if err := markRead(ctx, tx.Tx, tx.Actor().Account, id); err != nil {
				return err
			}
		}
		c, err = countMessages(ctx, tx.Tx, tx.Actor())
		return err
	})
	return c, err
}
