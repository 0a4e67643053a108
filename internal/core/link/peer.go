package link

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net"
	"net/url"
	"regexp"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
)

// Sides on which another node stands, seen from here.
const (
	Upper = "upper" // 上级节点
	Lower = "lower" // 下级节点
)

// States of a peer. Ended is final: who joins again is recorded again.
const (
	Active    = "active"
	Suspended = "suspended"
	Ended     = "ended"
)

// Card (节点名片) is what one bureau hands the other, on paper or by a channel both trust.
type Card struct {
	Node string `json:"node" minLength:"16" maxLength:"16" doc:"节点编号"`
	URL  string `json:"url" maxLength:"300" doc:"互联地址"`
	Key  string `json:"key" maxLength:"64" doc:"节点公钥: base64 of an Ed25519 key"`
}

// Fingerprint is what two people compare over the telephone.
func (c Card) Fingerprint() string {
	key, err := c.public()
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(key)
	digits := strings.ToUpper(hex.EncodeToString(sum[:10]))
	var groups []string
	for ; len(digits) > 4; digits = digits[4:] {
		groups = append(groups, digits[:4])
	}
	return strings.Join(append(groups, digits), " ")
}

func (c Card) public() (ed25519.PublicKey, error) {
	key, err := base64.StdEncoding.Strict().DecodeString(c.Key)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, spotted("body.card.key", "节点公钥不是 Ed25519 公钥的 Base64, 请核对对方的节点名片")
	}
	return key, nil
}

var nodeName = regexp.MustCompile(`^[0-9a-f]{16}$`)

func (c Card) check() error {
	if !nodeName.MatchString(c.Node) {
		return spotted("body.card.node", "节点编号应为 16 位十六进制数, 请核对对方的节点名片")
	}
	if _, err := c.public(); err != nil {
		return err
	}
	return checkURL(c.URL)
}

// checkURL takes https, and plain http on the loopback interface, where nobody listens in. A path would not be covered by the
// signature as the other side sees it behind its proxy.
func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return spotted("body.card.url", "互联地址应写成 https://主机:端口, 不带路径和参数, 请核对")
	}
	ip := net.ParseIP(u.Hostname())
	local := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return spotted("body.card.url", "互联须经 TLS, 请使用 https:// 地址")
	}
	return nil
}

// Peer (互联节点) is another deployment, as this one recorded it.
type Peer struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Side     string `json:"side" enum:"upper,lower"`
	Card     `json:"card"`
	Area     access.Area `json:"area,omitempty" doc:"行政区域 that a lower node serves"`
	Within   int         `json:"within" doc:"设定时限, minutes: until a letter is there, and until silence is a loss of the link"`
	Document string      `json:"document" doc:"The paper on which both bureaus agreed"`
	State    string      `json:"state" enum:"active,suspended,ended"`
	Reason   string      `json:"reason,omitempty" doc:"Of the suspension or the end"`
	Lost     *time.Time  `json:"lost,omitempty" doc:"Since when the link is held lost; absent while it stands"`
	Account  string      `json:"account" doc:"Who recorded it"`
	Opened   time.Time   `json:"opened"`
	Changed  time.Time   `json:"changed"`
}

// Joining is what a bureau records to join another node.
type Joining struct {
	Name     string      `json:"name" minLength:"2" maxLength:"120"`
	Side     string      `json:"side" enum:"upper,lower"`
	Card     Card        `json:"card"`
	Area     access.Area `json:"area,omitempty" maxLength:"6"`
	Within   int         `json:"within" minimum:"1" maximum:"43200" doc:"设定时限, minutes"`
	Document string      `json:"document" minLength:"2" maxLength:"200"`
}

func (j Joining) check(own Card) error {
	switch {
	case j.Side != Upper && j.Side != Lower:
		return spotted("body.side", "请选择对方是上级节点还是下级节点")
	case strings.TrimSpace(j.Name) == "":
		return spotted("body.name", "请填写对方节点的名称")
	case strings.TrimSpace(j.Document) == "":
		return spotted("body.document", "请填写双方同意互联的文件")
	case j.Within < 1:
		return spotted("body.within", "请填写设定时限, 至少 1 分钟")
	}
	if err := j.Card.check(); err != nil {
		return err
	}
	if j.Card.Node == own.Node || j.Card.Key == own.Key {
		return spotted("body.card.node", "这是本节点自己的名片, 请填写对方的名片")
	}
	return nil
}

// turn is the pure change of a peer's state.
func (p Peer) turn(to, reason string, now time.Time) (Peer, error) {
	switch {
	case p.State == Ended:
		return p, errs.New(errs.Conflict, "互联已经终止, 需要恢复的请双方重新登记")
	case p.State == to && to == Suspended:
		return p, errs.New(errs.Conflict, "互联已经暂停, 请刷新查看")
	case p.State == to:
		return p, errs.New(errs.Conflict, "互联没有暂停, 无须恢复; 请刷新查看")
	case to != Active && strings.TrimSpace(reason) == "":
		return p, spotted("body.reason", "请填写理由")
	}
	p.State, p.Reason, p.Changed, p.Lost = to, strings.TrimSpace(reason), now, nil
	return p, nil
}

// spotted is an invalid input with its place.
func spotted(where, message string) error {
	return &errs.Error{Code: errs.Invalid, Msg: message, Spots: []errs.Spot{{Where: where, Message: message}}}
}
