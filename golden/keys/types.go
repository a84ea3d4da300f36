// Package keys has a cache for every kind of key.
package keys

import (
	"net/netip"
	"time"
)

// SKU is a named string.
type SKU string

// Level is a named number.
type Level uint8

// ID spells itself.
type ID [16]byte

// Page is what the caches hold.
//
//cachegen:cache key=Tenant,SKU
//cachegen:tier tenantmem = fastcache(32MiB)
//cachegen:tier tenantback = backend
//cachegen:compose bytenant = tenantmem tenantback refill=always
//cachegen:cache name=ByParams key=tenant:string,page:int
//cachegen:tier paramsmem = fastcache(32MiB)
//cachegen:tier paramsback = backend
//cachegen:compose byparams = paramsmem paramsback refill=always
//cachegen:cache name=ByAll key=a:bool,b:int8,c:uint16,d:int32,e:uint64,f:SKU,g:Level,h:[4]byte,i:[2]string,j:time.Time,k:netip.Addr,l:string
//cachegen:tier allmem = fastcache(32MiB)
//cachegen:tier allback = backend
//cachegen:compose byall = allmem allback refill=always
//cachegen:cache name=BySeven key=seven:[7]byte
//cachegen:tier sevenmem = fastcache(32MiB)
//cachegen:tier sevenback = backend
//cachegen:compose byseven = sevenmem sevenback refill=always
//cachegen:cache name=ByText key=text:string
//cachegen:tier textmem = fastcache(32MiB)
//cachegen:tier textback = backend
//cachegen:compose bytext = textmem textback refill=always
//cachegen:cache name=ByTime key=At
//cachegen:tier timemem = fastcache(32MiB)
//cachegen:tier timeback = backend
//cachegen:compose bytime = timemem timeback refill=always
//cachegen:cache name=ByAddr key=addr:netip.Addr
//cachegen:tier addrmem = fastcache(32MiB)
//cachegen:tier addrback = backend
//cachegen:compose byaddr = addrmem addrback refill=always
type Page struct {
	Tenant string
	SKU    SKU
	At     time.Time
	Body   string
}

var _ netip.Addr
