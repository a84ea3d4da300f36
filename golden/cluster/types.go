// Package cluster has caches in a Redis Cluster: with all keys spread over its nodes,
// and with those of a tenant kept together.
package cluster

// Order is what the caches hold.
//
//cachegen:cache name=Spread key=Tenant,ID ttl=1h
//cachegen:tier spreadredis = redis timeout=5s
//cachegen:cache name=Together key=Tenant,ID ttl=1h slot=Tenant
//cachegen:tier togetherredis = redis timeout=5s
//cachegen:cache name=Behind key=ID,Tenant ttl=1h slot=Tenant
//cachegen:tier behindmemory = fastcache(32MiB)
//cachegen:tier behindredis = redis timeout=5s
//cachegen:compose behind = behindmemory behindredis refill=always
//cachegen:cache name=Shelves key=shelf:[0]string,box:int ttl=1h slot=shelf
//cachegen:tier shelvesback = backend
type Order struct {
	Tenant string
	ID     int64
	Note   string
}
