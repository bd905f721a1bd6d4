# SPDX-License-Identifier: MIT
# nightdesk. `make help` lists the targets.

VERSION := 0.1.0
BUILD   ?= build
comma   := ,
# V=1 shows the commands.
Q       := $(if $(V),,@)
say      = @printf '  %-5s %s\n' $(1) $(2)
SAN     ?=

prefix     ?= /usr
bindir     ?= $(prefix)/bin
mandir     ?= $(prefix)/share/man
docdir     ?= $(prefix)/share/doc/nightdesk
sysconfdir ?= /etc
unitdir    ?= /lib/systemd/system
sysusersdir ?= /usr/lib/sysusers.d
bashdir    ?= $(prefix)/share/bash-completion/completions
zshdir     ?= $(prefix)/share/zsh/vendor-completions
fishdir    ?= $(prefix)/share/fish/vendor_completions.d
INSTALL    ?= install

# --- the house: rooms in link order, and for each the rooms it may lean on ---------------------

ROOMS := cli demo serve web admin document io engine trouble desk route sink story store conf alert watch dialect query text feed base

UNDER_base    := base
UNDER_text    := text base
UNDER_feed    := feed base
UNDER_query   := query $(UNDER_text)
UNDER_dialect := dialect $(UNDER_query)
UNDER_watch   := watch $(UNDER_dialect)
UNDER_alert   := alert feed $(UNDER_watch)
UNDER_conf    := conf $(UNDER_alert)
UNDER_store   := store $(UNDER_alert)
UNDER_story   := story $(UNDER_alert)
UNDER_sink    := sink story store conf $(UNDER_alert)
UNDER_route   := route conf $(UNDER_alert)
UNDER_trouble := trouble conf $(UNDER_alert)
UNDER_desk    := desk route $(UNDER_sink)
UNDER_engine  := engine trouble $(UNDER_desk)
UNDER_io      := io $(UNDER_engine)
UNDER_document := document $(UNDER_engine)
UNDER_admin   := admin document $(UNDER_io)
UNDER_web     := web $(UNDER_admin)
UNDER_serve   := serve $(UNDER_web)
UNDER_demo    := demo $(UNDER_serve)
UNDER_cli     := cli $(UNDER_demo)

# --- tools and flags -----------------------------------------------------------------------------

CC        ?= gcc
AR        ?= ar
PKGCONFIG ?= pkg-config
PACKAGES  := libevent_core libevent_extra libevent_pthreads libcurl libxml-2.0 sqlite3 jansson \
	     libpcre2-8 libpsl libidn2 libssl libcrypto zlib
# Content-Encoding: br, where the library is there.
BROTLI    := $(shell $(PKGCONFIG) --exists libbrotlidec 2>/dev/null && echo libbrotlidec)
# The same for zstd.
ZSTD      := $(shell $(PKGCONFIG) --exists libzstd 2>/dev/null && echo libzstd)
PACKAGES  += $(BROTLI) $(ZSTD)
LDLIBS    = $(shell $(PKGCONFIG) --libs $(PACKAGES)) -lunistring -lstemmer -lpthread -lm
CMOCKA    = $(shell $(PKGCONFIG) --libs cmocka)

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	    -Wformat=2 -Wvla -Wundef -Wwrite-strings -Wcast-qual -Wswitch-enum -Wconversion
WERROR   ?=
OPT      ?= -O2 -g

# Probed once: the hardening flags of the OpenSSF guide that this compiler takes.
probe = $(shell echo 'int main(void){return 0;}' | $(CC) $(1) -Werror -x c - -o /dev/null 2>/dev/null && echo '$(1)')
ifeq ($(SAN),)
HARDEN := $(foreach f,-fstack-protector-strong -fstack-clash-protection -fcf-protection=full \
	  -fno-delete-null-pointer-checks -fno-strict-overflow -ftrivial-auto-var-init=zero \
	  -fzero-init-padding-bits=all -Wtrampolines -Wbidi-chars=any,$(call probe,$(f)))
