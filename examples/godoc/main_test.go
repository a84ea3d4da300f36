package main

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/internal/redistest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(redistest.Main(m)) }
