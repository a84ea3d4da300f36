package codectest

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// differ asks a codec of somebody else's whether the decoded value is the one
// that was encoded: encoding/json, where it can say the value, which tells nil
// from empty and sorts maps; else encoding/gob, which does neither. Both see
// exported fields only.
func (c Codec[V]) differ(t tb, v, decoded *V) {
	t.Helper()
	stored := *v
	if s := reflect.ValueOf(&stored).Elem(); s.Kind() == reflect.Struct {
		for i := range s.NumField() {
			if f := s.Type().Field(i); f.IsExported() && skipped(f) {
				s.Field(i).SetZero()
			} else if holds(f.Type, anySkipped) {
				return // it would have to be copied first
			}
		}
	}
	want, err := json.Marshal(&stored)
	if err == nil {
		if got, err := json.Marshal(decoded); err != nil || !bytes.Equal(got, want) {
			t.Errorf("encoding/json sees another value: %v\n%s\nwant\n%s", err, got, want)
		}
		return
	}
	a, err := throughGob(&stored)
	if err != nil {
		return // neither can say it
	}
	b, err := throughGob(decoded)
	if err != nil {
		t.Errorf("encoding/gob can say the value, and not what was decoded: %v", err)
		return
	}
	if d := cmp.Diff(a, b, append(c.options(), cmpopts.EquateEmpty())...); d != "" {
		t.Errorf("encoding/gob sees another value:\n%s", d)
	}
}

func throughGob[V any](v *V) (back *V, err error) {
	defer func() {
		if r := recover(); r != nil { // as it does for a nil *time.Time in a map
			err = fmt.Errorf("encoding/gob: %v", r)
		}
	}()
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(v); err != nil {
		return nil, err
	}
	back = new(V)
	return back, gob.NewDecoder(&b).Decode(back)
}

// anySkipped reports whether a type is a struct with a field that is not stored.
func anySkipped(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.Name != "_" && skipped(f) {
			return true
		}
	}
	return false
}
