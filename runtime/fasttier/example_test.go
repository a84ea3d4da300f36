package fasttier_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cachegen/cachegen/golden/memory"
	"github.com/cachegen/cachegen/runtime/fasttier"
)

// A process saves what it has in memory before it ends, and the next one starts with
// that instead of asking the database for everything.
func ExampleSaveFile() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "notes.warm")

	for _, process := range []string{"first", "second"} {
		if err := run(context.Background(), process, path); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// first: loaded 0, saved 1
	// second: loaded 1, saved 1
}

func run(ctx context.Context, process, path string) error {
	notes, err := memory.NewNoteCache(memory.NoteCacheConfig{})
	if err != nil {
		return err
	}
	defer notes.Close(ctx)

	loaded, err := fasttier.LoadFile(ctx, path, notes.Backend())
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // at the first start there is no file
		fmt.Println("starting cold:", err)
	}
	if _, err := notes.GetOrLoad(ctx, "n1", fromDatabase); err != nil {
		return err
	}
	saved, err := fasttier.SaveFile(ctx, path, notes.Backend()) // before Close
	fmt.Printf("%s: loaded %d, saved %d\n", process, loaded.Entries, saved)
	return err
}

func fromDatabase(context.Context, string) (memory.Note, error) {
	return memory.Note{ID: "n1", Title: "Warm starts"}, nil
}
