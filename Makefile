# make help lists the targets. CONTRIBUTING.md explains them.

# One TLS library at most: openssl, gnutls, mbedtls, or none (only UDP and TCP).
BACKEND ?= openssl
# Where `make install` puts what. TOOL= leaves out syslog-tls, MAN= the manual pages. FROM=FOLDER
# installs the programs that are in it, as of a cross build, and builds none.
PREFIX ?= /usr
SBINDIR ?= $(PREFIX)/sbin
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
DESTDIR ?=
TOOL ?= $(if $(FROM),$(wildcard $(FROM)/syslog-tls),$(TRAIT))
MAN ?= 1
FROM ?=
INSTALLED = $(or $(FROM),$(FOLDER))
export PATH := $(PATH):/opt/swift/usr/bin
SWIFT ?= swift
STRIP ?= strip
INSTALL ?= install
# Set to link the TLS library's archive into the program (openssl, mbedtls).
STATIC ?=
# Set to make syslogd and syslog-tls one program, which is either by the name that it is called by.
# An archive would be on flash twice otherwise: MULTICALL= for a router without syslog-tls.
MULTICALL ?= $(STATIC)
# Set for a product that refuses to connect without a FIPS module (openssl, gnutls), at
# build/BACKEND-fips/.
FIPS ?=
# More options for swift build. A cross build needs --triple and --toolset; Scripts/cross sets them,
# and a name for its folders.
SWIFT_FLAGS ?=
CROSS ?=
# glibc, or musl, in a cross build.
LIBC ?=
# A cross build against headers and libraries of another build system, and what clang is told besides.
SYSROOT ?=
SYSROOT_FLAGS ?=
# Set when the libc that the program will meet applies relative relocations: glibc since 2.36, musl
# since 1.2.4. On an older one the program would die at its start. By default set for this machine's.
RELATIVE_RELOCATIONS ?= $(if $(CROSS)$(findstring --triple,$(SWIFT_FLAGS)),,$(filter 1,$(shell \
  getconf GNU_LIBC_VERSION 2>/dev/null | awk '{ split($$2, v, "."); print (v[1] > 2 || v[2] >= 36) }')))

trait_openssl := OpenSSL
trait_gnutls := GnuTLS
trait_mbedtls := MbedTLS
trait_none :=
KNOWN := openssl gnutls mbedtls none
# What `make deb` makes packages of, and `make dist` archives; without names, these and what is in
# build/cross.
BACKENDS ?= $(KNOWN)
DIST ?=

comma := ,
TRAIT = $(trait_$(BACKEND))

# What is in the program (Sources/Features): SET is `full`, or `seed` for what the first patch of
# BusyBox has; WITH adds features to it, WITHOUT takes some away, e.g. WITHOUT="Rules Check".
SET ?= full
WITH ?=
WITHOUT ?=
set_full := $(shell sed -n 's/^  ."\([A-Za-z0-9]*\)", ".*/\1/p' Package.swift)
set_seed :=
features = $(filter-out $(WITHOUT),$(set_$(SET)) $(filter-out $(set_$(SET)),$(WITH)))
# Another set does not replace the full one.
set_name = $(if $(filter-out full,$(SET))$(WITH)$(WITHOUT),-$(SET)$(subst \
  $(space),,$(WITH:%=+%)$(WITHOUT:%=-%)))
space := $() $()
# Without a trait, SwiftPM would enable the default one.
traits = $(if $(strip $(1)),--traits $(subst $(space),$(comma),$(strip $(1))))
DEFAULTS = $(if $(TRAIT),,--disable-default-traits)

# Small before fast. -O instead of -Osize adds 50 KB and saves a sixth of our own instructions per
# message (Benchmarks/instructions), which hardly shows in the CPU time of Benchmarks/run. Run-time
# checks of exclusive access cost 10 KB; debug builds, and so all unit tests, have them. Each
# function has its own section, so that the linker can drop those that nothing calls. Traps of one
# function share an instruction (3 KB; which check it was is not in the stripped program anyway),
# and no function keeps a frame pointer, which SwiftPM asks for otherwise (8 KB). A build ID would be
# another one in each folder, and nobody has what a debugger would find by it.
SMALL = --omit-frame-pointers -Xswiftc -Xfrontend -Xswiftc -mergeable-traps \
  -Xswiftc -Osize -Xswiftc -enforce-exclusivity=unchecked -Xcc -Os \
  -Xswiftc -Xfrontend -Xswiftc -function-sections -Xcc -ffunction-sections -Xcc -fdata-sections \
  -Xswiftc -use-ld=lld -Xlinker --gc-sections -Xlinker --icf=$(FOLD) -Xlinker -O2 \
  -Xlinker --build-id=none \
  -Xlinker -T -Xlinker $(CURDIR)/Scripts/discard.ld \
  $(if $(RELATIVE_RELOCATIONS),-Xlinker -z -Xlinker pack-relative-relocs)
