package link

import (
	"encoding/json"
	"time"
)

// Pulse is the letter without content by which two nodes know that the link stands. It has no number and is not kept.
const Pulse = "pulse"

// States of an outgoing letter.
const (
	Waiting  = "waiting"
	Accepted = "accepted"
	Refused  = "refused"
)

// Letter (往来报文) is what travels.
type Letter struct {
	ID      string          `json:"id"`
	From    string          `json:"from"`
	To      string          `json:"to"`
	Turn    int64           `json:"turn"`
	Seq     int64           `json:"seq"`
	Kind    string          `json:"kind"`
	Object  string          `json:"object,omitempty"`
	Written time.Time       `json:"written,omitzero"`
	Content json.RawMessage `json:"content,omitempty"`
}

// Answer (回执) is what the other node says to a letter. Turn is that of the request it answers.
type Answer struct {
	Turn   int64     `json:"turn"`
	Letter string    `json:"letter"`
	Result string    `json:"result" enum:"accepted,refused"`
	Number string    `json:"number,omitempty" doc:"Its own number for what it received (收件号)"`
	Words  string    `json:"words,omitempty" doc:"Why it was refused"`
	At     time.Time `json:"at"`
}

// fault is an answer that is none: the letter was not taken, and the node says what it expects instead.
type fault struct {
	Turn   int64  `json:"turn"`           // of the request it answers
	Words  string `json:"words"`          //
	Last   int64  `json:"last,omitempty"` // the highest turn it has seen
	Expect int64  `json:"expect,omitempty"`
}

// Outgoing is a letter of this node with what became of it.
type Outgoing struct {
	ID       string    `json:"id"`
	Node     string    `json:"node"`
	Seq      int64     `json:"seq" doc:"Its place among the letters to this node"`
	Kind     string    `json:"kind"`
	Object   string    `json:"object" doc:"The record it tells of"`
	State    string    `json:"state" enum:"waiting,accepted,refused"`
	Attempts int       `json:"attempts"`
	Next     time.Time `json:"next" doc:"Not tried again before"`
	Fault    string    `json:"fault,omitempty" doc:"Why the last attempt failed"`
	Answer   *Answer   `json:"answer,omitempty"`
	Opened   time.Time `json:"opened"`
	Changed  time.Time `json:"changed"`
	Digest   string    `json:"digest" doc:"SHA-256 of its content"`
	content  string
}

// Incoming is a letter of another node, as it was received and answered here.
type Incoming struct {
	ID      string          `json:"id"`
	Node    string          `json:"node"`
	Seq     int64           `json:"seq"`
	Letter  string          `json:"letter" doc:"The other node's id of it"`
	Kind    string          `json:"kind"`
	Object  string          `json:"object"`
	Written time.Time       `json:"written"`
	Answer  Answer          `json:"answer"`
	Digest  string          `json:"digest" doc:"SHA-256 of its content"`
	Content json.RawMessage `json:"content,omitempty" doc:"The record as the other node sent it"`
}

const (
	firstWait = 5 * time.Second
	longest   = 10 * time.Minute
)

// wait is how long after the n-th failed attempt the next one comes.
func wait(n int) time.Duration {
	d := firstWait
	for ; n > 1 && d < longest; n-- {
		d *= 2
	}
	return min(d, longest)
}