HARDEN += -U_FORTIFY_SOURCE $(call probe,-D_FORTIFY_SOURCE=3 -O2)
HARDEN_LD := $(foreach f,-pie -Wl$(comma)-z$(comma)relro -Wl$(comma)-z$(comma)now \
	     -Wl$(comma)-z$(comma)noexecstack -Wl$(comma)-z$(comma)nodlopen \
	     -Wl$(comma)--as-needed -Wl$(comma)--no-copy-dt-needed-entries,$(call probe,$(f)))
else
SANFLAGS := -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer
endif

CFLAGS   ?=
CPPFLAGS ?=
LDFLAGS  ?=
ALL_CPPFLAGS = -Iinclude -D_GNU_SOURCE -DNIGHTDESK_VERSION='"$(VERSION)"' \
	       $(if $(BROTLI),-DNIGHTDESK_BROTLI) $(if $(ZSTD),-DNIGHTDESK_ZSTD) \
	       $(if $(NO_BANNED),,-include base/banned.h) $(CPPFLAGS)
XML_CFLAGS := $(shell $(PKGCONFIG) --cflags libxml-2.0 2>/dev/null)
ALL_CFLAGS = -std=gnu11 -fPIE $(WARNINGS) $(WERROR) $(OPT) $(HARDEN) $(SANFLAGS) $(XML_CFLAGS) $(CFLAGS)
ALL_LDFLAGS = $(HARDEN_LD) $(SANFLAGS) $(LDFLAGS)

# --- what there is -------------------------------------------------------------------------------

