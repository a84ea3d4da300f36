package bigstruct

import "time"

// Country is an ISO 3166 code.
type Country string

// BodyStyle says what a vehicle looks like.
type BodyStyle uint8

// Feature is one that a vehicle can have.
type Feature uint32

// Money is an amount in the smallest unit of its currency.
type Money struct {
	Amount   int64
	Currency string
}

// Address is one of mail.
type Address struct {
	Street, City, Zip string
	Country           Country
}

// Contact is somebody to call.
type Contact struct {
	Name, Phone, Email string
	Address            *Address
	Since              time.Time
}

// Document is a paper that was scanned.
type Document struct {
	Title string
	Pages uint16
	Scan  []byte
	Valid Window
}

// Window is a span of time.
type Window struct{ From, Until time.Time }

// Inspection is a visit to the authority.
type Inspection struct {
	At       time.Time
	Station  string
	Passed   bool
	Findings []string
	Odometer uint64
}

// Engine is what drives it.
type Engine struct {
	Code       string
	Fuel       string
	Cylinders  uint8
	Liters     float32
	PowerKW    uint16
	TorqueNM   uint16
	Turbo      bool
	Mounted    time.Time
	TimingMaps map[string][]float32
}

// Battery is the one that drives it.
type Battery struct {
	Serial   string
	Capacity float64
	Cells    uint16
	Cycles   uint32
	Modules  []string
}

// ChargePoint is one of a curve.
type ChargePoint struct {
	Percent uint8
	KW      float32
}

// Charge is one stop at a charger.
type Charge struct {
	Station  string
	At       Position
	Started  time.Time
	Took     time.Duration
	EnergyWH uint32
	Paid     *Money
}

// Position is where something was, and when.
type Position struct {
	Lat, Lon float64
	Altitude float32
	Accuracy uint16
	At       time.Time
}

// Trip is a drive from one place to another.
type Trip struct {
	From, To Position
	Driver   string
	Meters   uint32
	Purpose  string
	Stops    []Position
}

// Sensor is what one has measured.
type Sensor struct {
	Unit  string
	Value float64
	At    time.Time
}

// Accident is one that it had.
type Accident struct {
	At       time.Time
	Where    Position
	Report   string
	Damage   Money
	Photos   [][]byte
	Involved []string
}

// Service is a visit to the workshop.
type Service struct {
	At       time.Time
	Odometer uint64
	Work     []string
	Parts    map[string]uint16
	Cost     Money
}
