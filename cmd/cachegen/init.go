package main

import (
	"fmt"
	"go/token"
	"io"

	"github.com/cachegen/cachegen/generator"
)

// annotation is what a type can begin with.
const annotation = `// Put these lines at the end of the doc comment of %[1]s, name its key, and run
// cachegen:

//cachegen:cache key=ID ttl=10m stale=1m
//cachegen:tier memory = fastcache(64MiB)
//cachegen:tier redis = redis
//cachegen:compose %[2]s = memory redis refill=always
`

// initType prints an annotation for a type.
func initType(args []string, stdout io.Writer) error {
	if len(args) != 1 || !token.IsIdentifier(args[0]) {
		return fmt.Errorf("init takes the name of one type, as in: cachegen init Product")
	}
	_, err := fmt.Fprintf(stdout, annotation, args[0], generator.RootLabel(args[0], "memory", "redis"))
	return err
}
