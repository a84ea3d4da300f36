// Package bare has the shortest annotation.
package bare

// Session is cached in memory and in Redis, with every default.
//
//cachegen:cache key=ID
type Session struct {
	ID   string
	User int64
}
