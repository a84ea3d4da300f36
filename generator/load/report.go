package load

import (
	"errors"
	"go/token"

	"github.com/cachegen/cachegen/generator/diag"
)

// reporter turns positions of a file set into diagnostics.
type reporter struct {
	fset  *token.FileSet
	diags *diag.List
}

// at reports a mistake.
func (r reporter) at(pos token.Pos, hint, format string, args ...any) {
	r.diags.Add(r.fset.Position(pos), hint, format, args...)
}

// mistakes is the number of mistakes so far.
func (r reporter) mistakes() int { return len(*r.diags) }

// wrong says what is wrong with a value, and what to write instead.
type wrong struct {
	msg, hint string
	offset    int // of the wrong part in the value
}

func (w *wrong) Error() string { return w.msg }

// value reports what is wrong with a value that begins at pos; subject is what
// the value is for.
func (r reporter) value(subject string, pos token.Pos, err error) {
	w := &wrong{msg: err.Error()}
	errors.As(err, &w)
	r.at(pos+token.Pos(w.offset), w.hint, "%s: %s", subject, w.msg)
}
