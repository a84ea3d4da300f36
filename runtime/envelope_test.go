package runtime

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"testing"
)

// sealed returns an envelope and the bytes that it is stored as.
func sealed(key, payload string) (envelope, []byte) {
	e := envelope{
		codec: CodecBinary, fingerprint: 0x0123456789abcdef, payload: []byte(payload),
		created: 1_700_000_000_000_000_000, stale: 1_700_000_060_000_000_000, expire: Never,
	}
	return e, e.seal(key)
}

// resealed changes stored bytes and mends their checksum.
func resealed(b []byte, change func([]byte)) []byte {
	b = bytes.Clone(b)
	change(b)
	end := len(b) - envelopeTrailer
	binary.LittleEndian.PutUint32(b[end:], crc32.Checksum(b[:end], castagnoli))
	return b
}

func TestEnvelopeRoundTrip(t *testing.T) {
	for _, payload := range []string{"", "x", string(make([]byte, 70_000))} {
		for _, absent := range []bool{false, true} {
			if absent && payload != "" {
				continue // an absence is a flag, and has no value
			}
			for _, codec := range []byte{CodecBinary, CodecJSON, CodecMsgpack, CodecCustom} {
				want, _ := sealed("key", payload)
				want.absent, want.codec, want.compression = absent, codec, 3
				b := want.seal("key")
				check(t, len(b), sealedSize("key", len(payload)))
				got := envelope{fingerprint: want.fingerprint}
				check(t, got.open(b, "key"), reasonNone)
				check(t, string(got.payload), payload)
				check(t, got.offset, envelopeHeader+len("key"))
				got.payload, got.offset, want.payload = nil, 0, nil
				if got.codec != want.codec || got.compression != 3 || got.absent != absent ||
					got.created != want.created || got.stale != want.stale || got.expire != want.expire {
					t.Errorf("got %+v, want %+v", got, want)
				}
			}
		}
	}
}

func TestEnvelopeTruncated(t *testing.T) {
	_, b := sealed("some:key", "payload")
	for n := range b {
		e := envelope{fingerprint: 0x0123456789abcdef}
		if why := e.open(b[:n], "some:key"); why != reasonLength {
			t.Errorf("%d of %d bytes: %q, want %q", n, len(b), why, reasonLength)
		}
	}
	for _, more := range []string{"\x00", "x", string(b)} {
		e := envelope{fingerprint: 0x0123456789abcdef}
		check(t, e.open(append(bytes.Clone(b), more...), "some:key"), reasonLength)
	}
}

func TestEnvelopeBitFlips(t *testing.T) {
	_, b := sealed("some:key", "payload")
	for bit := range 8 * len(b) {
		flipped := bytes.Clone(b)
		flipped[bit/8] ^= 1 << (bit % 8)
		e := envelope{fingerprint: 0x0123456789abcdef}
		why := e.open(flipped, "some:key")
		var want []reason
		switch i := bit / 8; {
		case i < 3:
			want = []reason{reasonFormat}
		case i == 5: // the flag that there is, and those that are not
			want = []reason{reasonFormat, reasonChecksum}
		case i == 6, i == 7, i >= 40 && i < 44:
			want = []reason{reasonLength}
		default:
			want = []reason{reasonChecksum}
		}
		if !slices.Contains(want, why) {
			t.Errorf("bit %d of byte %d: %q, want %q", bit%8, bit/8, why, want)
		}
	}
}

// TestEnvelopeForeign opens bytes that are whole, and not what was asked for.
func TestEnvelopeForeign(t *testing.T) {
	_, b := sealed("some:key", "payload")
	for _, tt := range []struct {
		name string
		b    []byte
		key  string
		want reason
	}{
		{"another key", b, "some:kex", reasonKey},
		{"a longer key", b, "some:key2", reasonKey},
		{"a shorter key", b, "some:ke", reasonKey},
		{"no key", b, "", reasonKey},
		{"key that reaches into the payload", b, "some:keypayload", reasonKey},
		{"another fingerprint", resealed(b, func(b []byte) { b[8]++ }), "some:key", reasonSchema},
		{"another version", resealed(b, func(b []byte) { b[2]++ }), "some:key", reasonFormat},
		{"another magic", resealed(b, func(b []byte) { b[0] = 'x' }), "some:key", reasonFormat},
		{"an unknown flag", resealed(b, func(b []byte) { b[5] = 2 }), "some:key", reasonFormat},
		{"an absence with a value", resealed(b, func(b []byte) { b[5] = flagAbsent }), "some:key", reasonFormat},
		{"key and payload shifted", resealed(b, func(b []byte) { b[6]++; b[40]-- }), "some:key", reasonKey},
		{"a length that overflows", resealed(b, func(b []byte) { copy(b[40:], "\xff\xff\xff\xff") }), "some:key", reasonLength},
		{"nothing", nil, "some:key", reasonLength},
		{"text", []byte("a value that some other program has stored here"), "some:key", reasonLength},
		{"much text", bytes.Repeat([]byte("x"), 100), "some:key", reasonFormat},
	} {
		e := envelope{fingerprint: 0x0123456789abcdef}
		if why := e.open(tt.b, tt.key); why != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, why, tt.want)
		}
	}
}

func TestEnvelopeAllocs(t *testing.T) {
	want, b := sealed("some:key", "payload")
	n := testing.AllocsPerRun(100, func() {
		e := envelope{fingerprint: want.fingerprint}
		if again := want.seal("some:key"); e.open(again, "some:key") != reasonNone || len(again) != len(b) {
			t.Error("not opened")
		}
	})
	check(t, n, 1.0)
}

// FuzzEnvelope opens any bytes. What is opened is exactly what seal writes.
func FuzzEnvelope(f *testing.F) {
	e, b := sealed("some:key", "payload")
	f.Add(b, "some:key", e.fingerprint)
	f.Add(b[:len(b)-1], "some:key", e.fingerprint)
	f.Add(resealed(b, func(b []byte) { b[6]++; b[40]-- }), "some:keyp", e.fingerprint)
	f.Fuzz(func(t *testing.T, b []byte, key string, fingerprint uint64) {
		e := envelope{fingerprint: fingerprint}
		why := e.open(b, key)
		if why == reasonNone {
			if again := e.seal(key); !bytes.Equal(again, b) {
				t.Errorf("%x was opened, and would be sealed as %x", b, again)
			}
		}
		if len(b) < envelopeHeader+envelopeTrailer {
			return
		}
		// With a checksum that is right, the other checks are on their own.
		b = resealed(b, func([]byte) {})
		e = envelope{fingerprint: fingerprint}
		if e.open(b, key) == reasonNone && !bytes.Equal(e.seal(key), b) {
			t.Errorf("%x was opened", b)
		}
	})
}
