# SPDX-License-Identifier: BSD-2-Clause
# Build rules, written by hand for GNU make. configure finds compiler and
# libraries and leaves config.mk and src/config.h; everything built lands in
# $(B), so `make B=build-asan` is a second tree beside the first.

B = build
ifneq ($(MAKECMDGOALS),help)
-include config.mk
endif

# build-asan is the sanitized tree, whichever target is asked for in it.
SAN_FLAGS = -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	-fno-omit-frame-pointer -g
ifeq ($(notdir $(B:/=)),build-asan)
SAN = $(SAN_FLAGS)
endif

PROGRAMS = vscode-remote-shell vscode-remote-agent launch-local launch-slurm-cli
ifeq ($(have_slurm),yes)
PROGRAMS += launch-slurm
# What it has run on the nodes, found beside it.
SCRIPTS = end-allocation
endif
ifeq ($(have_reaper),yes)
PROGRAMS += vscode-grim-reaper
endif
SCRIPTS += prefetch-server
# For containers: static, so of few files, which another libc takes, too.
ifeq ($(have_host),yes)
HOST = vscode-remote-host
endif
LIBEXEC_PROGRAMS = $(filter-out vscode-remote-shell vscode-grim-reaper,\
	$(PROGRAMS)) $(SCRIPTS) $(HOST)
pkglibexecdir = $(libexecdir)/vscode-remote-shell

