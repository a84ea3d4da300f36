// Package unbuilttier has tiers that are not built.
package unbuilttier

//cachegen:cache key=ID
// want+2:21 `engine otter is not supported yet`
// want+1:39 `share=readonly is not supported yet`
//cachegen:tier a = otter(1000) share=readonly
// want+2:21 `engine badger is not supported yet`
// want+1:37 `compress=gzip is not supported yet`
//cachegen:tier b = badger compress=gzip
// want+2:33 `codec=msgpack is not supported yet`
// want+1:50 `compress=zstd is not supported yet`
//cachegen:tier c = redis codec=msgpack compress=zstd
// want+2:33 `codec=custom is not supported yet`
// want+1:49 `compress=s2 is not supported yet`
//cachegen:tier d = redis codec=custom compress=s2
//cachegen:compose ab = a b
//cachegen:compose cd = c d
//cachegen:compose all = ab cd
type Product struct {
	ID   int64
	Name string
}
