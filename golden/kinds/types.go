// Package kinds has a field for every kind of type that is stored.
package kinds

import "time"

// Named types of every basic kind.
type (
	MyBool    bool
	MyInt     int
	MyInt8    int8
	MyUint16  uint16
	MyFloat32 float32
	MyFloat64 float64
	MyComplex complex128
	MyString  string
	MyBytes   []byte
	MyByte    byte
	MyList    []MyString
	MyMap     map[MyString]MyInt
	MyArray   [3]MyInt8
	Empty     struct{}
)

// Text is a name for string that is no type of its own.
type Text = string

// Kinds has a field for every kind of type.
//
//cachegen:cache key=Key ttl=1h
//cachegen:tier memory = fastcache(32MiB)
//cachegen:tier store = backend
//cachegen:compose kinds = memory store refill=always
type Kinds struct {
	Key string

	B    bool
	I    int
	I8   int8
	I16  int16
	I32  int32
	I64  int64
	U    uint
	U8   uint8
	U16  uint16
	U32  uint32
	U64  uint64
	F32  float32
	F64  float64
	C64  complex64
	C128 complex128
	S    string
	R    rune
	By   byte

	NB   MyBool
	NI   MyInt
	NI8  MyInt8
	NU16 MyUint16
	NF32 MyFloat32
	NF64 MyFloat64
	NC   MyComplex
	NS   MyString
	T    Text

	Bytes      []byte
	NamedBytes MyBytes
	ByteNames  []MyByte
	Strings    []string
	Ints       []int
	Floats     []float32
	Bools      []bool
	Lists      [][]string
	NamedList  MyList
	Empties    []Empty
	Nothing    struct{}

	Array      [4]int16
	ByteArray  [5]byte
	NameArray  [2]MyByte
	Strs       [2]string
	NamedArray MyArray
	None       [0]string
	Matrix     [2][3]float64

	Map        map[string]int
	IntMap     map[int]string
	NamedMap   MyMap
	MapOfLists map[string][]map[int8]string
	StructKeys map[Point]string
	ArrayKeys  map[[2]int8]bool
	Set        map[string]struct{}

	PInt    *int
	PString *string
	PPInt   **int
	PSlice  *[]string
	PMap    *map[string]int
	PStruct *Point
	Points  []*Point

	Nested Point
	Anon   struct {
		X, Y int32
		Name string
	}

	At       time.Time
	PAt      *time.Time
	Times    []time.Time
	Duration time.Duration
	Month    time.Month
	Zones    map[string]time.Time

	private int
	_       int
	Skipped func() `cache:"-"`
	Hidden  string `cache:"-"`
}

// Point can be a key.
type Point struct {
	X, Y int
	Name string
}
