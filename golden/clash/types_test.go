package clash

import (
	"testing"
	"time"

	"github.com/cachegen/cachegen/internal/codectest"
)

func TestCodec(t *testing.T) {
	codectest.Codec[Item]{Append: appendItem2, Decode: decodeItem2, Prefix: itemCachePrefix2, K: 2}.Check(t, Item{}, Item{"i", 1.5, -2, time.Unix(3, 0).UTC()})
}
