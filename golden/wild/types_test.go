package wild

import (
	"context"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cachegen/cachegen/generator"
	"github.com/cachegen/cachegen/internal/codectest"
)

// inUTC draws times as their own MarshalBinary can say them.
func inUTC(t *rapid.T) time.Time { return time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, ""), 0).UTC() }

// TestCodec takes random values of all types there and back.
func TestCodec(t *testing.T) {
	codectest.Codec[ConfigMap]{Append: appendConfigMap, Decode: decodeConfigMap, Prefix: configMapCachePrefix, Own: true, Draw: []any{inUTC}}.Check(t, ConfigMap{})
	codectest.Codec[Service]{Append: appendService, Decode: decodeService, Prefix: serviceCachePrefix, Own: true, Draw: []any{inUTC}}.Check(t, Service{})
	codectest.Codec[User]{Append: appendUser, Decode: decodeUser, Prefix: userCachePrefix, Own: true, Draw: []any{inUTC}}.Check(t, User{})
	codectest.Codec[Release]{Append: appendRelease, Decode: decodeRelease, Prefix: releaseCachePrefix, Own: true, Draw: []any{inUTC}}.Check(t, Release{})
	codectest.Codec[Address]{Append: appendAddress, Decode: decodeAddress, Prefix: addressCachePrefix}.Check(t, Address{})
	codectest.Codec[Request]{Append: appendRequest, Decode: decodeRequest, Prefix: requestCachePrefix}.Check(t, Request{})
	codectest.Codec[Claims]{Append: appendClaims, Decode: decodeClaims, Prefix: claimsCachePrefix, Own: true, Draw: []any{inUTC}}.Check(t, Claims{})
	codectest.Codec[Manifest]{Append: appendManifest, Decode: decodeManifest, Prefix: manifestCachePrefix}.Check(t, Manifest{})
	codectest.Codec[Alert]{Append: appendAlert, Decode: decodeAlert, Prefix: alertCachePrefix}.Check(t, Alert{})
}

// TestRefused holds what is said of types that cannot be cached to what a stranger
// can do something with: each field once, with the way to it.
func TestRefused(t *testing.T) {
	_, err := generator.Generate(context.Background(), generator.Config{Patterns: []string{"./refused"}, Tags: "refused"})
	if err == nil || !generator.Positioned(err) {
		t.Fatalf("types that cannot be cached: %v", err)
	}
	want, fail := os.ReadFile("testdata/refused.txt")
	if fail != nil || err.Error()+"\n" != string(want) {
		t.Errorf("%v\n%v\nwant\n%s", fail, err, want)
	}
}
