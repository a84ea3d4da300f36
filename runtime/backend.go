package runtime

import "context"

// backendEngine is a RemoteEngine over a Backend of the user's.
type backendEngine struct{ backend Backend }

// BackendEngine returns the engine of a backend tier. A batch is read and
// written key by key, since a Backend knows no batches, until its caller leaves.
func BackendEngine(b Backend) RemoteEngine { return backendEngine{b} }

func (e backendEngine) Read(ctx context.Context, reads []RemoteRead) error {
	for i := range reads {
		if err := ctx.Err(); err != nil {
			return err
		}
		r := &reads[i]
		r.Raw, r.Found, r.Err = e.backend.Read(ctx, []byte(r.Key))
	}
	return nil
}

func (e backendEngine) Write(ctx context.Context, writes []RemoteWrite) error {
	for i := range writes {
		if err := ctx.Err(); err != nil {
			return err
		}
		w := &writes[i]
		w.Err = e.backend.Write(ctx, []byte(w.Key), w.Raw)
	}
	return nil
}

func (e backendEngine) Remove(ctx context.Context, removes []RemoteRemove) error {
	for i := range removes {
		if err := ctx.Err(); err != nil {
			return err
		}
		r := &removes[i]
		r.Removed, r.Err = e.backend.Remove(ctx, []byte(r.Key))
	}
	return nil
}
