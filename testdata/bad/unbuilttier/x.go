// Package unbuilttier has tiers that are not built.
package unbuilttier

//cachegen:cache key=ID
// want+2:21 `engine otter is not supported yet`
// want+1:39 `share=readonly is not supported yet`
//cachegen:tier a = otter(1000) share=readonly
// want+1:21 `engine badger is not supported yet`
//cachegen:tier b = badger compress=gzip
//cachegen:tier c = redis codec=msgpack compress=zstd
//cachegen:tier d = redis codec=custom compress=s2
//cachegen:compose ab = a b
//cachegen:compose cd = c d
//cachegen:compose all = ab cd
type Product struct {
	ID   int64
	Name string
}
