package embedded

import (
	"testing"
	"time"

	"github.com/cachegen/cachegen/internal/codectest"
)

var files = codectest.Codec[File]{Append: appendFile, Decode: decodeFile, Prefix: fileCachePrefix}

func samples() []File {
	return []File{
		{},
		{
			Base: Base{7, time.Unix(1, 2).UTC()}, Owner: &Owner{"n", "e"}, hidden: hidden{"s", 3},
			Flags: Flags{"a": true, "b": false}, Label: Label{"l"}, Path: "p", Size: -1,
		},
		{Owner: &Owner{}, Flags: Flags{}},
	}
}

func TestCodec(t *testing.T) { files.Check(t, samples()...) }

func FuzzDecode(f *testing.F) { files.Fuzz(f, samples()...) }
