// Package bigstruct has a record as wide as records get: two hundred fields of all
// kinds, as a fleet keeps them of each vehicle. Its encoder and decoder are to stay
// readable, and to check the bounds of a run of fields and not of each.
package bigstruct

import "time"

// Vehicle is what is known of one vehicle of the fleet.
//
//cachegen:cache key=VIN
type Vehicle struct {
	// Identity.
	VIN          string
	Plate        string
	PlateState   string
	Country      Country
	FleetID      int64
	AssetTag     string
	UUID         [16]byte
	Make         string
	Model        string
	Trim         string
	ModelYear    uint16
	BodyStyle    BodyStyle
	Color        string
	InteriorTone string
	Doors        uint8
	Seats        uint8
	Nickname     *string
	Aliases      []string
	Barcode      []byte
	Revision     uint64

	// Purchase and papers.
	Ordered         time.Time
	Delivered       time.Time
	Registered      time.Time
	FirstUse        *time.Time
	Retired         *time.Time
	PurchasePrice   Money
	ResidualValue   Money
	Leased          bool
	LeaseMonths     uint8
	LeaseRate       float32
	LeaseEnds       time.Time
	Dealer          Contact
	InvoiceNumber   string
	CostCenter      string
	InsuranceID     string
	InsuredUntil    time.Time
	PremiumClass    int8
	TaxClass        int16
	TaxPaid         bool
	TaxDue          Money
	TitleScan       []byte
	Documents       []Document
	Certificates    map[string]time.Time
	Inspections     []Inspection
	NextInspection  time.Time
	RecallNumbers   []uint32
	OpenRecalls     map[uint32]string
	WarrantyYears   uint8
	WarrantyMileage uint32
	Warranty        time.Duration

	// Body and weights.
	LengthMM        uint16
	WidthMM         uint16
	HeightMM        uint16
	WheelbaseMM     uint16
	ClearanceMM     uint16
	CurbWeightKG    uint32
	GrossWeightKG   uint32
	TowingKG        uint32
	RoofLoadKG      uint16
	CargoLiters     uint16
	AxleLoadsKG     [3]uint16
	TireSize        string
	TirePressures   [4]float32
	TireTemps       [4]int8
	TireSerials     [4]string
	TreadDepthMM    [4]float32
	SpareTire       bool
	WinterTires     bool
	PaintThickness  [8]uint8
	CenterOfGravity [3]float64

	// Engine and drive.
	Engine         Engine
	SecondEngine   *Engine
	Gearbox        string
	Gears          int8
	GearRatios     []float32
	FinalDrive     float64
	AllWheelDrive  bool
	TopSpeedKMH    uint16
	SprintSeconds  float32
	EmissionClass  string
	CO2GramsPerKM  int16
	NOxMilligrams  int16
	FuelTankLiters float32
	FuelLevel      float32
	AdBlueLevel    float32
	OilLevel       float32
	OilQuality     *float32
	CoolantTemp    int16
	OilTemp        int16
	ExhaustTemp    int32
	Starts         uint32
	ColdStarts     uint32
	EngineTime     time.Duration
	IdleTime       time.Duration
	FuelUsedML     uint64
	FaultCodes     []string
	FaultHistory   map[string][]time.Time
	Calibration    [2][3]float32
	KnockSpectrum  []complex64
	CrankResonance complex128

	// Battery and charging.
	Battery          *Battery
	StarterVolts     float32
	StarterImpedance complex64
	StateOfCharge    float64
	StateOfHealth    float64
	RangeKM          uint16
	ChargeLimit      uint8
	ChargePort       string
	Charging         bool
	ChargePowerKW    float32
	ChargeEnds       *time.Time
	ChargeSchedule   [7]Window
	ChargeCurve      []ChargePoint
	LastCharge       Charge
	Charges          uint32
	EnergyUsedWH     int64
	EnergyBackWH     int64
	CellTemps        []int8
	CellVolts        []uint16
	BalanceWH        map[int16]int32

	// Where it is and what it does.
	Position      Position
	Heading       float32
	SpeedKMH      float32
	Accelerations [3]float32
	Odometer      uint64
	TripMeter     float64
	Moving        bool
	Ignition      bool
	Parked        time.Time
	ParkedAt      *Position
	Garage        string
	GarageAddress Address
	Zone          rune
	ZonesEntered  map[string]uint32
	Route         []Position
	RouteName     string
	ETA           *time.Time
	Delay         time.Duration
	Trips         []Trip
	StandsSince   time.Duration

	// Telematics.
	DeviceID      uint64
	DeviceMAC     [6]byte
	DeviceIP      [4]byte
	Firmware      string
	FirmwareHash  [32]byte
	SIM           string
	Carrier       string
	SignalDBM     int8
	Satellites    uint8
	Uptime        time.Duration
	LastSeen      time.Time
	LastError     string
	Reboots       int
	PacketsSent   uint
	PacketsLost   uint32
	BufferedBytes int
	SessionKey    []byte
	Features      map[Feature]bool
	Settings      map[string]string
	Sensors       map[uint16]Sensor

	// Who drives it.
	Driver        *Contact
	Drivers       []Contact
	Pool          string
	BookedBy      string
	BookedFrom    time.Time
	BookedUntil   time.Time
	Bookings      map[int64]Window
	KeyNumber     int32
	KeyCards      [][8]byte
	SpareKey      bool
	SeatPosition  [6]int16
	DriverScore   float64
	HarshBrakings uint16
	Speedings     uint16
	Fines         []Money
	Accidents     []Accident
	PrivateUse    bool
	Allowance     *Money
	Restrictions  []Feature
	Remarks       string

	// Service.
	ServiceDue       time.Time
	ServiceAt        uint64
	ServicePartner   *Contact
	ServiceCost      Money
	ServiceHours     float32
	ServiceLog       []Service
	PartsInStock     map[string]int
	PartsOrdered     map[string][]Money
	CleanedAt        time.Time
	Smoking          bool
	Photos           [][]byte
	Tags             []string
	Labels           map[string]string
	Ratings          []int8
	Extras           map[string]map[string]float64
	Checks           struct{ Lights, Brakes, Wipers, Horn bool }
	Version          int32
	ChangedBy        string
	Created, Changed time.Time
}
