// Package foreign has types of other packages that keep their fields to themselves.
package foreign

import (
	"bytes"
	"math/big"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

type Stamp time.Time

//cachegen:cache key=ID
type Product struct {
	ID    int64
	Price big.Int // want:2 `Product.Price: big.Int stores itself by its methods, which is not supported yet`
	From  netip.Addr // want:2 `Product.From: netip.Addr stores itself by its methods, which is not supported yet`
	Link  *url.URL // want:2 `Product.Link: url.URL stores itself by its methods, which is not supported yet`
	User  []*url.Userinfo // want:2 `Product.User\[\]: url.Userinfo has a field that is not exported, username, and no methods`
	Buf   bytes.Buffer // want:2 `Product.Buf: bytes.Buffer has a field that is not exported`
	R     *strings.Reader // want:2 `Product.R: strings.Reader has a field that is not exported`
	Zone  *time.Location // want:2 `Product.Zone: time.Location has a field that is not exported`
	Made  Stamp // want:2 `Product.Made: Stamp has a field that is not exported`
	At    time.Time
	For   time.Duration
}
