package redistier

// keyArg is a key among the arguments of a command. A pointer to one goes into an any as
// it is, where each string would be allocated once more, and prints as its key.
type keyArg struct{ key []byte }

// MarshalBinary implements encoding.BinaryMarshaler: the client writes what it returns.
func (k *keyArg) MarshalBinary() ([]byte, error) { return k.key, nil }

func (k *keyArg) String() string { return string(k.key) }

// mget returns the arguments of MGET of keys.
func mget(keys []string) []any {
	size := 0
	for _, key := range keys {
		size += len(key)
	}
	text, own, args := make([]byte, 0, size), make([]keyArg, len(keys)), make([]any, 1+len(keys))
	args[0] = "mget"
	for i, key := range keys {
		start := len(text)
		text = append(text, key...)
		own[i].key = text[start:len(text):len(text)]
		args[1+i] = &own[i]
	}
	return args
}
