# `make` lists the targets. CARGO_TARGET_DIR is respected.

TARGET := $(abspath $(or $(CARGO_TARGET_DIR),target))
RELEASE := $(TARGET)/release
IMAGES := $(RELEASE)/wasi-aot-shim-images
SHIM := --manifest-path runtime-shim/Cargo.toml --target-dir $(TARGET)/shim

# A shell ignores INT and QUIT for its jobs in the background, and nohup ignores HUP. Tests of
# programs that such a signal ends need the default.
CARGO_TEST = env --default-signal=HUP,INT,QUIT cargo test

# A suite prints its failures where it ends, far above the last line of a run of all suites.
# So the list of failures is printed again at the end.
TEST_ALL = rm -f $(TARGET)/failures; $(CARGO_TEST) --release --workspace --no-fail-fast
OR_SAY_WHAT_FAILED = || { echo "failed:"; cat $(TARGET)/failures 2>/dev/null; exit 1; }

.DEFAULT_GOAL := help
.PHONY: help build shims dist demo test test-all test-std test-std-exec test-passes test-shim test-aarch64 test-aarch64-system test-dist spec-results cost differential differential-go fuzz bench tools docs lint bless

help: ## List the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

build: ## Build wasi-aot, and beside it libwasi_aot_shim.a and wasi-aot.ld for linking with ld
	@test -e $(RELEASE)/wasi-aot || echo "compiling the tool: 3 to 5 minutes on two cores, half of them for Cranelift"
	cargo build --release -p wasi-aot -p wasi-aot-shim-images
	@$(IMAGES) library linux/amd64 $(TARGET)/shim-images $(RELEASE)/libwasi_aot_shim.a
	@$(IMAGES) script $(RELEASE)/wasi-aot.ld
	@cp cli/go_wasip1_wasm_exec $(RELEASE)/
	@echo "built $(RELEASE)/wasi-aot"

# The compiler embeds the images; they are committed with a record of what built them.
shims: ## Build the runtime's images for all targets from source, runtime-shim/images
	tests/setup-aarch64.sh rust
	cargo build --release -p wasi-aot-shim-images
	$(IMAGES) build $(TARGET)/shim-images

dist: build ## Pack wasi-aot for both hosts, with checksums, into target/dist
	tests/setup-aarch64.sh rust
	@mkdir -p $(TARGET)/dist
	cli/dist.sh linux-amd64 $(TARGET) $(TARGET)/dist
	cli/dist.sh linux-arm64 $(TARGET) $(TARGET)/dist
	cd $(TARGET)/dist && sha256sum *.tar.gz | tee SHA256SUMS

test-dist: dist ## Try the archives: both build a program for both targets
	@tests/setup-aarch64.sh qemu
	tests/dist.sh $(TARGET)/dist $(TARGET)/test-dist

demo: build ## Compile two Go programs to native executables and run them
	@WASI_AOT=$(RELEASE)/wasi-aot OUT=$(TARGET)/demo tests/demo.sh

test: build tools test-shim ## Run the tests: newest Go in full, a part of the other versions and flags
	$(TEST_ALL) $(OR_SAY_WHAT_FAILED)
	@tests/wasi-suite.sh report

test-all: export WASI_AOT_TEST_MATRIX = all
test-all: build tools test-shim ## Run the tests with every Go version and every set of flags
	$(TEST_ALL) $(OR_SAY_WHAT_FAILED)
	@tests/wasi-suite.sh report

# STD="net/http,time" chooses packages, FILTER=go1.27.3 a version.
test-std: build tools ## Run the tests of Go's own library, compiled with and without knowledge of Go
	WASI_AOT_STD=$(or $(STD),all) $(CARGO_TEST) --release --workspace --test std -- $(FILTER)

# STD="net/http,time" chooses packages; WASMTIME=1 runs them under wasmtime as well, but not those
# with the overlay. Without STD and FILTER, tests/std-overlay/RESULTS.md is rewritten, and with
# WASMTIME=1 tests/std-exec/RESULTS.md as well.
test-std-exec: build tools ## Run go test -exec 'wasi-aot run' over Go's own library, then what the overlay changes with it
	WASI_AOT_STD_EXEC=$(or $(STD),all) WASI_AOT_STD_EXEC_WASMTIME=$(WASMTIME) \
		$(CARGO_TEST) --release --workspace --no-fail-fast --test std-exec --test std-overlay -- $(FILTER)
	$(if $(STD)$(FILTER),,cp $(TARGET)/std-overlay/results.md tests/std-overlay/RESULTS.md)
	$(if $(STD)$(FILTER),,$(if $(WASMTIME),cp $(TARGET)/std-exec/results.md tests/std-exec/RESULTS.md))

