package bigstruct

import (
	"math"
	"testing"
	"time"

	"github.com/cachegen/cachegen/internal/codectest"
)

var vehicles = codectest.Codec[Vehicle]{Append: appendVehicle, Decode: decodeVehicle, Prefix: vehicleCachePrefix}

func ptr[T any](v T) *T { return &v }

var (
	depot  = Position{59.33, 18.07, 12.5, 4, time.Unix(1700000000, 5).UTC()}
	harbor = Position{57.7, 11.97, -1, 900, time.Unix(1700003600, 0).In(time.FixedZone("", 3600))}
	dealer = Contact{"Ada", "+46 8 1", "ada@example.com", &Address{"Vägen 1", "Solna", "171 63", "SE"}, time.Unix(9, 0).UTC()}
	shift  = Window{time.Unix(100, 0).UTC(), time.Unix(200, 0).UTC()}
	diesel = Engine{"D5", "diesel", 5, 2.4, 158, 440, true, time.Unix(7, 0).UTC(), map[string][]float32{"cold": {1, 2.5}}}
)

// van has something in one field of each kind, and of each group.
func van() Vehicle {
	v := Vehicle{
		VIN: "YV1", Plate: "ABC 123", Country: "SE", FleetID: -7, UUID: [16]byte{1, 15: 2}, Make: "Volvo", ModelYear: 2024, BodyStyle: 3, Color: "blå",
		Doors: 5, Seats: 2, Nickname: ptr("Bertha"), Aliases: []string{"", "van 7"}, Barcode: []byte{0, 255}, Revision: 1 << 60,
		Ordered: depot.At, FirstUse: ptr(harbor.At), PurchasePrice: Money{4_500_000, "SEK"}, Leased: true, LeaseMonths: 36, LeaseRate: 0.049, Dealer: dealer,
		PremiumClass: -3, TaxClass: -300, TaxPaid: true, TaxDue: Money{-1, "SEK"}, TitleScan: []byte{1}, Documents: []Document{{"title", 2, []byte("scan"), shift}, {}},
		Certificates: map[string]time.Time{"adr": depot.At}, Inspections: []Inspection{{depot.At, "Solna", true, []string{"rust"}, 99}, {}},
		RecallNumbers: []uint32{1, 2}, OpenRecalls: map[uint32]string{2: "airbag"}, WarrantyMileage: 100_000, Warranty: 3 * 8760 * time.Hour,
		LengthMM: 5020, AxleLoadsKG: [3]uint16{1000, 1200}, TireSize: "235/65", TirePressures: [4]float32{2.4, 2.4, 2.6, 2.6}, TireTemps: [4]int8{-20, 20},
		TireSerials: [4]string{"a", "", "c", "dd"}, SpareTire: true, PaintThickness: [8]uint8{7: 120}, CenterOfGravity: [3]float64{1, -0.5, 0.25},
		Engine: diesel, SecondEngine: &Engine{}, Gearbox: "auto", Gears: -1, GearRatios: []float32{4.15, 2.37}, OilQuality: ptr(float32(0.9)), CoolantTemp: -40,
		EngineTime: time.Hour, FuelUsedML: math.MaxUint64, FaultCodes: []string{"P0420"}, FaultHistory: map[string][]time.Time{"P0420": {depot.At, {}}, "": nil},
		Calibration: [2][3]float32{{1, 2, 3}, {4, 5, 6}}, KnockSpectrum: []complex64{1 + 2i, -1i}, CrankResonance: complex(-3, 4),
		Battery: &Battery{"B1", 75.5, 96, 300, []string{"m1", "m2"}}, StarterImpedance: complex(0.01, -0.02), ChargeEnds: ptr(depot.At),
		ChargeSchedule: [7]Window{shift, 6: shift}, ChargeCurve: []ChargePoint{{10, 150}, {80, 50}}, LastCharge: Charge{"depot", depot, depot.At, time.Hour, 40_000, &Money{12, "EUR"}},
		CellTemps: []int8{-1, 1}, CellVolts: []uint16{3700}, BalanceWH: map[int16]int32{-1: -100}, EnergyUsedWH: math.MinInt64,
		Position: harbor, Accelerations: [3]float32{0.1, -0.2, 9.8}, Odometer: 123_456, Moving: true, ParkedAt: &depot, GarageAddress: *dealer.Address, Zone: '☃',
		ZonesEntered: map[string]uint32{"inner": 3, "": 0}, Route: []Position{depot, harbor}, ETA: ptr(time.Time{}), Delay: -time.Minute,
		Trips:     []Trip{{depot, harbor, "Ada", 400_000, "delivery", []Position{depot}}, {}},
		DeviceMAC: [6]byte{1, 2, 3, 4, 5, 6}, FirmwareHash: [32]byte{31: 1}, SignalDBM: -113, Reboots: math.MinInt, PacketsSent: math.MaxUint, SessionKey: []byte{},
		Features: map[Feature]bool{1: true, 2: false}, Settings: map[string]string{"unit": "km"}, Sensors: map[uint16]Sensor{7: {"°C", -4.5, harbor.At}},
		Driver: &dealer, Drivers: []Contact{dealer, {}}, Bookings: map[int64]Window{-1: shift}, KeyCards: [][8]byte{{1}, {7: 2}}, SeatPosition: [6]int16{-1, 5: 1},
		Fines: []Money{{80, "EUR"}, {}}, Accidents: []Accident{{depot.At, harbor, "a bump", Money{1, "SEK"}, [][]byte{{1}, nil, {}}, []string{"Ada"}}}, Allowance: &Money{},
		Restrictions: []Feature{9}, Remarks: "none", ServicePartner: &Contact{Name: "Bo"}, ServiceCost: Money{5, "SEK"},
		ServiceLog:   []Service{{depot.At, 10, []string{"oil"}, map[string]uint16{"filter": 1}, Money{2, "SEK"}}},
		PartsInStock: map[string]int{"wiper": -1}, PartsOrdered: map[string][]Money{"lamp": {{3, "SEK"}}}, Photos: [][]byte{{9}}, Tags: []string{"van"},
		Labels: map[string]string{"team": "north"}, Ratings: []int8{5, -5}, Extras: map[string]map[string]float64{"roof": {"rack": 1.5}, "none": nil},
		Version: -2, ChangedBy: "ada", Created: depot.At, Changed: harbor.At,
	}
	v.Checks.Brakes, v.Checks.Horn = true, true
	return v
}

func TestCodec(t *testing.T) { vehicles.Check(t, Vehicle{}, van()) }

func FuzzVehicle(f *testing.F) { vehicles.Fuzz(f, Vehicle{}, van()) }
