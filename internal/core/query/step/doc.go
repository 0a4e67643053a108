// Package step runs the WebAssembly step (逐人步骤) of a class B or C model: code of a tenant that sees one row of one
// subject and gives one of finitely many values.
//
// A module exports one function for each output of the step, named like it, that takes one i64 for each input and
// returns one i64. A number is itself, a decimal the count of its last place, a date its days since 1970-01-01, a truth
// value 0 or 1, a text its place in the list of values, NULL the least i64 (Null).
//
// What a module may be is a closed world, as the language of models is: an instruction, a section or a type without an
// entry is refused (Read). There is nothing to import, nothing runs by itself, there are no floats (a NaN has bits that
// no table of values shows), no vectors, no threads, and memory cannot grow.
//
// What runs is not the tenant's bytes but ours, written anew from what was read, with a meter in every straight stretch
// of code and a bound on the depth of calls. Instructions are counted, time is not: whether a step ends follows from the
// module and the row alone. The engine is wazero's interpreter, so no machine code is ever made of a tenant's bytes.
//
// Nobody can fail a run: a trap, the end of the fuel, or a value that was not declared gives that person the declared
// default, silently. Every output is computed in an instance of its own, made for it and dropped after it, and what is
// left of the fuel is burnt, so that the work done for one person is the same as for another.
package step