# SECONDS=60 for each target, FUZZ="compile go" chooses targets. `make test` runs the inputs
# that were found before.
fuzz: ## Run libFuzzer over the compiler; tests/fuzz/run.sh
	tests/fuzz/run.sh $(or $(SECONDS),3600) $(FUZZ)

spec-results: ## Rewrite the results of WebAssembly's own tests, tests/spec/RESULTS.md; review the diff
	WASI_AOT_BLESS=1 $(CARGO_TEST) --release --workspace --test spec

# CONFIG=general chooses a kind of modules; MODULES=1 SEED=7 runs one module again. Modules
# with different results are kept in target/differential.
DIFFERENTIAL = WASI_AOT_DIFFERENTIAL=1 WASI_AOT_DIFFERENTIAL_SECONDS=$(SECONDS) \
	WASI_AOT_DIFFERENTIAL_SEED=$(SEED) WASI_AOT_DIFFERENTIAL_CONFIG=$(CONFIG) \
	WASI_AOT_DIFFERENTIAL_MODULES=$(MODULES) $(CARGO_TEST) --release --workspace --test

differential: ## Compare random modules with an interpreter, for SECONDS=600
	$(DIFFERENTIAL) differential

differential-go: build tools ## Compare random Go programs with native Go, for SECONDS=600
	$(DIFFERENTIAL) differential-go

# SEED=7 begins at another seed. Modules that are too expensive are kept in target/cost.
cost: build ## Search for modules that cost too much to build, for SECONDS=600
	WASI_AOT_COST_SECONDS=$(or $(SECONDS),600) WASI_AOT_COST_SEED=$(SEED) \
		$(CARGO_TEST) --release --workspace --test cost

# SUITES="wasi edges" chooses suites, PASSES="values narrow" passes, FILTER=concurrency tests.
PASSES_SUITES := adversarial differential go spec wasi
test-passes: build tools ## Run suites once for each pass of the compiler, without that pass
	@rm -f $(TARGET)/failures
	@tests/passes.sh $(or $(SUITES),$(PASSES_SUITES)) $(OR_SAY_WHAT_FAILED)

# A workspace of its own, so `cargo test --workspace` leaves it out.
test-shim:
	cargo test $(SHIM)

AARCH64_SUITES := adversarial codegen command differential differential-go edges executable go imports programs spec std std-overlay wasi

# SUITES="wasi edges" chooses suites, FILTER=alpha tests. Tests that need a real kernel are in test-aarch64-system.
test-aarch64: export WASI_AOT_TEST_TARGET = linux/arm64
test-aarch64: build tools ## Run the suites' executables for linux/arm64 under qemu-user
	@tests/setup-aarch64.sh rust qemu
	$(TEST_ALL) $(addprefix --test ,$(or $(SUITES),$(AARCH64_SUITES))) $(if $(FILTER),-- "$(FILTER)") $(OR_SAY_WHAT_FAILED)

# MACHINE="16k" chooses machines by name. PAGES=1 first builds a kernel with pages of 64 KiB;
# later runs use that kernel, too.
test-aarch64-system: build tools ## Run executables for linux/arm64 on real kernels, in emulated machines
	@tests/setup-aarch64.sh rust system $(if $(PAGES),pages)
	$(CARGO_TEST) --release --workspace --test kernel -- $(if $(MACHINE),"$(MACHINE)")

# PROGRAMS="json sorts", RUNTIMES="native ours" and ROUNDS=1 make a run quick.
bench: build ## Measure against native Go and other runtimes; bench/README.md
	@bench/run.py --wasi-aot $(RELEASE)/wasi-aot --out $(TARGET)/bench --rounds $(or $(ROUNDS),5) \
		--programs "$(PROGRAMS)" --runtimes "$(RUNTIMES)"

tools:
	@tests/setup.sh matrix
	@tests/wasi-suite.sh get

# FILTER=docs/recipes chooses documents; BLESS=1 writes the outputs into the documents.
docs: build tools ## Run the commands of the documents, and follow their links
	WASI_AOT_BLESS=$(BLESS) $(CARGO_TEST) --release --workspace --test docs -- $(FILTER)

lint: ## Check formatting and run clippy, warnings as errors
	cargo fmt --all --check
	cargo fmt --manifest-path runtime-shim/Cargo.toml --check
	cargo clippy --release --workspace --all-targets -- -D warnings
	cargo fmt --manifest-path tests/fuzz/Cargo.toml --check
	cargo clippy $(SHIM) --all-targets -- -D warnings
	cargo clippy $(SHIM) --features again,corrupt,eager -- -D warnings

bless: ## Rewrite the expectations of the golden tests; review the diff
	WASI_AOT_BLESS=1 $(CARGO_TEST) --release --workspace --test golden
