package runtime

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// parts draws what the parts of a key can be, with all that could be mistaken for
// what stands between them.
func parts() *rapid.Generator[[]string] {
	part := rapid.OneOf(
		rapid.StringOf(rapid.SampledFrom([]rune{0, ' ', '%', ':', ',', '{', '}', '~', '2', '5', 'A', 'a', 0x7f, 'é', '\n'})),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 6), func(b []byte) string { return string(b) }),
		rapid.SampledFrom([]string{"", "%", "%25", "%3A", ":", "%%", "\x00", "\xff", "a:b"}),
	)
	return rapid.SliceOfN(part, 1, 4)
}

// spelled is how generated code spells the parts of a key as text.
func spelled(parts []string) string {
	var b []byte
	for i, p := range parts {
		if i > 0 {
			b = append(b, ':')
		}
		b = AppendKeyString(b, p)
	}
	return string(b)
}

// inMemory is how it spells them for memory tiers.
func inMemory(parts []string) string {
	b := []byte("\x00fingerpr")
	for i, p := range parts {
		if i == len(parts)-1 {
			b = append(b, p...)
		} else {
			b = AppendBinaryString(b, p)
		}
	}
	return string(FinishKey(b))
}

// TestKeyInjective looks for two keys that are spelled alike.
func TestKeyInjective(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := parts().Draw(t, "a"), parts().Draw(t, "b")
		if spelled(a) == spelled(b) != slices.Equal(a, b) {
			t.Fatalf("%q and %q are spelled %q and %q", a, b, spelled(a), spelled(b))
		}
		if len(a) == len(b) && inMemory(a) == inMemory(b) != slices.Equal(a, b) {
			t.Fatalf("%q and %q are %q and %q in memory", a, b, inMemory(a), inMemory(b))
		}
	})
}

func TestAppendKeyString(t *testing.T) {
	for in, want := range map[string]string{
		"":                "",
		"plain-Text_1.2~": "plain-Text_1.2~",
		"a:b":             "a%3Ab",
		"100%":            "100%25",
		"{slot}":          "%7Bslot%7D",
		"a,b c":           "a%2Cb%20c",
		"\x00\r\n\x7f":    "%00%0D%0A%7F",
		"é\xff":           "é\xff",
	} {
		check(t, string(AppendKeyString([]byte("x"), in)), "x"+want)
	}
	for c := range 256 { // no byte is dropped, and none that has a meaning stays
		got := string(AppendKeyString(nil, string([]byte{byte(c)})))
		if len(got) != 1 && len(got) != 3 || strings.ContainsAny(got, ":,{} \x00\n") {
			t.Errorf("byte %#x is spelled %q", c, got)
		}
	}
}

func TestAppendKeyTime(t *testing.T) {
	a := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	check(t, string(AppendKeyTime(nil, a)), "1767323045.6")
	check(t, string(AppendKeyTime(nil, a.In(time.FixedZone("", 3600)))), "1767323045.6")
	check(t, string(AppendKeyTime(nil, time.Time{})), "-62135596800.0")
	check(t, bytes.Equal(AppendBinaryTime(nil, a), AppendBinaryTime(nil, a.Local())), true)
	check(t, len(AppendBinaryTime(nil, a)), 12)
	check(t, string(AppendKeyBytes(nil, []byte{0, 0xff})), "00ff")
}

