// Package connect keeps what stands outside the platform and reaches it: outside systems that are connected (接入系统) with the
// certificates they rest on, and the channels of authorized operation that public bodies built before (已建通道).
//
// An organization asks for a connection, the bureau, the operator or the owner of the platform decides. Which certificates a kind
// of system needs, and whether one that lapses suspends the connection, is law: connection.requires.<kind>, connection.lapsed.
//
//	Connection: requested ──> connected ──> closed        requested ──> refused
//	            connected: in use while its certificates are valid, computed at each call
//	Channel:    standing ──> folded (its services run on the platform)
//
// A connected system calls with a key of its own. The key carries the authority of the person who opened it, narrowed to the
// capabilities named here: catalog, spaces, samples, models, runs. None of them answers with a row that was collected. Every call is counted.
//
// 贵州 第二十五条; 海南 第十七条; 舟山 二(二); 威海 第三十一条.
package connect