# Embedded programs are optimised once more as a whole when they are linked (decision 25): 30 KB. A
# function is inlined there only where that makes the caller smaller, and sequences of instructions
# that occur again become functions of their own. Swift does not move the condition of a loop to its
# end, which costs a copy of it (4 KB). On i686 the assembler refuses what the outliner makes.
WHOLE = --experimental-lto-mode=full -Xlinker -mllvm -Xlinker -inline-threshold=-20 \
  $(if $(filter i686%,$(CROSS)),,-Xlinker -mllvm -Xlinker -enable-machine-outliner=always) \
  -Xswiftc -Xllvm -Xswiftc -sil-disable-pass=loop-rotate
# The linker keeps one of several functions that have the same code (6 KB). Swift does not say whose
# address matters, so `safe` spares all of Swift. In our code no address of a function matters; in
# an archive of others it may.
FOLD = $(if $(STATIC)$(STATIC_STDLIB)$(filter %-musl,$(CROSS)),safe,all)
# What hardening-check asks for; position-independent code is the default already.
HARD = -Xcc -fstack-protector-strong -Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now \
  -Xlinker -z -Xlinker noexecstack
# Nothing throws through C and no thread is cancelled, so unwind tables are dead weight.
NO_UNWINDING = -Xcc -fno-unwind-tables -Xcc -fno-asynchronous-unwind-tables \
  -Xcc -fomit-frame-pointer

# The clock floor needs the time of the build; a reproducible build sets it.
BUILT = $(if $(SOURCE_DATE_EPOCH),-Xcc -DCPOSIX_BUILD_TIME=$(SOURCE_DATE_EPOCH))

# STATIC=1 links the TLS library's archives. They are in a folder that the linker searches first,
# with no shared object that it would prefer. Our own .pc file replaces the system's, which would
# put the system's folder before it.
archives_openssl := ssl crypto
archives_mbedtls := mbedtls mbedx509 mbedcrypto
ARCHIVES = $(archives_$(BACKEND))
ARCHIVE_FOLDER = $(CURDIR)/build/$(if $(CROSS),cross/$(CROSS)/)archives/$(BACKEND)
# One function of Mbed TLS's archive has a replacement of ours, which comes first
# (Sources/BackendMbedTLS/Verification.swift).
REPLACED = $(if $(filter mbedtls,$(BACKEND)),-Xlinker -z -Xlinker muldefs)
ifneq ($(STATIC),)
  export PKG_CONFIG_PATH = $(ARCHIVE_FOLDER)
endif

ifdef STATIC_STDLIB
  VARIANT = $(set_name)-static
  FLAVOUR = $(DEFAULTS) $(call traits,$(TRAIT) $(features)) --static-swift-stdlib $(SMALL) $(HARD) $(BUILT)
else
  VARIANT = $(set_name)$(if $(STATIC),-archive,$(if $(MULTICALL),-multicall))$(if $(FIPS),-fips)
  FLAVOUR = $(DEFAULTS) $(call traits,$(TRAIT) Embedded $(if $(FIPS),FIPS) $(if $(MULTICALL),Multicall) \
    $(features)) $(SMALL) $(WHOLE) $(HARD) $(BUILT) $(NO_UNWINDING) \
    $(if $(STATIC),-Xswiftc -L$(ARCHIVE_FOLDER) $(REPLACED))
endif