BIN     := $(BUILD)/nightdesk
SOURCES := $(wildcard daemon/*/*.c)
HEADERS := $(wildcard include/*/*.h daemon/*/*.h)
objects  = $(patsubst daemon/%.c,$(BUILD)/obj/%.o,$(wildcard daemon/$(1)/*.c))
archive  = $(BUILD)/lib/lib$(1).a
archives = $(foreach r,$(1),$(call archive,$(r)))

# tests/unit/ROOM/MODULE.c links the archives up to ROOM; scenario and fault programs those of engine.
UNIT_SRC     := $(wildcard tests/unit/*/*.c)
UNIT_BIN     := $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(UNIT_SRC))
SCENARIO_SRC := $(wildcard tests/scenario/*.c)
SCENARIO_BIN := $(if $(SCENARIO_SRC),$(BUILD)/tests/scenario/run)
FAULT_SRC    := $(wildcard tests/fault/*.c)
FAULT_BIN    := $(patsubst tests/fault/%.c,$(BUILD)/tests/fault/%,$(FAULT_SRC))
SOAK_BIN     := $(BUILD)/tests/soak/virtual
PUB_BIN      := $(BUILD)/tests/publishers/run
FUZZ_SRC     := $(wildcard tests/fuzz/*.c)
BENCH_SRC    := $(wildcard tests/bench/*.c tests/bench/tools/*.c)
BENCH_BIN    := $(patsubst tests/bench/%.c,$(BUILD)/tests/bench/%,$(BENCH_SRC))
# They look at the source, so that runs with other compilers and flags do without: RULES=
RULES        := $(wildcard tests/rules/*.sh)
CHECK_SH      = $(RULES) $(wildcard tests/golden/*.sh tests/scenario/*.sh)
# The longest first.
SLOW         := tests/soak/run $(PUB_BIN) $(FAULT_BIN) \
		$(wildcard tests/fault/*.sh tests/system/*.sh tests/system/*.py)
# What tests share.
TESTLIB      := $(BUILD)/lib/libtests.a
SHARED       ?= ../shared

export BUILD CC SHARED SAN
export NIGHTDESK := $(abspath $(BIN))

# --- targets -------------------------------------------------------------------------------------

.PHONY: all check check-all check-slow soak bench screenshots demo run deb install uninstall lint format asan tsan fuzz clean help
.DELETE_ON_ERROR:
.SECONDARY:

all: $(BIN) ## build build/nightdesk

$(BIN): $(call archives,$(ROOMS))
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

define room_rule
$$(call archive,$(1)): $$(call objects,$(1))
	@mkdir -p $$(@D)
	@rm -f $$@
	$(Q)$$(AR) rcs $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room_rule,$(r))))

# Flags that change the code change this file, and so rebuild all that was built with others.
FLAGS_STAMP := $(BUILD)/flags
$(FLAGS_STAMP): FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS))' | cmp -s - $@ || \
		echo '$(subst ','\'',$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS))' > $@
.PHONY: FORCE
FORCE:

$(BUILD)/obj/%.o: daemon/%.c $(FLAGS_STAMP)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Files that objects embed (base/embed.h).
$(BUILD)/obj/feed/entity.o: daemon/feed/entities.txt
$(BUILD)/obj/web/api_description.o: daemon/web/openapi.json
$(BUILD)/obj/demo/layout.o: $(wildcard conf/watchlists.d/*.conf)
$(BUILD)/obj/web/assets.o: $(wildcard daemon/web/assets/*)

# Tests may call what the house may not, so that they can play the outside world.
# (private: or the flags file would change back and forth and all be rebuilt each time)
$(BUILD)/tests/%.o: private NO_BANNED = 1
$(BUILD)/tests/%.o: tests/%.c $(FLAGS_STAMP)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CPPFLAGS) -Itests -Idaemon $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(TESTLIB): $(patsubst tests/%.c,$(BUILD)/tests/%.o,$(wildcard tests/lib/*.c))
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

room_of = $(firstword $(subst /, ,$(1)))
define unit_rule
$(BUILD)/tests/unit/$(1): $(BUILD)/tests/unit/$(1).o $(TESTLIB) $(call archives,$(UNDER_$(call room_of,$(1))))
	$(Q)$$(CC) $$(ALL_CFLAGS) $$(ALL_LDFLAGS) -o $$@ $$^ $$(LDLIBS) $$(CMOCKA)
endef
$(foreach t,$(UNIT_SRC:tests/unit/%.c=%),$(eval $(call unit_rule,$(t))))

$(BUILD)/tests/scenario/run: $(patsubst tests/%.c,$(BUILD)/tests/%.o,$(SCENARIO_SRC)) $(TESTLIB) $(call archives,$(UNDER_engine))
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS) $(CMOCKA)

$(SOAK_BIN): $(patsubst tests/%.c,$(BUILD)/tests/%.o,$(wildcard tests/soak/*.c) $(filter-out %/run.c,$(SCENARIO_SRC))) $(TESTLIB) $(call archives,$(UNDER_engine))
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

$(PUB_BIN): $(patsubst tests/%.c,$(BUILD)/tests/%.o,$(wildcard tests/publishers/*.c) $(filter-out %/run.c,$(SCENARIO_SRC))) $(TESTLIB) $(call archives,$(UNDER_engine))
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

# What these allocate, tests/lib/memory.h can refuse.
FAULT_WRAP := $(foreach f,malloc calloc realloc reallocarray strdup,-Wl$(comma)--wrap=$(f))
$(BUILD)/tests/fault/%: $(BUILD)/tests/fault/%.o $(TESTLIB) $(call archives,$(UNDER_engine))
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(FAULT_WRAP) -o $@ $^ $(LDLIBS) $(CMOCKA)

$(BUILD)/tests/bench/%: $(BUILD)/tests/bench/%.o $(TESTLIB) $(call archives,$(UNDER_io))
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

# Fuzz targets: with clang -fsanitize=fuzzer by `make fuzz`; as plain corpus runners in check.
FUZZ_REPLAY := $(patsubst tests/fuzz/%.c,$(BUILD)/tests/fuzz/%,$(filter-out tests/fuzz/replay.c,$(FUZZ_SRC)))
$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/replay.o $(TESTLIB) $(call archives,$(UNDER_admin))
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

check: $(BIN) $(UNIT_BIN) $(SCENARIO_BIN) $(FUZZ_REPLAY) ## build, then unit, golden, scenario, fuzz corpora, rules
	@tests/run $(UNIT_BIN) $(SCENARIO_BIN) $(FUZZ_REPLAY) $(CHECK_SH)

check-all: $(BIN) $(UNIT_BIN) $(SCENARIO_BIN) $(FUZZ_REPLAY) $(FAULT_BIN) $(SOAK_BIN) $(PUB_BIN) ## check, then check-slow
	@tests/run $(UNIT_BIN) $(SCENARIO_BIN) $(FUZZ_REPLAY) $(CHECK_SH) $(SLOW)

check-slow: $(BIN) $(UNIT_BIN) $(FAULT_BIN) $(SOAK_BIN) $(PUB_BIN) ## fault and system tests against real servers, a day of publishers, a short soak
	@tests/run $(SLOW)

soak: $(BIN) $(SOAK_BIN) $(PUB_BIN) ## seven virtual days, a month of publishers, nearly an hour of the daemon, 200 kills, hostile clients: SOAK_DAYS, SOAK_FEEDS, PUBLISHERS_DAYS, SOAK_SECONDS, SOAK_KILLS, SOAK_ITEMS, SOAK_HTTP
	@PUBLISHERS_DAYS=$${PUBLISHERS_DAYS:-30} SOAK_DAYS=$${SOAK_DAYS:-7} SOAK_FEEDS=$${SOAK_FEEDS:-500} SOAK_SECONDS=$${SOAK_SECONDS:-3000} \
		SOAK_KILLS=$${SOAK_KILLS:-200} SOAK_ITEMS=$${SOAK_ITEMS:-20000} SOAK_HTTP=$${SOAK_HTTP:-60} tests/soak/run

bench: $(BIN) $(BENCH_BIN) ## benchmarks as ratios to floors measured in the same run
	@tests/bench/run

screenshots: $(BIN) ## the pictures of README and guide, in docs/pictures; needs chromium and faketime
	@tests/system/lib/screenshots.py docs/pictures

demo: $(BIN) ## a newsroom in a box, on loopback
	@$(BIN) demo

run: $(BIN) ## the daemon in the foreground with the example configuration
	@mkdir -p $(BUILD)/state && STATE_DIRECTORY=$(abspath $(BUILD)/state) \
		RUNTIME_DIRECTORY=$(abspath $(BUILD)/state) $(BIN) run -c conf

asan: ## check under AddressSanitizer and UndefinedBehaviorSanitizer
	@$(MAKE) --no-print-directory BUILD=build/asan SAN=address,undefined OPT='-O1 -g' RULES= check

tsan: ## check under ThreadSanitizer
	@$(MAKE) --no-print-directory BUILD=build/tsan SAN=thread OPT='-O1 -g' RULES= check

fuzz: ## run every fuzz target for FUZZ_SECONDS (default 60) under ASan and UBSan; needs clang
	@tests/fuzz/run

lint: ## warnings as errors with gcc and clang, the rules of the house, formatting, cppcheck
	@tests/rules/lint

format: ## lay out all code as .clang-format says
	@clang-format -i $(SOURCES) $(HEADERS) $(wildcard tests/*/*.[ch] tests/*/*/*.[ch])

deb: ## build the Debian package build/nightdesk_VERSION_ARCHITECTURE.deb
	@sh packaging/deb $(VERSION)

installer = DESTDIR='$(DESTDIR)' bindir='$(bindir)' mandir='$(mandir)' docdir='$(docdir)' \
	sysconfdir='$(sysconfdir)' unitdir='$(unitdir)' sysusersdir='$(sysusersdir)' \
	bashdir='$(bashdir)' zshdir='$(zshdir)' fishdir='$(fishdir)' \
	INSTALL='$(INSTALL)' PURGE='$(PURGE)' packaging/install

install: $(BIN) ## install below DESTDIR with prefix
	@$(installer) $(BIN)

uninstall: ## remove what install put there; configuration and state too with PURGE=yes
	@$(installer) --remove

clean: ## remove all that was built
	rm -rf build

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

-include $(patsubst daemon/%.c,$(BUILD)/obj/%.d,$(SOURCES))
-include $(wildcard $(BUILD)/tests/*/*.d $(BUILD)/tests/*/*/*.d)
