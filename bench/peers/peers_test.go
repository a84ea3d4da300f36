package peers

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	"github.com/cachegen/cachegen/bench/peers/pb"
	"github.com/cachegen/cachegen/bench/shop"
)

// TestCodecs holds the peers to doing the whole work.
func TestCodecs(t *testing.T) {
	small, product := shop.NewSmall(7), shop.NewProduct(7)

	data := make([]byte, SmallMUS{}.Size(small))
	SmallMUS{}.Marshal(small, data)
	if v, n, err := (SmallMUS{}).Unmarshal(data); err != nil || n != len(data) || v != small {
		t.Errorf("mus: %+v, %d of %d bytes, %v", v, n, len(data), err)
	}
	data = make([]byte, ProductMUS{}.Size(product))
	ProductMUS{}.Marshal(product, data)
	if v, n, err := (ProductMUS{}).Unmarshal(data); err != nil || n != len(data) {
		t.Errorf("mus: %d of %d bytes, %v", n, len(data), err)
	} else if diff := cmp.Diff(product, v); diff != "" {
		t.Error(diff)
	}

	data, err := ProductProto(product).MarshalVT()
	if err != nil {
		t.Fatal(err)
	}
	var got pb.Product
	if err := got.UnmarshalVT(data); err != nil || !proto.Equal(ProductProto(product), &got) {
		t.Error("vtprotobuf: another product", err)
	}

	data, err = product.MarshalMsg(nil)
	if err != nil {
		t.Fatal(err)
	}
	var p shop.Product
	if _, err := p.UnmarshalMsg(data); err != nil {
		t.Fatal(err)
	}
	p.Created, p.Updated = p.Created.UTC(), p.Updated.UTC()
	if diff := cmp.Diff(product, p); diff != "" {
		t.Error(diff)
	}
}
