// Package nearmiss has comments that were meant as directives.
package nearmiss

// want+1:1 `"// cachegen:cache" is no directive: remove the space after //\n.*write //cachegen:cache`
// cachegen:cache key=ID
type A struct{ ID int64 }

// want+1:1 `"//Cachegen:cache" is no directive: directives are in lower case`
//Cachegen:cache key=ID
type B struct{ ID int64 }

// want+1:1 `"//cachegen: cache" is no directive: a colon without spaces follows the tool`
//cachegen: cache key=ID
type C struct{ ID int64 }

// want+1:1 `"//cachegen:Cache" is no directive: directives are in lower case`
//cachegen:Cache key=ID
type D struct{ ID int64 }

// want+1:1 `is no directive: a colon without spaces`
//cachegen cache key=ID
type E struct{ ID int64 }

// want+1:1 `unknown tool "cachgen"\n.*did you mean //cachegen:cache`
//cachgen:cache key=ID
type F struct{ ID int64 }

// want+1:1 `verb missing`
//cachegen:
type G struct{ ID int64 }

// H is documented by an example, which is no near miss:
//
//	cachegen:cache key=ID
//
// cachegen: cache is only prose here.
type H struct{ ID int64 }

// want+1:1 "directives are line comments"
/*cachegen:cache key=ID*/
type I struct{ ID int64 }
