package races

import (
	"os/exec"
	"testing"

	detector "github.com/cachegen/cachegen/internal/race"
)

// TestWithoutRemedies runs TestMutants, which needs a build of its own: with the
// remedies switched off the explorers must see the races.
func TestWithoutRemedies(t *testing.T) {
	if detector.Enabled {
		t.Skip("runs once, without the race detector")
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-tags=cachegen_mutants", "-run=^TestMutants$", "-v", ".")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v: %v\n%s", cmd, err, out)
	}
}
