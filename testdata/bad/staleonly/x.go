// Package staleonly has stale= without ttl=.
package staleonly

// want+2:31 `stale= needs ttl=`
// want+1:41 `jitter= needs ttl=`
//cachegen:cache key=ID stale=1m jitter=10%
type Product struct {
	ID   int64
	Name string
}
