# The commands of this repository. `make` alone lists them.

GO       ?= go
FUZZTIME ?= 30s

# How long a soak is.
SEEDS      ?= 1000000
OPERATIONS ?= 1000000
SWEEP      ?= 50
MUTATIONS  ?= 10000000

# Modules of their own below this one: `./...` does not reach into them.
MODULES := examples golden/wild bench

STATICCHECK  := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOLANGCILINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# The race detector needs a C compiler; without one, Go sets CGO_ENABLED to 0.
RACE := $(if $(filter 1,$(shell $(GO) env CGO_ENABLED)),-race)

# Packages with goroutines have their tests look for leaked ones, so they import
# goleak: these run under the race detector, except for those of golden/ that have
# one goroutine ask and so import nothing to synchronise with. All others run without
# it, in a fraction of the time, and so do those with tests that the detector would
# disturb, such as counts of allocations: they import internal/race to skip them.
TESTED     = $(GO) list -f '{{.ImportPath}} {{.TestImports}} {{.XTestImports}}' ./...
RACED      = (/go.uber.org\/goleak/ && (!/\/golden\// || /[[ ](sync|testing\/synctest)[] ]/))
CONCURRENT = $(TESTED) | awk '$(RACED) { print $$1 }'
SINGLE     = $(TESTED) | awk '!$(RACED) || /[[ ][^ ]*internal\/race[] ]/ { print $$1 }'

# Files that are meant to be wrong lie in testdata.
GOFILES = find . -name '*.go' -not -path '*/testdata/*'

.DEFAULT_GOAL := help

.PHONY: help
help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## watch a generated cache work on the documentation of Go's standard library
	@cd examples/godoc && $(GO) generate . && $(GO) run .

# Compiling is most of what these do on a fresh machine, and collecting garbage is a
# fifth of that.
test lint check: export GOGC = 300

.PHONY: test
test: redis ## run all tests, against a real redis-server (`make lint` is what vets)
	$(if $(RACE),,@echo 'make: no C compiler, so no race detector' >&2)
	$(if $(RACE),$(GO) test -vet=off $(RACE) $$($(CONCURRENT)))
	$(GO) test -vet=off $(if $(RACE),$$($(SINGLE)),./...)
	cd examples && $(GO) test -vet=off $(RACE) ./...
	cd golden/wild && $(GO) test -vet=off ./...

.PHONY: test-bench
test-bench: redis ## vet the bench, and test what the bench measures with: codecs by hand, peers, the sums, plots
	cd bench && $(GO) vet ./... && $(GO) test . ./hand ./peers ./measure

.PHONY: bench
bench: redis ## measure beside code by hand and peers; BENCH='-short -run memory' for a part of it, -cpu on a busy machine
	cd bench && $(GO) run . $(BENCH)

.PHONY: bench-docs
bench-docs: redis ## measure all and write docs/performance.md with its plots; it wants the machine for itself
	cd bench && $(GO) run . -docs ../docs $(BENCH)

.PHONY: soak
soak: redis ## run SEEDS (1000000) schedules of each race, OPERATIONS (1000000) while Redis is killed ten times, and SWEEP (50) packages that nobody has thought of
	SEEDS=$(SEEDS) $(GO) test -count=1 -timeout 2h -run '^TestRaces$$' -v ./golden/races
	OPERATIONS=$(OPERATIONS) RESTARTS=10 $(GO) test $(RACE) -count=1 -timeout 2h -run '^TestSoak$$' -v ./golden/product
	SWEEP=$(SWEEP) $(GO) test -count=1 -timeout 2h -run '^TestSweep$$' -v ./cmd/cachegen

.PHONY: golden
golden: ## make the outputs in golden/ again
	$(GO) run ./cmd/cachegen ./golden/...

.PHONY: stored
stored: ## store the encoded values in testdata again, where runtime.FormatVersion allows it
	STORE=1 $(GO) test -count=1 -run '^(TestCodec|Fuzz)' ./golden/...
	cd golden/wild && STORE=1 $(GO) test -count=1 -run '^TestCodec$$' ./...

.PHONY: generate
generate: golden ## make all generated files again
	@set -e; for dir in $(MODULES); do (set -x; cd $$dir && $(GO) generate ./...); done

.PHONY: check
check: ## fail if a generated file is not what its source asks for
	@fresh=true; \
	$(GO) run ./cmd/cachegen -check ./golden/... || fresh=false; \
	for dir in $(MODULES); do (cd $$dir && $(GO) tool cachegen -check ./...) || fresh=false; done; \
	$$fresh || { echo 'Generated files are not fresh. Run: make generate' >&2; exit 1; }

.PHONY: lint
lint: ## look at format, vet and staticcheck, generated code included; lint-full looks at the bench too
	@unformatted=$$($(GOFILES) -exec gofmt -l {} +); \
	test -z "$$unformatted" || { echo "Not as gofmt has it. Run: gofmt -w" $$unformatted >&2; exit 1; }
	@set -e; for dir in . examples golden/wild; do (set -x; cd $$dir && $(GO) vet ./... && $(GO) run $(STATICCHECK) ./...); done

.PHONY: lint-full
lint-full: lint ## look at all that .golangci.yml names; it builds golangci-lint first, which takes minutes
	@set -e; for dir in . $(MODULES); do (set -x; cd $$dir && $(GO) run $(GOLANGCILINT) run ./...); done

.PHONY: fuzz
fuzz: ## run each fuzz target for FUZZTIME (30s)
	@$(GO) list ./... | while read -r pkg; do \
		$(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz' | while read -r target; do \
			(set -x; $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$pkg) || exit 1; \
		done || exit 1; \
	done

.PHONY: mutate
mutate: ## decode MUTATIONS (10000000) changed encodings of each type in golden/, which is quicker than fuzzing
	MUTATIONS=$(MUTATIONS) $(GO) test -count=1 -p 1 -timeout 6h -run '^TestCodec$$' -v ./golden/... | grep -v '^=== '

.PHONY: redis
redis: ## install redis-server, which the tests need, if it is not there
	@.ci/redis

.PHONY: ci
ci: ## do all that is done before a change is taken
	@.ci/run