# A build for another machine does not replace that for this one.
SCRATCH = .build/$(if $(CROSS),cross-$(CROSS),product)-$(BACKEND)$(VARIANT)
FOLDER = build/$(if $(CROSS),cross/$(CROSS)/)$(BACKEND)$(VARIANT)
PROGRAM = $(FOLDER)/syslogd
# syslog-tls, the companion program, is of no use in a build without TLS.
PRODUCTS = syslogd $(if $(MULTICALL),,$(if $(TRAIT),syslog-tls))
BUILD = $(SWIFT) build -c release

.DEFAULT_GOAL := product

product: check-backend $(if $(STATIC),archives) ## build/BACKEND/syslogd and its syslog-tls (the default)
	@set -e; mkdir -p $(FOLDER); for product in $(PRODUCTS); do \
	  $(BUILD) --product $$product --scratch-path $(SCRATCH) $(FLAVOUR) $(SWIFT_FLAGS); \
	  program=$(FOLDER)/$$product; \
	  $(STRIP) -s -R .comment -o $$program.new $(SCRATCH)/release/$$product; \
	  if cmp -s $$program.new $$program; then rm $$program.new; \
	  else mv $$program.new $$program; fi; \
	  echo "$$program: $$(stat -c %s $$program) bytes"; done
	@$(if $(MULTICALL),ln -sf syslogd $(FOLDER)/syslog-tls)

check-backend:
	@case " full seed " in *" $(SET) "*) ;; *) \
	  echo "make: SET=$(SET) is neither full nor seed" >&2; exit 1 ;; esac
	@for name in $(WITH) $(WITHOUT); do case " $(set_full) " in *" $$name "*) ;; *) \
	  echo "make: $$name is not one of the features: $(set_full)" >&2; exit 1 ;; esac; done
	@case " $(KNOWN) " in *" $(BACKEND) "*) ;; *) \
	  echo "make: BACKEND=$(BACKEND) is not one of: $(KNOWN)" >&2; exit 1 ;; esac
	@if [ -n "$(STATIC)" ] && [ -n "$(STATIC_STDLIB)" ]; then \
	  echo "make: STATIC and STATIC_STDLIB cannot be combined" >&2; exit 1; fi
	@if [ -n "$(STATIC)" ] && [ -z "$(ARCHIVES)" ]; then \
	  echo "make: STATIC=1 needs BACKEND=openssl or mbedtls: Debian has no archive of" \
	    "everything that GnuTLS needs, and the LGPL asks for a way to relink" >&2; exit 1; fi
	@if [ -n "$(FIPS)" ] && [ -n "$(filter mbedtls none,$(BACKEND))$(STATIC_STDLIB)" ]; then \
	  echo "make: FIPS=1 needs BACKEND=openssl or gnutls, without STATIC_STDLIB" >&2; exit 1; fi
	@if [ -n "$(MULTICALL)" ] && [ -n "$(filter none,$(BACKEND))$(STATIC_STDLIB)" ]; then \
	  echo "make: MULTICALL=1 needs a TLS library and Embedded Swift" >&2; exit 1; fi
	@command -v "$(SWIFT)" >/dev/null || { \
	  echo "make: no Swift in PATH or /opt/swift: see Scripts/bootstrap" >&2; exit 1; }

# Where the C compiler finds them, also when it is a cross compiler.
archives: check-backend
	@mkdir -p $(ARCHIVE_FOLDER)
	@for name in $(ARCHIVES); do \
	  archive=$$($(CC) -print-file-name=lib$$name.a); \
	  [ -e "$$archive" ] || { echo "make: STATIC=1: there is no lib$$name.a" >&2; exit 1; }; \
	  ln -sf "$$archive" $(ARCHIVE_FOLDER)/; done
	@printf 'Name: $(BACKEND)\nDescription: its archives\nVersion: 0\nLibs: %s\n' \
	  "-L$(ARCHIVE_FOLDER) $(ARCHIVES:%=-l%)" >$(ARCHIVE_FOLDER)/$(BACKEND).pc

# Each TLS library and none, in Embedded and in ordinary Swift; then with archives and with FIPS.
all-builds: ## every supported build: each library and none, Embedded and ordinary, archives, FIPS, seed
	@set -e; for backend in $(KNOWN); do \
	  $(MAKE) --no-print-directory product BACKEND=$$backend; \
	  $(MAKE) --no-print-directory product BACKEND=$$backend STATIC_STDLIB=1; done
	@$(MAKE) --no-print-directory product BACKEND=mbedtls STATIC=1
	@$(MAKE) --no-print-directory product BACKEND=openssl STATIC=1
	@$(MAKE) --no-print-directory product BACKEND=openssl FIPS=1
	@set -e; for backend in $(KNOWN); do \
	  $(MAKE) --no-print-directory product BACKEND=$$backend SET=seed; done
	@$(MAKE) --no-print-directory product BACKEND=mbedtls SET=seed STATIC_STDLIB=1

