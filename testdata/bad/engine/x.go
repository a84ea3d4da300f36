// Package engine has engines that do not exist, or with wrong arguments.
package engine

//cachegen:cache key=ID
// want+1:21 `unknown engine "fastcash"\n.*did you mean "fastcache"`
//cachegen:tier a = fastcash(32MiB)
// want+1:21 `unknown engine "memcached"\n.*one of fastcache, otter, redis, badger, backend`
//cachegen:tier b = memcached
// want+1:27 `redis: takes no arguments`
//cachegen:tier c = redis(64MiB)
// want+1:30 `fastcache: the size is missing\n.*write fastcache\(64MiB\)`
//cachegen:tier d = fastcache
// want+1:27 `otter: "64MiB" is no count`
//cachegen:tier e = otter(64MiB)
// want+1:21 `"re\*dis" is no engine`
//cachegen:tier f = re*dis
// want+1:31 `space in front of the parenthesis`
//cachegen:tier g = fastcache (64MiB)
// want+1:27 `redis: takes no arguments`
//cachegen:tier h = redis(x)
//cachegen:compose ab = a b
//cachegen:compose cd = c d
//cachegen:compose ef = e f
//cachegen:compose gh = g h
//cachegen:compose abcd = ab cd
//cachegen:compose efgh = ef gh
//cachegen:compose all = abcd efgh
type Product struct {
	ID   int64
	Name string
}
