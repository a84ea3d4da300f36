// Package shop has fields of other packages' types, among them one that is called
// like an import of the generated file.
package shop

import (
	"net/url"
	"time"

	"github.com/cachegen/cachegen/golden/foreign/money"
	"github.com/cachegen/cachegen/golden/foreign/redis"
)

// Order is what the cache holds.
//
//cachegen:cache key=ID,Currency ttl=1h
type Order struct {
	ID       int64
	Currency money.Currency
	Total    money.Amount
	Taxes    []money.Amount
	ByNode   map[redis.Mode]redis.Node
	Query    url.Values
	Weekday  time.Weekday
}
