// Package pending has fields whose types are still to be generated.
package pending

//cachegen:cache key=ID
type Product struct {
	ID    int64
	Cache *ProductCache // want:2 `Product.Cache: type ProductCache is still to be generated\n.*cache:"-"`
	Conf  []OrdersConfig // want:2 `Product.Conf\[\]: type OrdersConfig is still to be generated`
	Skip  *ProductCache `cache:"-"`
}

//cachegen:cache key=ID name=Orders
type Order struct{ ID int64 }
