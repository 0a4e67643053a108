// Package attack plays the attacks of the literature against the parts that answer: the guard, exact cells, exact noise
// and the ledger on a database, put together as a run puts them together. It holds tests only.
//
//	tracker         Denning, Denning and Schwartz 1979: padding queries that isolate one person
//	averaging       one question many times, in other words, by other tenants
//	differencing    two questions that differ by one person
//	reconstruction  Dinur and Nissim 2003, Dwork, McSherry and Talwar 2007: subset counts until the ledger stops
//	membership      the likelihood ratio test, by an attacker who knows everybody else and the noise
//	binary search   yes and no about one person; several approved models stacked
//	exact figures   differencing, linear reconstruction, sums with a condition inside, suppressed and struck cells from margins, companies
//	                in a total
//	channels        failures, orders and cuts of a table, races, texts for the engine, artefacts changed after approval
//
// Each attack prints what it measured and what it may reach. What it may reach is what officials are shown: the
// worst-case guess rate of disclose.Figure for the budget spent. A measured rate fails when it exceeds the bound by more
// than 3.3 standard errors, which an honest build does in about one run of two thousand. Where an attack could be too weak to
// prove anything, the same attack without protection must succeed.
//
// YUNEI_ATTACK=10 plays ten times as many trials.
package attack