features: ## what WITH adds to a program and WITHOUT takes from it
	@sed -n 's/^  ."\([A-Za-z0-9]*\)", "\(.*\)"),/\1|\2/p' Package.swift | \
	  awk -F'|' '{ printf "%-20s%s\n", $$1, $$2 }'

prices: ## bytes of each feature, by leaving it out of each program: for BackendMatrix.md
	@Scripts/prices

every-set: ## each feature alone left out of BACKEND's program, and each alone added to the seed
	@set -e; for name in $(set_full); do \
	  $(MAKE) --no-print-directory product WITHOUT=$$name; \
	  $(MAKE) --no-print-directory product SET=seed WITH=$$name; done

# LIBC=musl makes one static file. TLS, if any, is then an Mbed TLS that is built for it.
cross: ## programs for TARGET's processor with BACKEND, at build/cross/TARGET/BACKEND; LIBC=musl
	@Scripts/cross "$(TARGET)" $(BACKEND) --libc "$(LIBC)" $(if $(STATIC),--static) \
	  $(if $(SYSROOT),--sysroot "$(SYSROOT)" --flags="$(SYSROOT_FLAGS)")

# LIBC=musl with BACKEND=mbedtls, by the name of what it is for.
router: ## one static file of musl and a reduced Mbed TLS for TARGET, at build/cross/TARGET-musl
	@Scripts/cross "$(TARGET)" mbedtls --libc musl

test-cross: ## builds for each of TARGETS and runs it under qemu-user beside a real collector
	@Tests/Cross/run --build $(TARGETS)

# Those that set the program's clock by a preloaded library cannot be had of a static file.
test-router: router ## the scenarios of TLS with the one static file of TARGET, this machine's processor
	@SYSLOGD_MBEDTLS_BIN=$(CURDIR)/build/cross/$(TARGET)-musl/mbedtls-archive/syslogd \
	  $(SWIFT) test --skip ClockFloor --filter 'Interoperability|Pinning|WireBytes|ManInTheMiddle' \
	  --filter 'CollectorAway|EarlyEnds|ClientCertificates|CheckConnects|Names'

size: product ## size of the program and of our own code, and its limit (size-budget.json)
	@Scripts/size $(PROGRAM) $(SCRATCH)/release/syslogd \
	  --set $(if $(filter -seed,$(set_name)),seed,full)

demo: ## sends a log line over TLS to a real collector; with a wrong pin, it is refused
	@Scripts/demo

# The one file of `make router`; LIBC=glibc: what `make cross` builds with BACKEND.
demo-router: ## boots a virtual router of TARGET (aarch64) and shows its syslogd at work
	@Scripts/demo-router $(or $(TARGET),aarch64) $(if $(filter glibc,$(LIBC)),$(BACKEND))

lint: ## formatting, scripts, fuzz targets, and rules that the compiler does not check
	@Scripts/lint

test: ## lint, all builds, sizes, manual pages, conformance, grid, scenarios, simulations, soak
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory all-builds
	@set -e; for backend in $(KNOWN); do \
	  $(MAKE) --no-print-directory size BACKEND=$$backend; \
	  $(MAKE) --no-print-directory size BACKEND=$$backend SET=seed; done
	@mandoc -T lint -W warning docs/syslogd.8 docs/syslog-tls.1
	@Tests/Packages/install
	@Tests/Packages/one-program
	@Tests/Packages/recipes
	@Tests/Packages/busybox-init
	@$(SWIFT) test
	@Scripts/simulate
	@Scripts/storm --check
	@Benchmarks/soak --minutes 2
	@Scripts/certificates/check
	@Scripts/matrix --check
	@cat build/grid.txt

test-generations: ## conformance with other OpenSSL releases, and on the next Debian (root or sudo)
	@Scripts/openssl-releases
	@Scripts/generations

