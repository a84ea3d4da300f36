package shop

// The generated codec is for its package alone; the bench measures it by itself.

// AppendSmall appends *v to dst.
func AppendSmall(dst []byte, v *Small) ([]byte, error) { return appendSmall(dst, v) }

// DecodeSmall sets *v, which is zero; text is data, or empty.
func DecodeSmall(v *Small, data []byte, text string) error { return decodeSmall(v, data, text) }

// AppendProduct appends *v to dst.
func AppendProduct(dst []byte, v *Product) ([]byte, error) { return appendProduct(dst, v) }

// DecodeProduct sets *v, which is zero; text is data, or empty.
func DecodeProduct(v *Product, data []byte, text string) error { return decodeProduct(v, data, text) }

// AppendBlob appends *v to dst.
func AppendBlob(dst []byte, v *Blob) ([]byte, error) { return appendBlob(dst, v) }

// DecodeBlob sets *v, which is zero; text is data, or empty.
func DecodeBlob(v *Blob, data []byte, text string) error { return decodeBlob(v, data, text) }
