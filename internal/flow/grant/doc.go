// Package grant holds authorized operation (授权运营): scenarios, their declarations, agreements and grants.
//
// Where the law authorizes by level (分级授权, 贵州 第五条), an operator and a developer are authorized first: each by its own matter,
// with its own agreement, and everything a developer does descends from both permits. Who signs an agreement, what it must
// state, how long it may run, whether a party signs under the contract seal, and where a result is filed, are values of the
// pack (docs/pack-format.md).
//
// A data user (数据使用单位) files a scenario (应用场景); the platform operator reviews it (场景预申报审核) and, once it
// has passed, samples open. With finished models it files a declaration (场景申报); operator, experts, the data
// providers and the bureau review it (场景申报审批). Operator and data user then sign the agreement
// (公共数据使用和安全保障协议), which is filed with the bureau; only then the grant (授权) can start, with its share of
// the yearly disclosure budget. Who decides, in which order and how long is the regime's; the states are here:
//
//	Authorization: applied ──► approved ──► started          applied ──► refused | withdrawn
//	Scenario:     predeclared ──► sampling ──► (its declarations)     predeclared ──► refused | withdrawn
//	Declaration:  declared ──► approved | refused | withdrawn
//	Agreement:    drafted ──► signed (every party) ──► filed
//	Filing:       due ──► filed ──► acknowledged (by an authority above)
//	Renewal:      applied ──► approved (a further agreement may be signed) | refused | withdrawn
//	Grant:        in force until its term ends, suspended or terminated: a permit (core/access) says so, not a copy
//
// 泉州市公共数据资源开发服务管理细则(试行) 三.
package grant
