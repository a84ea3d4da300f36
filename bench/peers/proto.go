package peers

import (
	"github.com/cachegen/cachegen/bench/peers/pb"
	"github.com/cachegen/cachegen/bench/shop"
)

// SmallProto returns v as a message.
func SmallProto(v shop.Small) *pb.Small {
	return &pb.Small{Id: v.ID, Name: v.Name, Score: v.Score, Live: v.Live, At: v.At.UnixNano()}
}

// ProductProto returns v as a message.
func ProductProto(v shop.Product) *pb.Product {
	p := &pb.Product{
		Id: v.ID, Sku: v.SKU, Name: v.Name, Description: v.Description, Price: v.Price, Stock: v.Stock, Active: v.Active,
		Tags: v.Tags, Attributes: v.Attributes,
		Maker:  &pb.Maker{Name: v.Maker.Name, Country: v.Maker.Country, City: v.Maker.City},
		Parent: v.Parent, Created: v.Created.UnixNano(), Updated: v.Updated.UnixNano(), Warranty: int64(v.Warranty),
	}
	for _, e := range v.Variants {
		p.Variants = append(p.Variants, &pb.Variant{Sku: e.SKU, Color: e.Color, Size: e.Size, Price: e.Price})
	}
	return p
}
