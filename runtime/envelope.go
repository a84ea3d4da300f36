package runtime

import (
	"encoding/binary"
	"hash/crc32"
)

// The envelope in front of a value that is stored outside the process, in
// little endian:
//
//	 0  magic "cg", version                 3 bytes
//	 3  codec, compression, flags           3
//	 6  length of the key                   2
//	 8  schema fingerprint                  8
//	16  created, stale at, expire at       24  Unix time in ns, the highest is never
//	40  length of the payload               4
//	44  key, payload
//	    CRC-32C of all before it            4
//
// Every length is exact: there is no room for a byte that is not accounted for.
const (
	envelopeHeader  = 44
	envelopeTrailer = 4
	flagAbsent      = 1
)

// The codecs that an envelope can name.
const (
	CodecBinary byte = iota + 1
	CodecJSON
	CodecMsgpack
	CodecCustom
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// envelope is what a header says.
type envelope struct {
	codec, compression     byte
	absent                 bool
	fingerprint            uint64
	created, stale, expire int64
	payload                []byte
	offset                 int // of the payload in the stored bytes
}

// reason says why stored bytes are not an entry of the key.
type reason string

const (
	reasonNone      reason = ""
	reasonFormat    reason = "format"      // no envelope, or one of another version, codec or compression
	reasonSchema    reason = "schema"      // another fingerprint
	reasonKey       reason = "key"         // stored for another key
	reasonLength    reason = "length"      // truncated, or bytes behind the end
	reasonChecksum  reason = "checksum"    // changed since it was written
	reasonPayload   reason = "payload"     // the codec could not read it
	reasonTooLarge  reason = "too large"   // more than max-value
	reasonWrongType reason = "wrong type"  // the key holds something that is no string
	reasonPanic     reason = "codec panic" // the codec panicked
)

// seal returns the envelope with its payload.
func (e *envelope) seal(key string) []byte {
	front := envelopeFront(key)
	b := make([]byte, front, front+len(e.payload)+envelopeTrailer)
	return e.around(append(b, e.payload...), key)
}

// around puts the envelope around the payload, for which b has room in front.
func (e *envelope) around(b []byte, key string) []byte {
	h := b[:envelopeHeader]
	h[0], h[1], h[2] = 'c', 'g', FormatVersion
	h[3], h[4], h[5] = e.codec, e.compression, 0
	if e.absent {
		h[5] = flagAbsent
	}
	binary.LittleEndian.PutUint16(h[6:], uint16(len(key)))
	binary.LittleEndian.PutUint64(h[8:], e.fingerprint)
	binary.LittleEndian.PutUint64(h[16:], uint64(e.created))
	binary.LittleEndian.PutUint64(h[24:], uint64(e.stale))
	binary.LittleEndian.PutUint64(h[32:], uint64(e.expire))
	binary.LittleEndian.PutUint32(h[40:], uint32(len(e.payload)))
	copy(b[envelopeHeader:], key)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// envelopeFront is the length of what stands in front of a payload.
func envelopeFront(key string) int { return envelopeHeader + len(key) }

// sealedSize is the length of an envelope with its payload.
func sealedSize(key string, payload int) int {
	return envelopeFront(key) + payload + envelopeTrailer
}

// open reads what seal wrote and returns why it cannot.
func (e *envelope) open(b []byte, key string) reason {
	if len(b) < envelopeHeader+envelopeTrailer {
		return reasonLength
	}
	if b[0] != 'c' || b[1] != 'g' || b[2] != FormatVersion || b[5] > flagAbsent {
		return reasonFormat
	}
	keyLen := int(binary.LittleEndian.Uint16(b[6:]))
	size := uint64(binary.LittleEndian.Uint32(b[40:]))
	if uint64(len(b)) != envelopeHeader+envelopeTrailer+uint64(keyLen)+size {
		return reasonLength
	}
	end := len(b) - envelopeTrailer
	if crc32.Checksum(b[:end], castagnoli) != binary.LittleEndian.Uint32(b[end:]) {
		return reasonChecksum
	}
	if binary.LittleEndian.Uint64(b[8:]) != e.fingerprint {
		return reasonSchema
	}
	if string(b[envelopeHeader:envelopeHeader+keyLen]) != key {
		return reasonKey
	}
	e.codec, e.compression = b[3], b[4]
	if e.absent = b[5] == flagAbsent; e.absent && size != 0 {
		return reasonFormat
	}
	e.created = int64(binary.LittleEndian.Uint64(b[16:]))
	e.stale = int64(binary.LittleEndian.Uint64(b[24:]))
	e.expire = int64(binary.LittleEndian.Uint64(b[32:]))
	e.offset = envelopeHeader + keyLen
	e.payload = b[e.offset:end]
	return reasonNone
}

// text returns the payload as a string, if whole is the stored bytes, of which there are
// so many, as one, and else an empty one.
func (e *envelope) text(whole string, stored int) string {
	if len(whole) != stored {
		return ""
	}
	return whole[e.offset : e.offset+len(e.payload)]
}
