package hand

import (
	"context"
	"time"

	"github.com/redis/rueidis"

	"github.com/cachegen/cachegen/bench/shop"
)

// Rueidis reads what Redis has written through a client that puts the commands of
// all goroutines into one pipeline.
type Rueidis struct{ Client rueidis.Client }

func (r *Rueidis) get(ctx context.Context, key string) ([]byte, error) {
	b, err := r.Client.Do(ctx, r.Client.B().Get().Key(key).Build()).AsBytes()
	if rueidis.IsRedisNil(err) {
		return nil, nil
	}
	return b, err
}

// GetSmall returns a value.
func (r *Rueidis) GetSmall(ctx context.Context, id int64) (v shop.Small, ok bool, err error) {
	b, err := r.get(ctx, SmallKey(id))
	if err != nil {
		return v, false, err
	}
	v, ok = OpenSmall(b, time.Now().UnixNano())
	return v, ok, nil
}

// GetProduct returns a value.
func (r *Rueidis) GetProduct(ctx context.Context, id int64) (v shop.Product, ok bool, err error) {
	b, err := r.get(ctx, ProductKey(id))
	if err != nil {
		return v, false, err
	}
	v, ok = OpenProduct(b, time.Now().UnixNano())
	return v, ok, nil
}

// SetProduct stores a value.
func (r *Rueidis) SetProduct(ctx context.Context, id int64, v *shop.Product, ttl time.Duration) error {
	entry := (&Redis{TTL: ttl}).SealProduct(v)
	return r.Client.Do(ctx, r.Client.B().Set().Key(ProductKey(id)).Value(rueidis.BinaryString(entry)).Px(ttl).Build()).Error()
}
