package shop

import (
	"fmt"
	"time"
)

// at is an instant in UTC with nanoseconds, so that nothing of it is zero.
var at = time.Unix(1_700_000_000, 123_456_789).UTC()

// NewSmall returns the value under a key.
func NewSmall(id int64) Small {
	return Small{ID: id, Name: fmt.Sprintf("small%07d", id), Score: 1.5 * float64(id), Live: id%2 == 0, At: at}
}

// NewDeep returns the value under a key.
func NewDeep(id int64) Deep { return Deep(NewSmall(id)) }

// NewProduct returns the value under a key: 31 strings in all.
func NewProduct(id int64) Product {
	p := Product{
		ID:   id,
		SKU:  fmt.Sprintf("SKU-%08d", id),
		Name: fmt.Sprintf("Collapsible bucket, %d litres", id%50),
		Description: "A bucket that folds to the height of a plate. It carries hot and cold water, stands by itself " +
			"when it is full, dries within the hour and fits into the pocket of a coat. Not for use as a hat; " +
			"not for acids. The handle is of beech wood from certified forests, oiled by hand, and can be replaced.",
		Price: 24.95 + float64(id%10), Stock: id % 1000, Active: true,
		Tags: []string{"household", "camping", "foldable", "bestseller", "blue", "gift"},
		Attributes: map[string]string{
			"material": "silicone", "volume": "10 l", "weight": "480 g", "handle": "beech", "origin": "Portugal",
		},
		Maker:   Maker{Name: "Balde & Filhos, Lda.", Country: "Portugal", City: "Porto"},
		Created: at, Updated: at.Add(24 * time.Hour), Warranty: 2 * 365 * 24 * time.Hour,
	}
	for i, color := range []string{"blue", "green", "terracotta"} {
		p.Variants = append(p.Variants, Variant{
			SKU: fmt.Sprintf("SKU-%08d-%d", id, i), Color: color, Size: "10 litres", Price: p.Price + float64(i),
		})
	}
	parent := id + 1
	p.Parent = &parent
	return p
}

// NewBlob returns a value of n bytes.
func NewBlob(n int) Blob {
	b := Blob{Name: "blob", Data: make([]byte, n)}
	for i := range b.Data {
		b.Data[i] = byte(i * 7)
	}
	return b
}
