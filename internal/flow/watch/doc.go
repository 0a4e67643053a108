// Package watch is supervision (监督管理). So far it keeps one thing: the credit file (信用档案) of an organization, with one
// kind of record, the breach (违法失信行为以及其他不良行为).
//
// The data bureau or the platform operator records a breach with its evidence; a record that was wrong is revoked by a
// further act with a reason, never edited.
//
//	record ──> standing ──> revoke ──> revoked
//
// What a breach does is the regime's business: it looks at the fact org.last_breach. 二(一): 近三年内（…）未发生环保、安全、
// 知识产权等违法失信行为以及其他不良行为.
package watch
