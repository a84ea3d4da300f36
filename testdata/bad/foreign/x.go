// Package foreign has types of other packages that keep their fields to themselves.
package foreign

import (
	"bytes"
	"crypto/elliptic"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"
	"unique"

	"github.com/cachegen/cachegen/testdata/bad/foreign/half"
)

type Stamp time.Time

// Counter could store itself, and must not be copied.
type Counter struct {
	state struct{ mu sync.RWMutex }
	n     int
}

func (*Counter) MarshalBinary() ([]byte, error) { return nil, nil }
func (*Counter) UnmarshalBinary([]byte) error   { return nil }

//cachegen:cache key=ID
type Product struct {
	ID    int64
	User  []*url.Userinfo // want:2 `Product.User\[\]: url.Userinfo has a field that is not exported, username, and no methods`
	Buf   bytes.Buffer // want:2 `Product.Buf: bytes.Buffer has a field that is not exported`
	R     *strings.Reader // want:2 `Product.R: strings.Reader has a field that is not exported`
	Zone  *time.Location // want:2 `Product.Zone: time.Location has a field that is not exported`
	Made  Stamp // want:2 `Product.Made: Stamp has a field that is not exported`
	Name  unique.Handle[string] // want:2 `Product.Name: unique.Handle\[string\] has a field that is not exported`
	Curve elliptic.Curve // want:2 `Product.Curve: interfaces cannot be cached`
	Level slog.LevelVar // want:2 `Product.Level: slog.LevelVar holds atomic.Int64 and cannot be copied`
	Count map[string]Counter // want:2 `Product.Count\[\]: Counter holds sync.RWMutex and cannot be copied`
	Half  map[string]half.Half // want:2 `Product.Half\[\]: half.Half has a field that is not exported, n, and no method to set it from what MarshalText makes`
	Value half.Value // want:2 `Product.Value: half.Value has a field that is not exported, n, and no method to set it from what MarshalBinary makes`
	Part  half.Part // want:2 `Product.Part: half.Part has a field that is not exported, n, and no methods to store itself`
	Whole half.Whole
	At    time.Time
	For   time.Duration
}
