// Package query holds the closed relational language (关系中间表示) in which every question to the data is put, and the
// description of what may be asked (the policy of a resource).
//
// A question is a Model: one tree of Rel over Scans of catalogued tables, expressions of a closed set of operators,
// typed literals, and a list of Outputs. The guard makes models out of SQL; nothing else does. Experts sign
// Model.Hash, and exactly the canonical bytes they signed are decoded and run: in the engine (rendered as its SQL) or
// in the interpreter.
//
// # Classes of answer
//
// A: aggregates about many subjects, noised. B: one subject's fields or scores under that subject's consent.
// C: yes/no verification. D: rows to a named department. O: rows of open resources.
//
// # Numbers
//
// There are no floats. A decimal(s) is an int64 count of 10^-s, an int is a decimal(0), a date is days since
// 1970-01-01, a timestamp microseconds since then. Division and rounding are half away from zero; text is measured in
// code points. Operators are total: no row can make a model fail, because the guard proves every intermediate number
// below 2^62.
//
// # Class A
//
// The root is a Reduce. Its Keys have finite public domains, so the cells are known before any row is read, and a cell
// is named by its index (Model.Cells). Its Aggs are the vectors that are noised and charged; Outputs are keys, vectors,
// or ratios of two vectors, computed after the noise.
//
// # Class B
//
// The root is a Project over the rows of one subject, each output one of a finite list of values.
//
// The package imports nothing but the standard library, so that the offline tools can decode what was signed.
package query
