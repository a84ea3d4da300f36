package fleet

// The generated codec is for its package alone; the bench measures it by itself.

// AppendVehicle appends *v to dst.
func AppendVehicle(dst []byte, v *Vehicle) ([]byte, error) { return appendVehicle(dst, v) }

// DecodeVehicle sets *v, which is zero; text is data, or empty.
func DecodeVehicle(v *Vehicle, data []byte, text string) error { return decodeVehicle(v, data, text) }
