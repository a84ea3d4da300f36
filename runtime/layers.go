package runtime

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
)

// The composition envelope is what a whole cache stores and returns as a raw tier:
//
//	magic "cgl", version, flags: which layers, absence   5 bytes
//	length of the source path, the path                  2 and more
//	for each layer: codec, compression, length, payload  6 and more
//	CRC-32C of all before it                             4
//
// Each layer has the encoding of its own tiers. The path is that of the tier that
// answered, from the composition on.
type layers struct {
	source string
	absent bool
	l1, l2 *layer
}

// layer is the part of one layer.
type layer struct {
	codec, compression byte
	payload            []byte
}

const (
	layerL1     = 1
	layerL2     = 2
	layerAbsent = 4
)

// errLayers is returned by the Write of a composed cache.
var errLayers = errors.New("cachegen: data is no composition envelope")

func (e *layers) seal() []byte {
	flags := byte(0)
	if e.l1 != nil {
		flags |= layerL1
	}
	if e.l2 != nil {
		flags |= layerL2
	}
	if e.absent {
		flags |= layerAbsent
	}
	b := []byte{'c', 'g', 'l', FormatVersion, flags}
	b = binary.LittleEndian.AppendUint16(b, uint16(len(e.source)))
	b = append(b, e.source...)
	for _, l := range []*layer{e.l1, e.l2} {
		if l != nil {
			b = append(b, l.codec, l.compression)
			b = binary.LittleEndian.AppendUint32(b, uint32(len(l.payload)))
			b = append(b, l.payload...)
		}
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

func (e *layers) open(b []byte) error {
	if len(b) < 11 || string(b[:3]) != "cgl" || b[3] != FormatVersion || b[4]&^7 != 0 {
		return errLayers
	}
	end := len(b) - 4
	if crc32.Checksum(b[:end], castagnoli) != binary.LittleEndian.Uint32(b[end:]) {
		return errLayers
	}
	flags, rest := b[4], b[5:end]
	n := int(binary.LittleEndian.Uint16(rest))
	if rest = rest[2:]; n > len(rest) {
		return errLayers
	}
	e.source, rest = string(rest[:n]), rest[n:]
	e.absent = flags&layerAbsent != 0
	for _, part := range []struct {
		flag byte
		l    **layer
	}{{layerL1, &e.l1}, {layerL2, &e.l2}} {
		if flags&part.flag == 0 {
			continue
		}
		if len(rest) < 6 || uint64(len(rest)-6) < uint64(binary.LittleEndian.Uint32(rest[2:])) {
			return errLayers
		}
		l := &layer{codec: rest[0], compression: rest[1]}
		n := int(binary.LittleEndian.Uint32(rest[2:]))
		l.payload, rest = rest[6:6+n], rest[6+n:]
		*part.l = l
	}
	if len(rest) != 0 || e.l1 == nil && e.l2 == nil {
		return errLayers
	}
	return nil
}

// layer returns the slot's value as a layer in a format.
func (op *Op[K, V]) layer(s *slot[K, V], format int) (*layer, error) {
	payload, err := op.payload(s, format)
	if err != nil {
		return nil, err
	}
	codec, compression := op.core.spec.names(format)
	return &layer{codec: codec, compression: compression, payload: payload}, nil
}

// unlayer sets the slot's value from a layer, which is for some of the tiers. source
// is that of its envelope.
func (op *Op[K, V]) unlayer(s *slot[K, V], l *layer, tiers uint64, source string) error {
	if s.status == Absent {
		return nil
	}
	tier := op.layerTier(l, tiers, source)
	if tier == nil {
		return fmt.Errorf("%w: no tier has its format", errLayers)
	}
	var zero V
	s.value = zero
	if why := op.take(s, tier, bytes.Clone(l.payload), ""); why != reasonNone {
		return fmt.Errorf("%w: %s", errLayers, why)
	}
	return nil
}

// layerTier returns a tier with the layer's format: the source, which has encoded
// it, or else another of its tiers, or any. Codecs of the user's all have one name.
func (op *Op[K, V]) layerTier(l *layer, tiers uint64, source string) (found *tierBase) {
	best := -1
	for _, t := range op.core.leaves {
		b := t.base()
		codec, compression := op.core.spec.names(b.outside())
		if codec != l.codec || compression != l.compression {
			continue
		}
		rank := 0
		if b.selected(tiers) {
			rank++
			if _, path, _ := strings.Cut(b.Path, "."); path == source {
				rank++
			}
		}
		if rank > best {
			best, found = rank, b
		}
	}
	return found
}
