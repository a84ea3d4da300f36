// Package methods has types that store themselves by their own methods, and types
// that could and need not.
package methods

import (
	"database/sql"
	"encoding/json"
	"log/slog"
	"math/big"
	"net"
	"net/netip"
	"net/url"
	"time"
)

// Thing has a field for each way in which a type can store itself.
//
//cachegen:cache key=ID ttl=1h
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier store = backend
//cachegen:compose things = memory store refill=always
//cachegen:cache name=ThingObjects key=From,Code
//cachegen:tier objects = otter(1000)
//cachegen:tier ostore = backend
//cachegen:compose othings = objects ostore refill=always
type Thing struct {
	ID    int64
	Code  Code
	Price Money
	Range Range

	Link  url.URL
	Links []*url.URL

	From netip.Addr
	Port netip.AddrPort
	Nets []netip.Prefix

	Big    big.Int
	BigPtr *big.Int
	Rat    *big.Rat
	Float  big.Float

	ByAddr  map[netip.Addr]string
	ByName  map[string]*big.Int
	Pairs   [2]Money
	Only    Only
	History *Version

	// These are stored as what they are.
	Token   Token
	Level   slog.Level
	IP      net.IP
	Raw     json.RawMessage
	Stamp   Stamp
	Note    sql.NullString
	Seen    sql.NullTime
	Counted sql.Null[Money]
}

// Version is recursive.
type Version struct {
	Author url.URL
	Before *Version
}

// Point has nothing that is a string or of one size.
//
//cachegen:cache key=name:string
//cachegen:tier pmemory = fastcache(32MiB)
//cachegen:tier pstore = backend
//cachegen:compose points = pmemory pstore
type Point struct {
	Addr  netip.Addr
	Addrs []netip.Addr
	Next  *Point
}

// Only has all methods of what it embeds, which is all that there is.
type Only struct{ netip.Addr }

// Stamp has all methods of a time, which forget the note.
type Stamp struct {
	time.Time
	Note string
}
