/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether VS Code's server runs in an image, by the names of its libraries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "agent/imageabi.h"

static void tells_what_is_missing(void **state)
{
#define END ": VS Code's server, which needs glibc 2.28 and libstdc++ 6.0.25 (GCC 8), will not start in it; shells and commands do"
	static const struct {
		const char *files[5];
		const char *want;	/* NULL: nothing is missing */
	} rows[] = {
		/* Debian 12, of both directories that are one there. */
		{ { "/lib/x86_64-linux-gnu/libc.so.6",
			"/usr/lib/x86_64-linux-gnu/libc.so.6",
			"/usr/lib/x86_64-linux-gnu/libstdc++.so.6",
			"/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30" }, NULL },
		/* Debian 11 */
		{ { "/lib/x86_64-linux-gnu/libc.so.6",
			"/lib/x86_64-linux-gnu/libc-2.31.so",
			"/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.28" }, NULL },
		/* AlmaLinux 8 */
		{ { "/lib64/libc-2.28.so", "/lib64/libc.so.6",
			"/lib64/libstdc++.so.6.0.25" }, NULL },
		/* CentOS 7 */
		{ { "/lib64/libc.so.6", "/lib64/libc-2.17.so",
			"/lib64/libstdc++.so.6", "/lib64/libstdc++.so.6.0.19" },
			"the image has glibc 2.17 and libstdc++ 6.0.19" END },
		{ { "/lib64/libc-2.27.so", "/lib64/libc.so.6",
			"/usr/lib64/libstdc++.so.6.0.25" },
			"the image has glibc 2.27" END },
		{ { "/lib/x86_64-linux-gnu/libc.so.6" },
			"the image has no libstdc++ in /lib and /usr/lib" END },
		{ { "/lib64/libc.so.6", "/lib64/libstdc++.so.6.0.24" },
			"the image has libstdc++ 6.0.24" END },
		/* A number of its own may be missing. */
		{ { "/lib64/libc.so.6", "/lib64/libstdc++.so.6" }, NULL },
		/* Alpine, with what VS Code wants there, and without. */
		{ { "/lib/ld-musl-x86_64.so.1", "/usr/lib/libstdc++.so.6",
			"/usr/lib/libstdc++.so.6.0.32" }, NULL },
		{ { "/lib/ld-musl-x86_64.so.1" },
			"the image has no libstdc++" END },
		{ { NULL }, "the image has no glibc in /lib and /usr/lib and no libstdc++" END },
		/* What only looks so. */
		{ { "/lib64/libc-2.9999.so", "/lib64/libc-2.28.so.old",
			"/lib64/libstdc++.so.6.0.30-gdb.py" },
			"the image has no glibc in /lib and /usr/lib and no libstdc++" END },
		{ { "/lib64/libc.so.6", "/lib64/libstdc++.so.6.0.30",
			"/usr/lib64/libstdc++.so.6.0.19" }, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct imageabi a = IMAGEABI_NONE;
		struct buf b = { 0 };

		for (int k = 0; k < 5 && rows[i].files[k] != NULL; k++)
			imageabi_saw(&a, rows[i].files[k]);
		assert_int_equal(imageabi_put_lack(&b, &a),
			rows[i].want != NULL);
		buf_append(&b, "", 1);
		assert_string_equal(buf_data(&b),
			rows[i].want != NULL ? rows[i].want : "");
		buf_fini(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