func TestBoundKey(t *testing.T) {
	bound := func(text string) string {
		got := string(boundKey([]byte(testPrefix+text), len(testPrefix)))
		if !strings.HasPrefix(got, testPrefix) {
			t.Fatalf("%.40q has lost its prefix: %.40q", text, got)
		}
		return got[len(testPrefix):]
	}
	seen := map[string]int{}
	for _, n := range []int{0, 1, 477, 478, 479, 511, 512, 513, 514, 1 << 20, 1<<20 + 1} {
		text := strings.Repeat("k", n)
		got := bound(text)
		if n <= MaxTextKey && got != text {
			t.Errorf("%d bytes: changed", n)
		}
		if n > MaxTextKey && (len(got) != MaxTextKey || !strings.HasPrefix(got, text[:MaxTextKey-34]+"%~")) {
			t.Errorf("%d bytes: %q", n, got)
		}
		if other, ok := seen[got]; ok {
			t.Errorf("%d and %d bytes: the same key", n, other)
		}
		seen[got] = n
	}
	// The hash is of the whole, however far ahead the difference lies, and a key
	// that ends like a hash is spelled otherwise.
	long := strings.Repeat("k", 600)
	for i := 0; i < len(long); i += 7 {
		if bound(long[:i]+"x"+long[i+1:]) == bound(long) {
			t.Errorf("a difference at byte %d is lost", i)
		}
	}
	if forged := string(AppendKeyString(nil, bound(long))); bound(forged) == bound(long) {
		t.Error("a key that is spelled like a hashed one")
	}
	// A cut in the middle of an escape sequence.
	check(t, bound(string(AppendKeyString(nil, strings.Repeat("::", 200)))) != bound(string(AppendKeyString(nil, strings.Repeat("::", 201)))), true)
}

func TestFinishKey(t *testing.T) {
	finish := func(n int, fill byte) []byte {
		key := append([]byte("\x00fingerpr"), bytes.Repeat([]byte{fill}, n-9)...)
		return FinishKey(key)
	}
	seen := map[string]int{}
	for _, n := range []int{9, 10, 15, 16, 17, 41, 1023, 1024, 1025, 1026, 1 << 20} {
		for _, fill := range []byte{0, 'k'} {
			if n == 9 && fill != 0 {
				continue
			}
			got := finish(n, fill)
			want := map[bool]int{true: 17, false: n}[n == 16]
			if n > maxBinaryKey {
				want = 41
			}
			check(t, len(got), want)
			if len(got) == 16 {
				t.Errorf("%d bytes: a key of 16", n)
			}
			if string(got[1:9]) != "fingerpr" {
				t.Errorf("%d bytes: the fingerprint is lost: %q", n, got[:9])
			}
			if other, ok := seen[string(got)]; ok {
				t.Errorf("%d and %d bytes: the same key", n, other)
			}
			seen[string(got)] = n
		}
	}
	// What padding or hashing makes of a key is not what another key is.
	for _, n := range []int{16, 1025} {
		made := finish(n, 'k')
		made[0] = 0
		if got := FinishKey(bytes.Clone(made)); bytes.Equal(got, finish(n, 'k')) {
			t.Errorf("%d bytes: made like another key", n)
		}
	}
}

func TestKeyAllocs(t *testing.T) {
	buf := make([]byte, 0, 64)
	n := testing.AllocsPerRun(100, func() {
		k := append(buf, "\x00fingerpr1234567"...)
		if k = FinishKey(k); len(k) != 17 {
			t.Error(len(k))
		}
		_ = AppendKeyString(buf, "a:b")
	})
	check(t, n, 0.0)
}

// FuzzKey looks for two keys of two parts that are spelled alike.
func FuzzKey(f *testing.F) {
	f.Add("a:b", "c", "a", "b:c")
	f.Add("", "", "", ":")
	f.Add("%3A", "", ":", "")
	f.Add("\xff", "{}", "\xff{", "}")
	f.Add(strings.Repeat("x", 600), "a", strings.Repeat("x", 600), "b")
	f.Fuzz(func(t *testing.T, a1, a2, b1, b2 string) {
		a, b := []string{a1, a2}, []string{b1, b2}
		text := func(p []string) string { return string(boundKey([]byte("p:"+spelled(p)), 2)) }
		same := slices.Equal(a, b)
		if text(a) == text(b) != same || inMemory(a) == inMemory(b) != same {
			t.Errorf("%q and %q are spelled alike", a, b)
		}
		for _, p := range [][]string{a, b} {
			if got := text(p); len(got) > MaxTextKey+2 || strings.ContainsAny(got, "{} ,\x00\n") {
				t.Errorf("%q is spelled %q", p, got)
			}
			if n := len(inMemory(p)); n == 16 || n > maxBinaryKey {
				t.Errorf("%q takes %d bytes in memory", p, n)
			}
			if whole := p[0] + p[1]; len(whole) < 100 && utf8.ValidString(whole) && !utf8.ValidString(text(p)) {
				t.Errorf("%q is not readable: %q", p, text(p))
			}
		}
	})
}
