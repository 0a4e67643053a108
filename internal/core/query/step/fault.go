package step

import "fmt"

// Code names why a module was refused. The list is closed.
type Code string

const (
	Malformed  Code = "W101" // not a module of version 1, or cut short
	Imports    Code = "W102" // wants something from outside
	Starts     Code = "W103" // runs by itself
	Floats     Code = "W104" // f32, f64
	NotAllowed Code = "W105" // an instruction, section or type without an entry
	TooLarge   Code = "W106" // beyond a limit
	WrongShape Code = "W107" // exports do not fit the declared inputs and outputs
)

// Codes lists all codes, in order.
var Codes = []Code{Malformed, Imports, Starts, Floats, NotAllowed, TooLarge, WrongShape}

// Fault is why a module was refused. Its words complete those of its code.
type Fault struct {
	Code Code
	At   int // byte of the module, 0 when there is no one place
	Zh   string
	En   string
	Hint string // replaces the code's usual one unless empty
}

func (f *Fault) Error() string { return fmt.Sprintf("%s at byte %d: %s", f.Code, f.At, f.En) }

func fault(code Code, at int, zh, en string) *Fault {
	return &Fault{Code: code, At: at, Zh: zh, En: en}
}

// limited is the fault of something beyond its limit.
func limited(at int, zh, en string, n, most int) *Fault {
	return fault(TooLarge, at, fmt.Sprintf("%s %d，上限 %d", zh, n, most), fmt.Sprintf("%s: %d, at most %d", en, n, most))
}