# What each program is made of: its own folder, then the layers it uses, from
# the top down.
in = $(wildcard src/$(1)/*.c src/$(1)/*/*.c)
SRC_vscode-remote-shell = $(call in,front)
SRC_vscode-remote-agent = $(call in,agent)
launch = $(call in,launch/$(1)) $(wildcard src/launch/*.c)
SRC_launch-local = $(call launch,local)
SRC_launch-slurm = $(call launch,slurm)
SRC_launch-slurm-cli = $(call launch,slurmcli)
SRC_vscode-grim-reaper = $(call in,reaper)
COMMON = doctor os editor proto opt salloc base
LAYERS_vscode-remote-shell = net $(COMMON)
LAYERS_vscode-remote-agent = net $(COMMON)
LAYERS_launch-local = $(COMMON)
LAYERS_launch-slurm = $(COMMON)
LAYERS_launch-slurm-cli = $(COMMON)
LAYERS_vscode-grim-reaper = $(COMMON)
LIBS_vscode-remote-shell = $(OPENSSL_LIBS) $(EVENT_EXTRA_LIBS) $(EVENT_LIBS) \
	$(JANSSON_LIBS)
LIBS_vscode-remote-agent = $(OPENSSL_LIBS) $(EVENT_EXTRA_LIBS) $(EVENT_LIBS)
LIBS_launch-local =
LIBS_launch-slurm = $(SLURM_LIBS)
LIBS_launch-slurm-cli =
LIBS_vscode-grim-reaper = $(JANSSON_LIBS)

# Where sanitizers report. libslurm leaks, so its launcher has no part in that.
ifneq ($(SAN),)
$(foreach p,$(filter-out launch-slurm,$(PROGRAMS)), \
	$(eval SAN_$p = tests/sanitize.c))
endif

DIR_CPPFLAGS = -DPKGLIBEXECDIR='"$(pkglibexecdir)"' \
	-DSYSCONFDIR='"$(sysconfdir)"'
ALL_CPPFLAGS = -Isrc -D_GNU_SOURCE $(DIR_CPPFLAGS) $(JANSSON_CFLAGS) \
	$(EVENT_CFLAGS) $(EVENT_EXTRA_CFLAGS) $(OPENSSL_CFLAGS) $(SLURM_CFLAGS) $(CPPFLAGS) \
	$(if $(SAN),-DSANITIZED='"$(abspath $B)/sanitizer"')
ALL_CFLAGS = -std=c11 -pthread $(WARN_CFLAGS) $(HARDEN_CFLAGS) $(FORTIFY) $(CFLAGS) \
	$(SAN)
ALL_LDFLAGS = -pthread $(HARDEN_LDFLAGS) $(LDFLAGS) $(SAN)
FORTIFY = $(if $(SAN),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)

# A line for each command, the commands themselves with V=1, nothing with -s.
silent = $(findstring s,$(filter-out --%,$(firstword -$(MAKEFLAGS))))
say = $(if $(filter 1,$(V)),,@$(if $(silent),,printf '  %-4s %s\n' $(1) $@;))

obj = $(patsubst %.c,$B/obj/%.o,$(1))
layer_a = $(patsubst %,$B/lib%.a,$(1))

.SECONDARY:
.DELETE_ON_ERROR:
.PHONY: all help check check-build check-unit check-integ check-fuzz check-docs \
	check-slurm-cli check-slurm-versions check-containers bench-containers check-vscode check-faults check-fresh check-old check-sshd-versions \
	check-bundle check-packages layers names asan fuzz install \
	install-current uninstall html dist bundle deb rpm release sign clean distclean format bench coverage FORCE

#: all             build everything (the default) into build/; B=DIR another
all: $(addprefix $B/,$(PROGRAMS) $(SCRIPTS) $(HOST))
ifneq ($(have_slurm),yes)
ifdef VERSION
	@echo "launch-slurm was not built: configure found no libslurm; launch-slurm-cli needs none"
endif
endif
ifeq ($(have_host),no)
	@echo "vscode-remote-host was not built: configure found nothing that links a static program (musl-tools); containers have no sbatch and squeue"
endif

#: help            this
help:
	@sed -n 's/^#: //p' $(firstword $(MAKEFILE_LIST))
	@echo 'V=1 shows the commands, -s nothing. Before the first: ./configure'

# A fresh clone: make the configure script, then ask for it to be run.
configure: configure.ac ChangeLog
	autoheader -f
	autoconf -f
config.mk src/config.h: configure src/config.mk.in
	@unset CC CFLAGS CPPFLAGS LDFLAGS MAKEFLAGS; \
	if test -x config.status; then ./config.status --recheck && \
		./config.status; \
	else echo "Please run ./configure first" >&2; exit 1; fi
	@touch config.mk src/config.h

# What is built with other flags, as without the sanitizers, is built again. But
# `make install prefix=/elsewhere` installs what there is.
FLAGS = $(CC) $(filter-out $(DIR_CPPFLAGS),$(ALL_CPPFLAGS)) $(ALL_CFLAGS) \
	$(ALL_LDFLAGS)
$B/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(FLAGS))' | cmp -s - $@ || \
		printf '%s\n' '$(subst ','\'',$(FLAGS))' >$@

$B/obj/%.o: %.c Makefile config.mk src/config.h $B/flags
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Scripts for users' own computers, as C strings. Only who has them looks there, or all
# would be made again for a B that is written otherwise.
$B/gen/%.inc: src/%
	@mkdir -p $(@D)
	$(call say,GEN)sed 's/[\\"]/\\&/g; s/^/"/; s/$$/\\n"/' $< >$@
$B/obj/src/front/setup/setupscript.o: ALL_CPPFLAGS += -I$B/gen
$B/obj/src/front/setup/setupscript.o: $(patsubst %,$B/gen/front/setup/%.inc,\
	laptop.sh laptop.ps1)

define layer_rule
$B/lib$(1).a: $(call obj,$(call in,$(1)))
	@rm -f $$@
	@mkdir -p $$(@D)
	$$(call say,AR)$(AR) rcs $$@ $$^
endef
$(foreach l,net $(COMMON),$(eval $(call layer_rule,$l)))

define program_rule
$B/$(1): $(call obj,$(SRC_$(1)) $(SAN_$(1))) $(call layer_a,$(LAYERS_$(1)))
	$$(call say,LD)$(CC) $(ALL_LDFLAGS) -o $$@ $$^ $(LIBS_$(1)) $(LIBS)
endef
$(foreach p,$(PROGRAMS),$(eval $(call program_rule,$p)))

SRC_HOST = $(call in,host) $(addsuffix .c,$(addprefix src/,base/buf base/err \
	base/mem base/timespan base/vis os/bridgesig os/clock os/fd os/fdpass \
	proto/bridgewire proto/wire))
HOST_FLAGS = -Isrc -D_GNU_SOURCE -std=c11 $(WARN_CFLAGS) -Os -static -s
$B/vscode-remote-host: $(SRC_HOST) $(wildcard src/*/*.h) src/config.h Makefile config.mk
	@mkdir -p $(@D)
	$(call say,LD)$(HOST_CC) $(HOST_FLAGS) -o $@ $(SRC_HOST)

$B/end-allocation: src/launch/slurm/end-allocation
	@mkdir -p $(@D)
	$(call say,CP)install -m 755 $< $@

