// Package keyparameter has parameters that make no key.
package keyparameter

// want+1:34 `key parameter page: unknown type "itn"\n.*did you mean "int"`
//cachegen:cache name=A key=page:itn
// want+1:34 `key parameter page: "" is no type`
//cachegen:cache name=B key=page:
// want+1:29 `key: "2" is no Go identifier`
//cachegen:cache name=C key=2:int
// want+1:34 `key parameter page: "func\(\)int" is no type`
//cachegen:cache name=D key=page:func()int
// want+1:32 `key parameter at: unknown type "nowhere.Time"\n.*type Time = nowhere.Time`
//cachegen:cache name=E key=at:nowhere.Time
// want+1:32 `key parameter at: structs without`
//cachegen:cache name=F key=at:Product
type Product struct {
	ID   int64
	Name string
}
