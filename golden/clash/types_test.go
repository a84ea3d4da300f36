package clash

import (
	"testing"
	"time"

	"github.com/cachegen/cachegen/internal/codectest"
)

func TestCodec(t *testing.T) {
	codectest.Codec[Item]{Append: appendItem2, Decode: decodeItem2, Prefix: itemCachePrefix2, K: 2}.Check(t, Item{}, Item{"i", 1.5, -2, time.Unix(3, 0).UTC()})
	codectest.Codec[due]{Append: appendDue, Decode: decodeDue, Prefix: dueCachePrefix, K: 100}.Check(t, due{}, due{
		Left:  left{"a": {Text: "x", Stale: stale{1}, Now: map[now]text{1: "one", 2: "two"}}, "b": {}},
		Other: left{},
	})
}
