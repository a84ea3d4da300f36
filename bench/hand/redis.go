package hand

import (
	"context"
	"errors"
	"hash/crc32"
	"strconv"
	"time"
	"unsafe"

	"github.com/redis/go-redis/v9"

	"github.com/cachegen/cachegen/bench/shop"
)

// Redis keeps values of both types in Redis, each behind its deadlines and a
// checksum, as a stored form must be that others can write.
type Redis struct {
	Client redis.Cmdable
	TTL    time.Duration
}

const redisHeader = 4 + 8 + 8

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// SmallKey is the key of a Small in Redis.
func SmallKey(id int64) string { return "hand:small:" + strconv.FormatInt(id, 10) }

// ProductKey is the key of a Product in Redis.
func ProductKey(id int64) string { return "hand:product:" + strconv.FormatInt(id, 10) }

func (r *Redis) seal(b []byte) []byte {
	deadline := uint64(time.Now().Add(r.TTL).UnixNano())
	le.PutUint64(b[4:], deadline)
	le.PutUint64(b[12:], deadline)
	le.PutUint32(b, crc32.Checksum(b[4:], castagnoli))
	return b
}

// Open returns the payload of an entry that is whole, and lives at an instant of Unix
// time in nanoseconds: a batch looks at the clock once.
func Open(b []byte, now int64) ([]byte, bool) {
	if len(b) < redisHeader || le.Uint32(b) != crc32.Checksum(b[4:], castagnoli) ||
		now >= int64(le.Uint64(b[12:])) {
		return nil, false
	}
	return b[redisHeader:], true
}

// SealSmall returns the entry of a value.
func (r *Redis) SealSmall(v *shop.Small) []byte {
	return r.seal(AppendSmall(make([]byte, redisHeader, 128), v))
}

// SealProduct returns the entry of a value.
func (r *Redis) SealProduct(v *shop.Product) []byte {
	return r.seal(AppendProduct(make([]byte, redisHeader, 2048), v))
}

// SetSmall stores a value.
func (r *Redis) SetSmall(ctx context.Context, id int64, v *shop.Small) error {
	return r.Client.Set(ctx, SmallKey(id), r.SealSmall(v), r.TTL).Err()
}

// SetProduct stores a value.
func (r *Redis) SetProduct(ctx context.Context, id int64, v *shop.Product) error {
	return r.Client.Set(ctx, ProductKey(id), r.SealProduct(v), r.TTL).Err()
}

// OpenSmall makes a value of an entry that nobody changes.
func OpenSmall(entry []byte, now int64) (v shop.Small, ok bool) {
	b, ok := Open(entry, now)
	if !ok || DecodeSmallInside(&v, b) != nil {
		return shop.Small{}, false
	}
	return v, true
}

// OpenProduct makes a value of an entry that nobody changes.
func OpenProduct(entry []byte, now int64) (v shop.Product, ok bool) {
	b, ok := Open(entry, now)
	if !ok || DecodeProductInside(&v, b) != nil {
		return shop.Product{}, false
	}
	return v, true
}

func (r *Redis) get(ctx context.Context, key string) ([]byte, error) {
	b, err := r.Client.Get(ctx, key).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	return b, err
}

// GetSmall returns a value.
func (r *Redis) GetSmall(ctx context.Context, id int64) (v shop.Small, ok bool, err error) {
	b, err := r.get(ctx, SmallKey(id))
	if err != nil {
		return v, false, err
	}
	v, ok = OpenSmall(b, time.Now().UnixNano())
	return v, ok, nil
}

// GetProduct returns a value.
func (r *Redis) GetProduct(ctx context.Context, id int64) (v shop.Product, ok bool, err error) {
	b, err := r.get(ctx, ProductKey(id))
	if err != nil {
		return v, false, err
	}
	v, ok = OpenProduct(b, time.Now().UnixNano())
	return v, ok, nil
}

// GetSmalls returns the values that there are, in one round trip.
func (r *Redis) GetSmalls(ctx context.Context, ids []int64) (map[int64]shop.Small, error) {
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = SmallKey(id)
	}
	replies, err := r.Client.MGet(ctx, keys...).Result()
	if err != nil {
		return nil, err
	}
	found, now := make(map[int64]shop.Small, len(ids)), time.Now().UnixNano()
	for i, reply := range replies {
		if s, ok := reply.(string); ok {
			if v, ok := OpenSmall(bytesOf(s), now); ok {
				found[ids[i]] = v
			}
		}
	}
	return found, nil
}

// GetSmallsByText is GetSmalls with a command that makes no any of each reply, as the
// MGet of the client does.
func (r *Redis) GetSmallsByText(ctx context.Context, ids []int64) (map[int64]shop.Small, error) {
	args := make([]any, 1, 1+len(ids))
	args[0] = "mget"
	for _, id := range ids {
		args = append(args, SmallKey(id))
	}
	cmd := redis.NewStringSliceCmd(ctx, args...)
	if err := r.Client.(redis.UniversalClient).Process(ctx, cmd); err != nil {
		return nil, err
	}
	found, now := make(map[int64]shop.Small, len(ids)), time.Now().UnixNano()
	for i, s := range cmd.Val() {
		if v, ok := OpenSmall(bytesOf(s), now); ok {
			found[ids[i]] = v
		}
	}
	return found, nil
}

// bytesOf returns s as bytes, which must never change.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
