// Package querytest holds what every part of core/query is tested against: a small city of policies and synthetic rows,
// the files in testdata that say for each text whether the guard lets it pass, and one suite that any engine runs
// against the interpreter in five lines:
//
//	func TestEngine(t *testing.T) {
//		querytest.Run(t, func(t *testing.T, data interp.Data) querytest.Engine { ... })
//	}
//
// A case in testdata/*.txt is a class, a text, and what becomes of it:
//
//	== class A
//	SELECT education, COUNT(*) AS n FROM credit_default GROUP BY education
//	-> allow
//
//	== class A
//	SELECT sid, COUNT(*) AS n FROM credit_default GROUP BY sid
//	-> refuse G003 at sid #2
//
// "at" names the words the refusal must underline, "#2" their second occurrence. Every refusal is followed by an
// allowed neighbour: the same wish put in a way that is accepted.
package querytest