matrix: ## measures every build and writes BackendMatrix.md and its chart
	@$(MAKE) --no-print-directory all-builds
	@Scripts/matrix

fuzz: ## fuzzes each parser of untrusted input for one minute
	@Scripts/fuzz

bench: ## CPU time compared with rsyslog and a minimal C program (BENCH="--check --rounds 5")
	@$(MAKE) --no-print-directory product BACKEND=openssl
	@Benchmarks/run $(BENCH)

bench-outages: ## what a collector that is away costs, beside rsyslog and syslog-ng
	@for backend in openssl gnutls mbedtls; do \
	  $(MAKE) --no-print-directory product BACKEND=$$backend || exit 1; done
	@Benchmarks/outages $(BENCH)

bench-faults: ## what faults of the network and killed collectors cost, beside them (root)
	@for backend in openssl gnutls mbedtls; do \
	  $(MAKE) --no-print-directory product BACKEND=$$backend || exit 1; done
	@Benchmarks/faults $(BENCH)

soak: ## hours of faults, rotations and reloads: nothing may grow (SOAK="--minutes 2")
	@for backend in openssl gnutls mbedtls; do \
	  $(MAKE) --no-print-directory product BACKEND=$$backend || exit 1; done
	@Benchmarks/soak $(SOAK)

# A program takes its place by rename(2): what was there keeps running, a link to BusyBox is replaced
# and not written through, and there is no moment without a syslogd.
place = $(INSTALL) -D -m 755 $(1) $(DESTDIR)$(2).new && mv -fT $(DESTDIR)$(2).new $(DESTDIR)$(2)

install: $(if $(FROM),,product) ## installs programs and manual pages in $(DESTDIR)$(PREFIX)
	$(call place,$(INSTALLED)/syslogd,$(SBINDIR)/syslogd)
ifneq ($(MAN),)
	$(INSTALL) -D -m 644 docs/syslogd.8 $(DESTDIR)$(MANDIR)/man8/syslogd.8
endif
ifneq ($(TOOL),)
	if [ -L $(INSTALLED)/syslog-tls ]; then mkdir -p $(DESTDIR)$(BINDIR) && \
	  ln -sfrT $(DESTDIR)$(SBINDIR)/syslogd $(DESTDIR)$(BINDIR)/syslog-tls; \
	else $(call place,$(INSTALLED)/syslog-tls,$(BINDIR)/syslog-tls); fi
ifneq ($(MAN),)
	$(INSTALL) -D -m 644 docs/syslog-tls.1 $(DESTDIR)$(MANDIR)/man1/syslog-tls.1
endif
endif

deb: ## Debian packages of BACKENDS (all four), checked by lintian, in build/deb
	@set -e; for backend in $(BACKENDS); do \
	  $(MAKE) --no-print-directory product BACKEND=$$backend; done
	@packaging/deb $(BACKENDS)

dist: ## archives of the source and of the products in DIST (docs/packages.md), in build/dist
	@packaging/dist $(DIST)

test-packages: deb ## installs and purges them in a Debian of their own, and boots one (root)
	@Tests/Packages/deb
	@Tests/Packages/dist

clean: ## removes what was built, but not build/peers (from Scripts/bootstrap)
	rm -rf .build build/benchmarks build/archives build/cross build/deb build/dist build/prices \
	  $(foreach b,$(KNOWN),build/$(b) $(wildcard build/$(b)-*))

help: ## lists the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | \
	  awk -F'|' '{ printf "%-24s%s\n", $$1, $$2 }'
	@echo "BACKEND=$(BACKEND) (one of: $(KNOWN)). STATIC_STDLIB=1 builds ordinary Swift instead"
	@echo "of Embedded Swift, at build/BACKEND-static/syslogd. STATIC=1 links the TLS library's"
	@echo "archive into one program, syslogd and syslog-tls by the name that it is called by, at"
	@echo "build/BACKEND-archive (openssl, mbedtls). MULTICALL=1 makes one without an archive, at"
	@echo "build/BACKEND-multicall; MULTICALL= makes two with an archive"

.PHONY: product check-backend every-set features prices archives cross router test-cross test-router \
  all-builds size demo demo-router lint test test-generations matrix fuzz bench bench-outages \
  bench-faults soak install clean help
.PHONY: deb dist test-packages
