package fleet

import (
	"math"
	"time"

	"github.com/cachegen/cachegen/golden/bigstruct"
)

func ptr[T any](v T) *T { return &v }

func money(n int64, currency string) bigstruct.Money {
	return bigstruct.Money{Amount: n, Currency: currency}
}

var (
	depot  = bigstruct.Position{Lat: 59.33, Lon: 18.07, Altitude: 12.5, Accuracy: 4, At: time.Unix(1700000000, 5).UTC()}
	harbor = bigstruct.Position{Lat: 57.7, Lon: 11.97, Altitude: -1, Accuracy: 900, At: time.Unix(1700003600, 0).In(time.FixedZone("", 3600))}
	dealer = bigstruct.Contact{
		Name: "Ada", Phone: "+46 8 1", Email: "ada@example.com", Since: time.Unix(9, 0).UTC(),
		Address: &bigstruct.Address{Street: "Vägen 1", City: "Solna", Zip: "171 63", Country: "SE"},
	}
	shift  = bigstruct.Window{From: time.Unix(100, 0).UTC(), Until: time.Unix(200, 0).UTC()}
	diesel = bigstruct.Engine{
		Code: "D5", Fuel: "diesel", Cylinders: 5, Liters: 2.4, PowerKW: 158, TorqueNM: 440, Turbo: true, Mounted: time.Unix(7, 0).UTC(),
		TimingMaps: map[string][]float32{"cold": {1, 2.5}},
	}
)

// NewVehicle returns the van of the golden, which has something in one field of each
// kind, and of each group.
func NewVehicle() Vehicle {
	v := Vehicle{
		VIN: "YV1", Plate: "ABC 123", Country: "SE", FleetID: -7, UUID: [16]byte{1, 15: 2}, Make: "Volvo", ModelYear: 2024, BodyStyle: 3, Color: "blå",
		Doors: 5, Seats: 2, Nickname: ptr("Bertha"), Aliases: []string{"", "van 7"}, Barcode: []byte{0, 255}, Revision: 1 << 60,
		Ordered: depot.At, FirstUse: ptr(harbor.At), PurchasePrice: money(4_500_000, "SEK"), Leased: true, LeaseMonths: 36, LeaseRate: 0.049, Dealer: dealer,
		PremiumClass: -3, TaxClass: -300, TaxPaid: true, TaxDue: money(-1, "SEK"), TitleScan: []byte{1}, Documents: []bigstruct.Document{{Title: "title", Pages: 2, Scan: []byte("scan"), Valid: shift}, {}},
		Certificates: map[string]time.Time{"adr": depot.At}, Inspections: []bigstruct.Inspection{{At: depot.At, Station: "Solna", Passed: true, Findings: []string{"rust"}, Odometer: 99}, {}},
		RecallNumbers: []uint32{1, 2}, OpenRecalls: map[uint32]string{2: "airbag"}, WarrantyMileage: 100_000, Warranty: 3 * 8760 * time.Hour,
		LengthMM: 5020, AxleLoadsKG: [3]uint16{1000, 1200}, TireSize: "235/65", TirePressures: [4]float32{2.4, 2.4, 2.6, 2.6}, TireTemps: [4]int8{-20, 20},
		TireSerials: [4]string{"a", "", "c", "dd"}, SpareTire: true, PaintThickness: [8]uint8{7: 120}, CenterOfGravity: [3]float64{1, -0.5, 0.25},
		Engine: diesel, SecondEngine: &bigstruct.Engine{}, Gearbox: "auto", Gears: -1, GearRatios: []float32{4.15, 2.37}, OilQuality: ptr(float32(0.9)), CoolantTemp: -40,
		EngineTime: time.Hour, FuelUsedML: math.MaxUint64, FaultCodes: []string{"P0420"}, FaultHistory: map[string][]time.Time{"P0420": {depot.At, {}}, "": nil},
		Calibration: [2][3]float32{{1, 2, 3}, {4, 5, 6}}, KnockSpectrum: []complex64{1 + 2i, -1i}, CrankResonance: complex(-3, 4),
		Battery: &bigstruct.Battery{Serial: "B1", Capacity: 75.5, Cells: 96, Cycles: 300, Modules: []string{"m1", "m2"}}, StarterImpedance: complex(0.01, -0.02), ChargeEnds: ptr(depot.At),
		ChargeSchedule: [7]bigstruct.Window{shift, 6: shift}, ChargeCurve: []bigstruct.ChargePoint{{Percent: 10, KW: 150}, {Percent: 80, KW: 50}}, LastCharge: bigstruct.Charge{Station: "depot", At: depot, Started: depot.At, Took: time.Hour, EnergyWH: 40_000, Paid: ptr(money(12, "EUR"))},
		CellTemps: []int8{-1, 1}, CellVolts: []uint16{3700}, BalanceWH: map[int16]int32{-1: -100}, EnergyUsedWH: math.MinInt64,
		Position: harbor, Accelerations: [3]float32{0.1, -0.2, 9.8}, Odometer: 123_456, Moving: true, ParkedAt: &depot, GarageAddress: *dealer.Address, Zone: '☃',
		ZonesEntered: map[string]uint32{"inner": 3, "": 0}, Route: []bigstruct.Position{depot, harbor}, ETA: ptr(time.Time{}), Delay: -time.Minute,
		Trips:     []bigstruct.Trip{{From: depot, To: harbor, Driver: "Ada", Meters: 400_000, Purpose: "delivery", Stops: []bigstruct.Position{depot}}, {}},
		DeviceMAC: [6]byte{1, 2, 3, 4, 5, 6}, FirmwareHash: [32]byte{31: 1}, SignalDBM: -113, Reboots: math.MinInt, PacketsSent: math.MaxUint, SessionKey: []byte{},
		Features: map[bigstruct.Feature]bool{1: true, 2: false}, Settings: map[string]string{"unit": "km"}, Sensors: map[uint16]bigstruct.Sensor{7: {Unit: "°C", Value: -4.5, At: harbor.At}},
		Driver: &dealer, Drivers: []bigstruct.Contact{dealer, {}}, Bookings: map[int64]bigstruct.Window{-1: shift}, KeyCards: [][8]byte{{1}, {7: 2}}, SeatPosition: [6]int16{-1, 5: 1},
		Fines: []bigstruct.Money{money(80, "EUR"), {}}, Accidents: []bigstruct.Accident{{At: depot.At, Where: harbor, Report: "a bump", Damage: money(1, "SEK"), Photos: [][]byte{{1}, nil, {}}, Involved: []string{"Ada"}}}, Allowance: &bigstruct.Money{},
		Restrictions: []bigstruct.Feature{9}, Remarks: "none", ServicePartner: &bigstruct.Contact{Name: "Bo"}, ServiceCost: money(5, "SEK"),
		ServiceLog:   []bigstruct.Service{{At: depot.At, Odometer: 10, Work: []string{"oil"}, Parts: map[string]uint16{"filter": 1}, Cost: money(2, "SEK")}},
		PartsInStock: map[string]int{"wiper": -1}, PartsOrdered: map[string][]bigstruct.Money{"lamp": {money(3, "SEK")}}, Photos: [][]byte{{9}}, Tags: []string{"van"},
		Labels: map[string]string{"team": "north"}, Ratings: []int8{5, -5}, Extras: map[string]map[string]float64{"roof": {"rack": 1.5}, "none": nil},
		Version: -2, ChangedBy: "ada", Created: depot.At, Changed: harbor.At,
	}
	v.Checks.Brakes, v.Checks.Horn = true, true
	return v
}
