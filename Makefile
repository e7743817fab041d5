# The commands of the house. The builds themselves are the presets of CMakePresets.json.
#
#   make          build build/blondel              make test    build and test everything
#   make run      start a meter, with its page     make bench   measure the speed
#   make deps     install what is missing          make fuzz    fuzz every parser, FUZZ_S=600 each
#   make sim      a thousand lives of meters, SIM_SEEDS=1000 SIM_DAYS=400
#   make format   put the code in shape            make clean   remove what was built

MAKEFLAGS += --no-print-directory
MODEL ?= SED302
FUZZ_S ?= 600
SIM_SEEDS ?= 1000
SIM_DAYS ?= 400

build: configure
	@cmake --build build --target blondel

configure:
	@tools/bootstrap --check build
	@cmake --preset default $(QUIET)

deps:
	@tools/bootstrap build page test

run:
	@echo "make run: looking for what is missing"
	@tools/bootstrap build page
	@echo "make run: building"
	@$(MAKE) build QUIET=">/dev/null"
	@exec build/blondel run $(MODEL)

test:
	@echo "make test: looking for what is missing"
	@tools/bootstrap build page test
	@tools/check

bench:
	@tools/bootstrap bench
	@cmake --preset default >/dev/null
	@cmake --build build
	@tools/bench

fuzz:
	@tools/bootstrap build test
	@tools/fuzz --seconds $(FUZZ_S)

sim:
	@tools/bootstrap build test
	@cmake --preset default >/dev/null
	@cmake --build build --target sim_check
	@build/tests/sim_check --seeds $(SIM_SEEDS) --days $(SIM_DAYS)

format:
	@tools/check --format

clean:
	rm -rf build build-*

.PHONY: build configure deps run test bench fuzz sim format clean
