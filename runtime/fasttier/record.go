package fasttier

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"github.com/cachegen/cachegen/runtime"
)

// A file of entries is a row of records, in little endian:
//
//	 0  magic "cgwarm", version of the file        7 bytes
//	 7  kind: a value, an absence, or the end      1
//	 8  lengths of path, key and payload           2, 2, 4
//	16  saved at, stale at, expire at             24  Unix time in ns, the highest is never
//	40  CRC-32C of the header before it            4
//	44  path of the tier, key, payload
//	    CRC-32C of header and what follows it      4
//
// A header that is whole says where the next record begins, so whatever has happened
// to what follows it costs one entry. The record at the end has the count of all in
// place of an instant: a file without it has been cut.
const (
	recordMagic   = "cgwarm\x01"
	recordHeader  = 44
	recordTrailer = 4
	kindEnd       = 0
)

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)

	// errEnd is returned by next behind the last record of a complete file.
	errEnd = errors.New("end")
	// ErrNotComplete is the cause when a file is none of SaveFile's, or damaged so
	// that it cannot be read on, or cut.
	ErrNotComplete = errors.New("the file is damaged, cut, or none that this version has written")
)

// record is an entry as it lies in a file.
type record struct {
	saved   int64
	path    string
	key     []byte
	entry   runtime.MemoryEntry // with instants of Unix time
	corrupt bool                // and nothing but this is known of it
}

type recordWriter struct {
	w   *bufio.Writer
	buf []byte
}

func newRecordWriter(w io.Writer) *recordWriter { return &recordWriter{w: bufio.NewWriter(w)} }

// entry writes one entry.
func (w *recordWriter) entry(now int64, path string, key []byte, e runtime.MemoryEntry) error {
	kind := byte(kindValue)
	if e.Absent {
		kind = kindAbsent
	}
	return w.record(kind, path, key, e.Payload, now, e.Stale, e.Expire)
}

// end writes what a complete file ends with.
func (w *recordWriter) end(entries int) error {
	if err := w.record(kindEnd, "", nil, nil, int64(entries), 0, 0); err != nil {
		return err
	}
	return w.w.Flush()
}

func (w *recordWriter) record(kind byte, path string, key, payload []byte, instants ...int64) error {
	b := append(append(w.buf[:0], recordMagic...), kind)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(path)))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(key)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(payload)))
	for _, t := range instants {
		b = binary.LittleEndian.AppendUint64(b, uint64(t))
	}
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	b = append(append(append(b, path...), key...), payload...)
	w.buf = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	_, err := w.w.Write(w.buf)
	return err
}

type recordReader struct {
	r     *bufio.Reader
	left  int64 // bytes of the file
	count int64
	buf   []byte
}

func newRecordReader(r io.Reader, size int64) *recordReader {
	return &recordReader{r: bufio.NewReader(r), left: size}
}

// next returns the next record, which is good until the one after it is read, or errEnd.
func (r *recordReader) next() (rec record, err error) {
	if err := r.fill(0, recordHeader); err != nil {
		return rec, err
	}
	h := r.buf
	sum := recordHeader - 4
	if string(h[:len(recordMagic)]) != recordMagic || crc32.Checksum(h[:sum], castagnoli) != binary.LittleEndian.Uint32(h[sum:]) {
		return rec, ErrNotComplete
	}
	kind := h[7]
	path, key := int(binary.LittleEndian.Uint16(h[8:])), int(binary.LittleEndian.Uint16(h[10:]))
	size := int64(path) + int64(key) + int64(binary.LittleEndian.Uint32(h[12:]))
	rec.saved = int64(binary.LittleEndian.Uint64(h[16:]))
	rec.entry.Stale = int64(binary.LittleEndian.Uint64(h[24:]))
	rec.entry.Expire = int64(binary.LittleEndian.Uint64(h[32:]))
	if err := r.fill(recordHeader, size+recordTrailer); err != nil {
		return rec, err
	}
	body, end := r.buf[recordHeader:], recordHeader+int(size)
	whole := crc32.Checksum(r.buf[:end], castagnoli) == binary.LittleEndian.Uint32(r.buf[end:])
	if kind == kindEnd {
		if whole && r.left == 0 && rec.saved == r.count {
			return rec, errEnd
		}
		return rec, ErrNotComplete
	}
	r.count++
	if !whole {
		return record{corrupt: true}, nil
	}
	rec.path, rec.key = string(body[:path]), body[path:path+key]
	rec.entry.Payload, rec.entry.Absent = body[path+key:size], kind == kindAbsent
	return rec, nil
}

// fill reads n more bytes behind the first have ones. No more memory is taken than
// the file has bytes.
func (r *recordReader) fill(have int, n int64) error {
	if n > r.left {
		return ErrNotComplete
	}
	r.left -= n
	if total := int64(have) + n; int64(cap(r.buf)) < total {
		buf := make([]byte, total)
		copy(buf, r.buf[:have])
		r.buf = buf
	}
	r.buf = r.buf[:int64(have)+n]
	_, err := io.ReadFull(r.r, r.buf[have:])
	return err
}
