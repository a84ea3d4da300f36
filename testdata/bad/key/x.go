// Package key has keys that do not exist.
package key

// want+1:1 `//cachegen:cache has no key=`
//cachegen:cache ttl=1m
// want+1:29 `key: Product has no field "IDD"\n.*did you mean "ID"`
//cachegen:cache name=B key=IDD
// want+1:32 `key: Product has no field "Nmae"\n.*did you mean "Name"`
//cachegen:cache name=C key=ID,Nmae
// want+1:29 `key: fields and parameters do not mix`
//cachegen:cache name=D key=ID,page:int
// want+1:32 `key: ID and ID are both ID in the key`
//cachegen:cache name=E key=ID,ID
// want+1:37 `key: a_b and aB are both AB in the key`
//cachegen:cache name=F key=a_b:int,aB:int
// want+1:32 `key: Product has no field ""\n.*both sides of a comma`
//cachegen:cache name=G key=ID,
// want+1:29 `key field Where: it is behind a pointer`
//cachegen:cache name=H key=Where
// want+1:29 `key field Hidden: it is left out of the stored form`
//cachegen:cache name=I key=Hidden
// want+1:29 `key: Product has no field "String"`
//cachegen:cache name=J key=String
// want+1:29 `key: _ has no name`
//cachegen:cache name=K key=_
// want+1:29 `key field Both: several embedded structs have it\n.*name a parameter`
//cachegen:cache name=L key=Both
type Product struct {
	ID     int64
	Name   string
	Hidden string `cache:"-"`
	*Place
	One
	Two
}

type One struct{ Both int }

type Two struct{ Both int }

type Place struct{ Where string }

func (*Product) String() string { return "" }

// want+1:22 `key field ID: Names has no fields\n.*name parameters`
//cachegen:cache key=ID
type Names []string
