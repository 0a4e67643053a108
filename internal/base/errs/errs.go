// Package errs is the one error type of the house: a code a program can act on and a sentence a clerk can act on.
//
// Anything that is not an *Error is internal: logged in full, shown as 内部错误 with a request id.
// Being refused by law (Unlawful) is a normal result, not an incident.
package errs

import (
	"errors"
	"fmt"
)

// Code says what kind of failure it was. The list is closed.
type Code string

const (
	Invalid         Code = "invalid"
	Unauthenticated Code = "unauthenticated"
	Forbidden       Code = "forbidden"
	NotFound        Code = "not_found"
	Conflict        Code = "conflict"
	Unlawful        Code = "unlawful"
	TooLarge        Code = "too_large"
	Unavailable     Code = "unavailable"
	Unimplemented   Code = "unimplemented"
	Internal        Code = "internal"
)

// Cite is the place in the law (依据) that a refusal or a deadline rests on.
type Cite struct {
	Rule    string `json:"rule" doc:"Rule id within its pack"`
	Pack    string `json:"pack" doc:"Pack id, such as quanzhou-2024-05-17"`
	Law     string `json:"law" doc:"Title of the regulation"`
	Article string `json:"article" doc:"Place in the regulation as printed there"`
	Quote   string `json:"quote" doc:"Words of the article, verbatim"`
	Message string `json:"message,omitempty" doc:"What it means here and what to do"`
}

// Spot is one place in the caller's input that is wrong: a JSON path, a CSV line, a byte range of SQL text.
type Spot struct {
	Where   string `json:"where"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message"`
	En      string `json:"en,omitempty"`
	Hint    string `json:"hint,omitempty" doc:"An allowed way to write it"`
	Start   int    `json:"start,omitempty" doc:"Byte offset where the fault begins"`
	End     int    `json:"end,omitempty"`
}

// Error carries a code, a sentence in Chinese that ends with what to do, the law where a law refused, and the cause.
type Error struct {
	Code  Code
	Msg   string
	Cites []Cite
	Spots []Spot
	Err   error
}

func (e *Error) Error() string {
	if e.Err != nil {
		return string(e.Code) + ": " + e.Msg + ": " + e.Err.Error()
	}
	return string(e.Code) + ": " + e.Msg
}

func (e *Error) Unwrap() error { return e.Err }

// Or is err, or the other error where there was none: for a look-up whose own failure comes before the refusal.
func Or(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// New makes an error of the given code with a sentence for the person; it is formatted like fmt.Errorf, %w included.
func New(code Code, format string, args ...any) *Error {
	wrapped := fmt.Errorf(format, args...)
	return &Error{Code: code, Msg: wrapped.Error(), Err: errors.Unwrap(wrapped)}
}

// CodeOf is the code of the outermost *Error in the chain, Internal for any other error, "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}

// Is reports whether err has the given code.
func Is(err error, code Code) bool { return err != nil && CodeOf(err) == code }
