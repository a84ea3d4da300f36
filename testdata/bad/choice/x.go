// Package choice has values that are none of the words.
package choice

// want+3:34 `on-stale: unknown value "refresh"\n.*one of return, revalidate, offload`
// want+2:50 `strings: unknown value "owned"\n.*did you mean "own"`
// want+1:61 `maps: unknown value "sort"`
//cachegen:cache key=ID on-stale=refresh strings=owned maps=sort
// want+2:49 `codec: unknown value "jsno"\n.*did you mean "json"`
// want+1:63 `compress: unknown value "zip"`
//cachegen:tier memory = fastcache(32MiB) codec=jsno compress=zip
//cachegen:tier redis = redis
// want+4:49 `read: unknown value "raze"\n.*did you mean "race"`
// want+3:60 `write: unknown value "any"`
// want+2:71 `refill: unknown value "yes"\n.*one of never, always`
// want+1:81 `loser: unknown value "dropp"\n.*did you mean "drop"`
//cachegen:compose products = memory redis read=raze write=any refill=yes loser=dropp
type Product struct {
	ID   int64
	Name string
}
