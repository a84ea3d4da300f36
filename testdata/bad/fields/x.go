// Package fields has labels that give one config field.
package fields

//cachegen:cache key=ID
//cachegen:tier my_tier = fastcache(32MiB)
// want+1:17 `labels my_tier and my__tier both give the config field MyTier`
//cachegen:tier my__tier = redis
// want+1:17 `label options: every config has a field Options already`
//cachegen:tier options = backend
//cachegen:tier redis = redis codec=custom
// want+1:17 `labels redis and redis_codec both give the config field RedisCodec`
//cachegen:tier redis_codec = backend
//cachegen:compose a = my_tier my__tier
//cachegen:compose b = a options
//cachegen:compose c = redis redis_codec
//cachegen:compose d = b c
type Product struct {
	ID   int64
	Name string
}
