package hand

import (
	"context"
	"strconv"

	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/singleflight"

	"github.com/cachegen/cachegen/bench/shop"
)

// Tiers are memory, Redis and a loader, one load at a time for each key: the forty
// lines that everybody writes.
type Tiers struct {
	Memory  *Memory                            // or
	Objects *otter.Cache[int64, *shop.Product] // values that callers leave alone
	Redis   *Redis

	flights singleflight.Group
}

// GetOrLoad returns a product, from memory, Redis or load.
func (t *Tiers) GetOrLoad(ctx context.Context, id int64, load func(context.Context, int64) (shop.Product, error)) (shop.Product, error) {
	if v, ok := t.near(id); ok {
		return v, nil
	}
	v, err, _ := t.flights.Do(strconv.FormatInt(id, 10), func() (any, error) {
		v, ok, err := t.Redis.GetProduct(ctx, id)
		if err == nil && ok {
			t.keep(id, &v)
			return &v, nil
		}
		if v, err = load(ctx, id); err != nil {
			return nil, err
		}
		t.keep(id, &v)
		_ = t.Redis.SetProduct(ctx, id, &v)
		return &v, nil
	})
	if err != nil {
		return shop.Product{}, err
	}
	return *v.(*shop.Product), nil
}

func (t *Tiers) near(id int64) (v shop.Product, ok bool) {
	if t.Memory != nil {
		return t.Memory.GetProduct(id)
	}
	p, ok := t.Objects.GetIfPresent(id)
	if !ok {
		return v, false
	}
	return *p, true
}

func (t *Tiers) keep(id int64, v *shop.Product) {
	if t.Memory != nil {
		t.Memory.SetProduct(id, v)
	} else {
		t.Objects.Set(id, v)
	}
}
