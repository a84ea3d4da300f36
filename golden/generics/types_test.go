package generics

import (
	"testing"

	"github.com/cachegen/cachegen/internal/codectest"
)

var (
	pages   = codectest.Codec[UserPage]{Append: appendUserPage, Decode: decodeUserPage, Prefix: userPageCachePrefix}
	indexes = codectest.Codec[Index]{Append: appendIndex, Decode: decodeIndex, Prefix: indexCachePrefix}
)

func TestCodec(t *testing.T) {
	pages.Check(t, UserPage{}, UserPage{3, []User{{1, "a"}, {}}, &Page[User]{4, []User{}, nil}})
	indexes.Check(t, Index{}, Index{
		Name: "i", Pairs: []Pair[string, int]{{"a", 1}, {"", -1}}, Best: Pair[Pair[int, bool], *User]{Pair[int, bool]{1, true}, &User{2, "b"}},
		Pages: map[string]Page[User]{"p": {1, nil, nil}},
	})
}

func FuzzDecode(f *testing.F) {
	indexes.Fuzz(f, Index{Name: "x", Pairs: []Pair[string, int]{{"a", 1}}})
}
