// Package otter has options that mean nothing to otter, which encodes nothing.
package otter

//cachegen:cache key=ID
// want+3:39 `codec= means nothing to otter, which keeps values as they are`
// want+2:55 `compress= means nothing to otter`
// want+1:70 `max-value= means nothing to otter`
//cachegen:tier a = otter(1000) codec=binary compress=none max-value=1MiB
// want+1:27 `otter: "0" is no count`
//cachegen:tier b = otter(0)
// want+1:27 `otter: "-5" is no count`
//cachegen:tier c = otter(-5)
// want+1:26 `otter: the number of entries is missing\n.*write otter\(10000\)`
//cachegen:tier d = otter
// want+1:37 `share: unknown value "copy"\n.*one of clone, readonly`
//cachegen:tier e = otter(10) share=copy
// want+1:28 `badger: takes no arguments`
//cachegen:tier f = badger(/tmp/x)
//cachegen:compose ab = a b
//cachegen:compose cd = c d
//cachegen:compose ef = e f
//cachegen:compose abcd = ab cd
//cachegen:compose all = abcd ef
type Product struct {
	ID   int64
	Name string
}
