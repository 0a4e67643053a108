// Package guard (查询管控) turns the SQL of a tenant into a model of core/query, or refuses it.
//
// Nothing of the text gets further than this package: identifiers in a model come from the catalogue, literals are
// typed values, and an operator exists only if this package has an entry for it. The steps are
//
//	text -> hygiene and size -> PostgreSQL's own grammar -> closed-world converter -> binder -> canonical form -> checks
//
// and each may refuse. A refusal names its code, the bytes it is about, what is wrong in Chinese and English, and a
// way to write it that would be allowed. The table of codes is codes.go; codes G001 to G020 are those of the design,
// the rest say that the text is no SQL, names something unknown, mixes types, or asks for what is not built yet.
//
// # Accepted
//
// Class A: SELECT of grouping expressions, COUNT(*), COUNT(x), COUNT(DISTINCT subject key), SUM(x), AVG(x) and
// safe_div of two of them, FROM private tables joined on the subject key, WHERE, GROUP BY. A grouping expression is a
// column with a public code list, bucket(x, edge, ...), CASE over public cut points, or date_trunc. HIST and QUANTILE
// count cells of a public grid; windows, UNION and DISTINCT keep the subject; PARAM lists values and FIT names a model. A WITH query or a
// subquery in FROM may rename, compute and filter, or aggregate per subject by grouping by the subject key.
// Class B: SELECT of expressions with finitely many values FROM tables WHERE subject key = :subject.
// Class O: columns, expressions and conditions over one open table, or exact counts, sums, averages, least and greatest over
// groups of its rows; HAVING, ORDER BY, LIMIT.
//
// # What the rules on conditions are for
//
// Class A is safe because of noise and the ledger, whatever is asked. The rules on conditions (G004, G013, G014) keep
// models to questions about groups that a reader recognizes as such, and the charge per question worth its while. They
// are no proof: a measure may still compute what a condition may not say, as clamp(age - 36, 0, 1) does.
//
// The grammar is libpg_query compiled to WebAssembly. It has no guard of its own against deep nesting (a stack that
// overflows corrupts the instance for everybody), so the text is measured before it is parsed.
//
// Review is what people see: the class, the checks with their evidence, the lineage graph, and one sentence about what
// leaves and what never can. Recheck runs the same checks on a decoded model against today's policy: a stricter policy
// refuses, a looser one changes nothing.
package guard