$B/prefetch-server: src/front/prefetch-server
	@mkdir -p $(@D)
	$(call say,CP)install -m 755 $< $@

# Unit tests: one cmocka group a program. Those in a folder test files of the
# program of that name.
UNIT = $(patsubst tests/unit/%.c,$B/tests/%,$(filter-out $(NO_SLURM),\
	$(wildcard tests/unit/test_*.c tests/unit/*/test_*.c)))
# Without libslurm only what is pure of its launcher is built, and tested.
ifneq ($(have_slurm),yes)
NO_SLURM = $(wildcard src/launch/slurm/slurm*.c tests/unit/slurm/test_slurm_*.c)
endif
define unit_rule
$B/obj/$(notdir $(1)).a: $(call obj,$(filter-out %/main.c $(NO_SLURM),\
		$(call in,$(1))) $(if $(filter launch/%,$(1)),$(wildcard src/launch/*.c)))
	@rm -f $$@
	$$(call say,AR)$(AR) rcs $$@ $$^
$(filter $B/tests/$(notdir $(1))/%,$(UNIT)): $B/obj/$(notdir $(1)).a
endef
$(foreach d,front agent reaper launch/slurm launch/slurmcli launch/local,\
	$(eval $(call unit_rule,$d)))
$B/tests/test_serverrec: $B/obj/reaper.a
# One that includes fake.h has the fakes: a clock that stands still, links without
# TLS, and what is beside it in its folder.
FAKED = $(patsubst tests/unit/%.c,%,$(shell grep -ls '^.include "fake.h"' \
	tests/unit/*/test_*.c))
$(foreach t,$(FAKED),$(eval $B/tests/$t: $(call obj,$(wildcard \
	tests/unit/fake*.c) tests/unit/$(dir $t)fake.c)))
$B/tests/%: $B/obj/tests/unit/%.o $(call layer_a,net $(COMMON))
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) \
		-Wl,--start-group $(filter %.a,$^) -Wl,--end-group \
		$(CMOCKA_LIBS) $(OPENSSL_LIBS) $(EVENT_EXTRA_LIBS) \
		$(EVENT_LIBS) $(JANSSON_LIBS) \
		$(if $(filter slurm/%,$*),$(SLURM_LIBS)) $(LIBS)

# Each fuzz target is one LLVMFuzzerTestOneInput. For `make check` it is linked
# with a driver that runs the files named on its command line once.
FUZZ = $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_ALSO = $(addprefix src/front/update/,origin.c release.c sshsig.c tagobject.c) \
	src/agent/imagehead.c src/agent/imagekey.c src/agent/imageabi.c \
	src/front/outbound/outproxy.c src/front/appscript.c src/front/portword.c \
	src/front/job/job.c src/front/job/partition.c src/front/job/role.c \
	src/front/cmd/show.c src/front/keyline.c src/launch/gres.c \
	$(addprefix src/reaper/,claim.c conn.c kind.c plan.c state.c text.c)
$B/fuzz/%: $B/obj/tests/fuzz/%.o $B/obj/tests/fuzz/once.o \
		$(call obj,$(FUZZ_ALSO)) \
		$(call layer_a,$(COMMON))
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) \
		$(filter %.a,$^) $(LIBS)

