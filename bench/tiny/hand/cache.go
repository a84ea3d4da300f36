package main

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"strconv"
	"time"

	"github.com/VictoriaMetrics/fastcache"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/singleflight"
)

const ttl = 10 * time.Minute

var (
	le         = binary.LittleEndian
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	errCorrupt = errors.New("corrupt entry")
)

type item struct {
	id    int64
	name  string
	price float64
	tags  []string
}

// cache is memory, Redis and a loader, one load at a time for each key.
type cache struct {
	memory  *fastcache.Cache
	client  *redis.Client
	flights singleflight.Group
}

func (c *cache) getOrLoad(ctx context.Context, id int64, load func(context.Context, int64) (item, error)) (item, error) {
	var kb [8]byte
	key := le.AppendUint64(kb[:0], uint64(id))
	if b, ok := c.memory.HasGet(nil, key); ok {
		if v, err := open(b); err == nil {
			return v, nil
		}
	}
	name := "items:" + strconv.FormatInt(id, 10)
	v, err, _ := c.flights.Do(name, func() (any, error) {
		if b, err := c.client.Get(ctx, name).Bytes(); err == nil {
			if v, err := open(b); err == nil {
				c.memory.Set(key, b)
				return v, nil
			}
		}
		v, err := load(ctx, id)
		if err != nil {
			return item{}, err
		}
		b := seal(v)
		c.memory.Set(key, b)
		_ = c.client.Set(ctx, name, b, ttl).Err()
		return v, nil
	})
	return v.(item), err
}

func (c *cache) remove(ctx context.Context, id int64) error {
	err := c.client.Del(ctx, "items:"+strconv.FormatInt(id, 10)).Err()
	c.memory.Del(le.AppendUint64(nil, uint64(id)))
	return err
}

// seal returns the stored form of v: a checksum, when it expires, and its fields.
func seal(v item) []byte {
	b := make([]byte, 4, 64)
	b = le.AppendUint64(b, uint64(time.Now().Add(ttl).UnixNano()))
	b = le.AppendUint64(b, uint64(v.id))
	b = le.AppendUint64(b, math.Float64bits(v.price))
	b = appendString(b, v.name)
	b = binary.AppendUvarint(b, uint64(len(v.tags)))
	for _, tag := range v.tags {
		b = appendString(b, tag)
	}
	le.PutUint32(b, crc32.Checksum(b[4:], castagnoli))
	return b
}

func open(b []byte) (v item, err error) {
	if len(b) < 28 || le.Uint32(b) != crc32.Checksum(b[4:], castagnoli) || time.Now().UnixNano() >= int64(le.Uint64(b[4:])) {
		return v, errCorrupt
	}
	v.id, v.price = int64(le.Uint64(b[12:])), math.Float64frombits(le.Uint64(b[20:]))
	var ok bool
	v.name, b, ok = cutString(b[28:])
	n, used := binary.Uvarint(b)
	if !ok || used <= 0 || n > uint64(len(b)) {
		return v, errCorrupt
	}
	b = b[used:]
	v.tags = make([]string, n)
	for i := range v.tags {
		if v.tags[i], b, ok = cutString(b); !ok {
			return v, errCorrupt
		}
	}
	return v, nil
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func cutString(b []byte) (string, []byte, bool) {
	n, used := binary.Uvarint(b)
	if used <= 0 || n > uint64(len(b)-used) {
		return "", nil, false
	}
	return string(b[used : used+int(n)]), b[used+int(n):], true
}
