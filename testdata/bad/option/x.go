// Package option has unknown options, and options of another directive.
package option

// want+3:25 `unknown option "tll"\n.*did you mean "ttl"`
// want+2:33 `unknown option "read"\n.*read= belongs to //cachegen:compose`
// want+1:43 `unknown option "colour"\n.*one of name, key`
//cachegen:cache key=ID tll=10m read=race colour=red
// want+1:43 `unknown option "codek"\n.*did you mean "codec"`
//cachegen:tier memory = fastcache(32MiB) codek=json
//cachegen:tier redis = redis
// want+1:44 `unknown option "reed"\n.*did you mean "read"`
//cachegen:compose products = memory redis reed=race
type Product struct {
	ID   int64
	Name string
}