# Programs that only tests use, one file each.
CLIENTS = $(patsubst tests/clients/%.c,$B/clients/%,\
	$(wildcard tests/clients/*.c))
$B/clients/hostile: LIBS += $(OPENSSL_LIBS) $(EVENT_LIBS)
$B/clients/hostile: $(call layer_a,net)
$B/clients/%: $B/obj/tests/clients/%.o $(call layer_a,$(COMMON))
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) \
		$(filter %net.a,$^) $(filter-out %net.a,$(filter %.a,$^)) $(LIBS)

#: check           all tests but check-vscode; `sh tests/run.sh` runs those, too
check: all check-unit check-fuzz layers names check-docs check-integ check-faults

#: check-build     all that the tests run
check-build: all $(UNIT) $(CLIENTS) $(addprefix $B/fuzz/,$(FUZZ)) \
	$B/faults/inject.so

# Tests wait about as long as they compute, so more run side by side than there
# are processors, and those that take longest begin first.
JOBS := $(shell n=$$(($$(nproc) * 2)); echo $$((n < 8 ? n : 8)))
longest_first = $(foreach n,$(2),$(filter tests/$(1)/$n-%,$(3))) \
	$(filter-out $(foreach n,$(2),tests/$(1)/$n-%),$(3))

#: check-unit      unit tests
check-unit: $(UNIT)
	@CMOCKA_MESSAGE_OUTPUT=TAP prove -j$(JOBS) --exec '' $(UNIT)

#: coverage        the lines that unit tests run, folder by folder;
#:                 COVERAGE=src/agent tells its files, too
coverage:
	@$(MAKE) -s B=build-coverage FORTIFY= CFLAGS='-g -O0 --coverage' \
		LDFLAGS=--coverage check-unit
	@sh tests/coverage.sh build-coverage $(COVERAGE)

#: check-fuzz      the seeds of the fuzz targets, once each
check-fuzz: $(addprefix $B/fuzz/,$(FUZZ))
	@for t in $(FUZZ); do $B/fuzz/$$t tests/fuzz/seeds/$$t/* || exit 1; done

#: check-integ     the programs: tests/integ, many on a Slurm cluster of their own
INTEG = $(call longest_first,integ,0950 0985 0169 0910 0210 0960 0986 0987 0980 0235 \
	0300 0700 0990 0993 0995,$(shell ls -r tests/integ/*.t))
check-integ: all $(CLIENTS) $B/faults/inject.so
	@BUILD=$(abspath $B) prove -j$(JOBS) $(INTEG)

# What 0910 and 0920 to 0992 say of launch-slurm holds for it, too, but for what it
# does not do: a job's fields by their names in Slurm (0946), allocations (0986,
# 0987), and to make of options what sbatch makes of them itself (0995); 0912 has both.
#: check-slurm-cli  tests on a Slurm cluster, all with launch-slurm-cli in the
#:                 place of launch-slurm, for most of half an hour
SLURM_T = $(filter-out %/0900-rig.t,$(wildcard tests/integ/09*.t))
check-slurm-cli: all $(CLIENTS) $B/faults/inject.so
	@RIG_LAUNCHER=slurm-cli BUILD=$(abspath $B) prove -j2 \
		$(call longest_first,integ,0950 0985 0910,\
			$(filter-out $(foreach n,0912 0946 0986 0987 0995,\
				tests/integ/$n-%),$(SLURM_T)))

#: check-slurm-versions  the same with launch-slurm on releases of other Debians,
#:                 as root; SLURM_RELEASES='24.11 26.05' only these, SLURM_T=
#:                 only these tests. A table
check-slurm-versions: all $(CLIENTS) $B/faults/inject.so
	@BUILD=$(abspath $B) sh tests/slurm-versions.sh $(sort $(SLURM_T))

CONTAINER_PACKAGES = apptainer,podman,crun,uidmap,passt,fuse-overlayfs,\
squashfs-tools,squashfuse,bubblewrap,charliecloud,busybox-static,proot,\
docker-registry
#: check-containers      real runtimes of containers that only Debian's sid has, in
#:                       jobs of a cluster with its files, as root
check-containers: all $(CLIENTS)
	@VRS_OLD_ROOT=$$(. tests/debian.sh && debian_kept bullseye bullseye \
			$B/debootstrap.bullseye && echo "$$debian_kept") \
		BUILD=$(abspath $B) SLURM_RELEASES=26.05 TEST_TIMEOUT=1200 \
		RIG_PACKAGES=$(subst $(eval) ,,$(CONTAINER_PACKAGES)) \
		sh tests/slurm-versions.sh tests/integ/0978-container-node.t

#: bench-containers      the figures of make bench on sessions in images, with these
bench-containers: all $(CLIENTS)
	@root=$$(RIG_SLURM=26.05 RIG_PACKAGES=$(subst $(eval) ,,$(CONTAINER_PACKAGES)) \
		tests/rig/rig root) && RIG_SLURM=26.05 RIG_ROOT=$$root \
		RIG_LAUNCH_SLURM=$(abspath $B)/slurm-26.05/launch-slurm \
		BUILD=$(abspath $B) sh tests/bench/container.sh

# Needs npm, and some minutes; VSCODE=long makes them many.
#: check-vscode    with VS Code's own servers (npm fetches them); VSCODE=long,
#:                 VSCODE_PIN=VERSION only that one
check-vscode: all $(CLIENTS)
	@rc=0; for pin in $${VSCODE_PIN:-$$(sh tests/vscode/server.sh pins)}; do \
		VSCODE_PIN=$$pin BUILD=$(abspath $B) \
			prove $(wildcard tests/vscode/*.t) || rc=1; \
	done; exit $$rc

# FAULTS=long tries more points, for longer. The figures end up in a table; most
# are of time, so not many run side by side.
#: check-faults    a fault at each of many points; FAULTS=long
FAULTS_T = $(call longest_first,faults,0910 0350 0320 0330 0900,\
	$(sort $(wildcard tests/faults/*.t)))
check-faults: all $(CLIENTS) $B/faults/inject.so
	@rm -f $B/faults/table
	@BUILD=$(abspath $B) FAULTS_TABLE=$(abspath $B)/faults/table \
		prove -j3 $(FAULTS_T); status=$$?; \
		sh tests/faults/table.sh $B/faults/table; exit $$status

# Preloaded into any program, so neither hardened nor sanitized.
$B/faults/inject.so: tests/faults/inject.c Makefile config.mk
	@mkdir -p $(@D)
	$(call say,LD)$(CC) -std=c11 -D_GNU_SOURCE $(WARN_CFLAGS) -O2 -fPIC -shared -o $@ $< $(LIBS)

#: check-fresh     run.sh and the quick start on a minimal Debian, as root
#:                 and a user, for most of an hour; SUITE=bookworm|trixie one
check-fresh:
	@sh tests/fresh.sh $(SUITE)

# Debian 11 has OpenSSL 1.1.1 and a glibc of the years of RHEL 8.
#: check-old       unit and integration tests with the libraries of RHEL 8's time,
#:                 in a Debian 11, as root, for a quarter of an hour
check-old:
	@FRESH_USERS=user FRESH_DEPS='build test' FRESH_RUN='sh tests/old.sh' \
		sh tests/fresh.sh bullseye

# The programs find the libraries of this machine in other Debians, and need
# nothing of theirs.
#: check-sshd-versions  ssh clients and the sshds of other Debians, as root, for
#:                 minutes; SSHD_SUITES='bullseye sid' only these. A table
SSHD_SUITES = bullseye bookworm trixie sid
SSHD_LDFLAGS = -Wl,--dynamic-linker=/opt/vrs/lib/ld.so \
	-Wl,-rpath=/opt/vrs/lib -Wl,--disable-new-dtags
check-sshd-versions:
	@$(MAKE) -s B=$B/sshd LDFLAGS='$(LDFLAGS) $(SSHD_LDFLAGS)' all
	@rm -f $B/sshd/table
	@rc=0; for suite in $(SSHD_SUITES); do \
		SSHD_SUITE=$$suite SSHD_TABLE=$(abspath $B)/sshd/table \
			BUILD=$(abspath $B)/sshd prove tests/sshd/*.t || rc=1; \
	done; sh tests/sshd/table.sh $B/sshd/table; exit $$rc

# On Slurm clusters, and in bare systems. It needs some minutes the first time.
#: check-bundle    make a bundle, and run it where nothing else is installed, as root
BUNDLE = $B/bundle/vscode-remote-shell-$(VERSION)-linux-$(shell uname -m).tar.gz
check-bundle: all configure
	@mkdir -p $B/bundle
	@sh packaging/bundle.sh $(BUNDLE) 2>$B/bundle/log || \
		{ tail -n 20 $B/bundle/log >&2; exit 1; }
	@BUNDLE=$(abspath $(BUNDLE)) BUILD=$(abspath $B) sh tests/bundle.sh

# In a Debian 12 that has what packages are made with, and on a Slurm cluster.
#: check-packages  make the packages of HEAD, and install, use, upgrade and remove
#:                 them, as root, for some minutes
check-packages: all $(CLIENTS) dist
	@BUILD=$(abspath $B) sh tests/packages.sh \
		vscode-remote-shell-$(VERSION).tar.gz

#: check-docs      documents, help and completion against the programs
check-docs: all
	@BUILD=$(abspath $B) prove -j$(JOBS) $(sort $(wildcard tests/docs/*.t))

#: layers          what breaks the rules of the source (ARCHITECTURE.md)
layers: all
	@sh tests/layers.sh $B/obj

#: names           static functions that are called the same in several files
names:
	@sh tests/names.sh

#: html            man pages (mandoc) and documents (pandoc) as HTML, with an index, in
#:                 build/html
html:
	@sh doc/html.sh $B/html

#: asan            build into build-asan with sanitizers; then any target, such as
#:                 make B=build-asan check-integ
asan:
	@$(MAKE) B=build-asan all

#: fuzz            libFuzzer programs in build-fuzz (clang), run for
#:                 FUZZ_SECONDS each, and the attackers as long; a table of the
#:                 hours and runs
FUZZ_FLAGS = -g -O1 -std=c11 -pthread -fsanitize=fuzzer,address,undefined
FUZZ_SRC = $(foreach l,$(COMMON),$(wildcard src/$l/*.c)) $(FUZZ_ALSO)
build-fuzz/%: tests/fuzz/%.c $(FUZZ_SRC) $(wildcard src/*/*.h) config.mk
	@mkdir -p $(@D)
	$(call say,FUZZ)clang $(FUZZ_FLAGS) $(ALL_CPPFLAGS) -o $@ $< \
		$(FUZZ_SRC) $(LIBS)
fuzz: all $(CLIENTS) $(addprefix build-fuzz/,$(FUZZ))
	@BUILD=$(abspath $B) sh tests/fuzz/run.sh $(FUZZ)

#: bench           figures, some as root; see CONTRIBUTING.md
bench: all $(CLIENTS)
	BUILD=$(abspath $B) sh tests/bench/bench.sh
	BUILD=$(abspath $B) sh tests/bench/attach.sh
	BUILD=$(abspath $B) sh tests/bench/proxy.sh
	BUILD=$(abspath $B) sh tests/bench/services.sh
	BUILD=$(abspath $B) sh tests/bench/container.sh
	BUILD=$(abspath $B) sh tests/bench/bridge.sh
	BUILD=$(abspath $B) sh tests/bench/reaper.sh
	BUILD=$(abspath $B) sh tests/bench/scale.sh

#: install         below --prefix; DESTDIR=DIR for packages
install: all
	install -d $(DESTDIR)$(bindir) $(DESTDIR)$(pkglibexecdir) \
		$(DESTDIR)$(mandir)/man1 $(DESTDIR)$(mandir)/man5 \
		$(DESTDIR)$(mandir)/man7 \
		$(DESTDIR)$(mandir)/man8 \
		$(DESTDIR)$(docdir)/examples/image $(DESTDIR)$(docdir)/doc \
		$(DESTDIR)$(datadir)/bash-completion/completions
	install -m 755 $B/vscode-remote-shell $(DESTDIR)$(bindir)/
	install -m 755 $(addprefix $B/,$(LIBEXEC_PROGRAMS)) \
		$(DESTDIR)$(pkglibexecdir)/
	install -m 644 man/*.1 $(DESTDIR)$(mandir)/man1/
	install -m 644 man/*.5 $(DESTDIR)$(mandir)/man5/
	install -m 644 man/*.7 $(DESTDIR)$(mandir)/man7/
	install -m 644 man/*.8 $(DESTDIR)$(mandir)/man8/
	install -m 644 $(wildcard README.md SECURITY.md COPYING ChangeLog PROTOCOL) \
		$(DESTDIR)$(docdir)/
	install -m 644 doc/*.png doc/*.svg doc/*.md $(DESTDIR)$(docdir)/doc/
	install -m 644 $(filter-out examples/systemd examples/image \
		examples/quickstart.sh,$(wildcard examples/*)) \
		$(DESTDIR)$(docdir)/examples/
	install -m 644 examples/image/* $(DESTDIR)$(docdir)/examples/image/
	install -m 644 examples/bash-completion \
		$(DESTDIR)$(datadir)/bash-completion/completions/vscode-remote-shell
	install -d $(DESTDIR)$(unitdir)
	$(foreach u,$(UNITS),$(call install_unit,$u))
ifeq ($(have_reaper),yes)
	$(install_reaper)
endif

# In bindir, as the program it replaces, since users run it, too.
define install_reaper
install -m 755 $B/vscode-grim-reaper $(DESTDIR)$(bindir)/
install -m 644 examples/bash-completion-reaper \
	$(DESTDIR)$(datadir)/bash-completion/completions/vscode-grim-reaper
install -m 644 $(wildcard examples/systemd/*.cron examples/systemd/*.logrotate \
	examples/systemd/*.tmpfiles) \
	$(DESTDIR)$(docdir)/examples/
$(call install_unit,vscode-grim-reaper)
endef

# Services with their timers, which root runs where he switches them on.
unitdir = $(prefix)/lib/systemd/system
UNITS = vscode-remote-shell-metrics vscode-remote-shell-events
define install_unit
sed 's|@bindir@|$(bindir)|' examples/systemd/$(1).service \
	>$(DESTDIR)$(unitdir)/$(1).service
install -m 644 examples/systemd/$(1).timer $(DESTDIR)$(unitdir)/

endef

# Sessions that run have the folder of their version, and are not hurt. The link is
# changed at once. Settings of the site are where configure's --prefix has them.
#: install-current  below --prefix/VERSION, with a link --prefix/current to it;
#:                 those of before stay
install-current:
	@$(MAKE) install prefix=$(prefix)/$(VERSION)
	@sh packaging/origin.sh clone $(VERSION) >$B/origin
	test ! -s $B/origin || install -m 644 $B/origin \
		$(DESTDIR)$(prefix)/$(VERSION)/libexec/vscode-remote-shell/
	ln -sfn $(VERSION) $(DESTDIR)$(prefix)/current.new
	mv -T $(DESTDIR)$(prefix)/current.new $(DESTDIR)$(prefix)/current

#: uninstall       what install has made
uninstall:
	rm -f $(DESTDIR)$(bindir)/vscode-grim-reaper
	rm -f $(foreach u,vscode-grim-reaper $(UNITS),\
		$(addprefix $(DESTDIR)$(unitdir)/$u,.service .timer))
	rm -f $(DESTDIR)$(datadir)/bash-completion/completions/vscode-grim-reaper
	rm -f $(DESTDIR)$(bindir)/vscode-remote-shell
	rm -f $(addprefix $(DESTDIR)$(mandir)/man1/,$(notdir $(wildcard man/*.1)))
	rm -f $(addprefix $(DESTDIR)$(mandir)/man5/,$(notdir $(wildcard man/*.5)))
	rm -f $(addprefix $(DESTDIR)$(mandir)/man7/,$(notdir $(wildcard man/*.7)))
	rm -f $(addprefix $(DESTDIR)$(mandir)/man8/,$(notdir $(wildcard man/*.8)))
	rm -f $(DESTDIR)$(datadir)/bash-completion/completions/vscode-remote-shell
	rm -rf $(DESTDIR)$(pkglibexecdir) $(DESTDIR)$(docdir)

#: dist            a tarball of HEAD, with configure
# An added file lands in the prefix before it, without its own folder.
# rpmbuild -ta wants to read the version in the tarball.
dist: configure config.mk
	@mkdir -p $B/dist
	@sed 's/@VERSION@/$(VERSION)/' packaging/vscode-remote-shell.spec.in \
		>$B/dist/vscode-remote-shell.spec
	git archive -o vscode-remote-shell-$(VERSION).tar.gz \
		--prefix=vscode-remote-shell-$(VERSION)/src/ \
		--add-file=src/config.h.in \
		--prefix=vscode-remote-shell-$(VERSION)/packaging/ \
		--add-file=$B/dist/vscode-remote-shell.spec \
		--prefix=vscode-remote-shell-$(VERSION)/ \
		--add-file=configure HEAD

#: bundle          a tarball of programs that runs wherever it is unpacked, as root
bundle: configure
	@sh packaging/bundle.sh

#: deb             packages of HEAD for Debian and its kin, in build/packages
#: rpm             the same for RHEL and its kin
deb rpm: dist
	@sh packaging/packages.sh $@ vscode-remote-shell-$(VERSION).tar.gz $B/packages
	@ls $B/packages/*.$@

#: release         a signed or annotated tag, the tarball, recipes that name its
#:                 SHA-256, in build/release, and sign
release: configure config.mk
	@B=$B sh packaging/release.sh

#: sign            the record of what is in build/release, and its signature, for
#:                 `vscode-remote-shell update`; again when bundles were added
sign:
	@sh packaging/sign.sh $B/release $(VERSION)

#: format          clang-format on all sources
format:
	clang-format -i $(shell git ls-files '*.c' '*.h')

#: clean           remove what was built
clean:
	rm -rf build build-asan build-coverage build-fuzz
#: distclean       and what configure made
distclean: clean
	rm -rf config.mk config.log config.status configure configure~ \
		autom4te.cache src/config.h src/config.h.in src/config.h.in~

-include $(shell find $B/obj -name '*.d' 2>/dev/null)
