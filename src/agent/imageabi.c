/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * Up to 2.33 glibc's file is called libc-2.VERSION.so; since then libc.so.6 is no
 * link any more, and there is no such name. The number behind libstdc++.so.6.0 is
 * that of its symbols (GLIBCXX_3.4.25 came with libstdc++.so.6.0.25, of GCC 8).
 * What VS Code's server wants is in its bin/helpers/check-requirements.sh.
 */
#include "agent/imageabi.h"

#include <string.h>

#include "base/number.h"

#define GLIBC_WANTED 28
#define GLIBC_UNNAMED 34	/* the first whose file does not say it */
#define LIBSTDCXX_WANTED 25
#define VERSION_MAX 999

void imageabi_put_script(struct buf *out, const char *mark)
{
	buf_puts(out, "for d in /lib /lib64 /lib/*-linux-* /usr/lib /usr/lib64 /usr/lib/*-linux-*; do\n"
		"for p in $d/libc.so.6 $d/libc-2.*.so $d/ld-musl-*.so.1 $d/libstdc++.so.6 $d/libstdc++.so.6.0.*; do\n");
	buf_printf(out, "test ! -e \"$p\" || echo \"%s $p\"\n", mark);
	buf_puts(out, "done; done\n");
}

static int version_in(const char *name, const char *before)
{
	size_t n = strlen(before);
	const char *at = name + n, *end = name + strlen(name);
	unsigned long long version;

	if (strncmp(name, before, n) != 0 ||
		number_take(&at, end, VERSION_MAX, &version) == -1 ||
		(*at != '\0' && strcmp(at, ".so") != 0))
		return -1;
	return (int)version;
}

void imageabi_saw(struct imageabi *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	int glibc = version_in(name, "libc-2.");
	int libstdcxx = version_in(name, "libstdc++.so.6.0.");

	if (strncmp(name, "ld-musl-", 8) == 0)
		a->has_musl = 1;
	else if (glibc > 0 && (a->glibc == 0 || a->glibc == GLIBC_UNNAMED))
		a->glibc = glibc;
	else if (strcmp(name, "libc.so.6") == 0 && a->glibc == 0)
		a->glibc = GLIBC_UNNAMED;
	if (strcmp(name, "libstdc++.so.6") == 0 && a->libstdcxx == -1)
		a->libstdcxx = 0;
	if (libstdcxx > a->libstdcxx)
		a->libstdcxx = libstdcxx;
}

static void put_libc(struct buf *out, const struct imageabi *a)
{
	if (a->glibc == 0)
		buf_puts(out, "no glibc in /lib and /usr/lib");
	else
		buf_printf(out, "glibc 2.%d", a->glibc);
}

static void put_libstdcxx(struct buf *out, const struct imageabi *a)
{
	if (a->libstdcxx == -1)
		buf_puts(out, a->glibc == 0 ? "no libstdc++" :
			"no libstdc++ in /lib and /usr/lib");
	else
		buf_printf(out, "libstdc++ 6.0.%d", a->libstdcxx);
}

/* One without a number of its own may be any. */
int imageabi_put_lack(struct buf *out, const struct imageabi *a)
{
	int lacks_libc = a->glibc < GLIBC_WANTED &&
		(a->glibc != 0 || !a->has_musl);
	int lacks_libstdcxx = a->libstdcxx == -1 ||
		(a->libstdcxx > 0 && a->libstdcxx < LIBSTDCXX_WANTED);

	if (!lacks_libc && !lacks_libstdcxx)
		return 0;
	buf_puts(out, "the image has ");
	if (lacks_libc)
		put_libc(out, a);
	if (lacks_libc && lacks_libstdcxx)
		buf_puts(out, " and ");
	if (lacks_libstdcxx)
		put_libstdcxx(out, a);
	buf_printf(out, ": VS Code's server, which needs glibc 2.%d and libstdc++ 6.0.%d (GCC 8), will not start in it; shells and commands do",
		GLIBC_WANTED, LIBSTDCXX_WANTED);
	return 1;
}
