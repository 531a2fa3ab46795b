/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/teefilter.h"
#include "os/behind.h"

static struct buf out;
static int ends;

static void out_data(const char *data, size_t len, void *arg)
{
	(void)arg;
	buf_append(&out, data, len);
}

static void out_end(void *arg)
{
	(void)arg;
	ends++;
}

static const struct filter_target target = { .data = out_data, .end = out_end };

/* Both have all, NULs too, and the end goes on. */
static void copies_what_passes(void **state)
{
	char path[] = "/tmp/test_teefilter.XXXXXX", got[16];
	struct filters all = { 0 };
	struct teefilter f = { 0 };
	struct err e;
	int fd = mkstemp(path);

	(void)state;
	teefilter_init(&f, &all, tee_open(path, "tee", &e));
	assert_non_null(f.tee);
	filters_set_target(&all, &target, NULL);
	filters_put(&all, "ab", 2);
	filters_put(&all, "\0c", 2);
	filters_end(&all);
	assert_int_equal(ends, 1);
	assert_int_equal(out.len, 4);
	assert_memory_equal(buf_data(&out), "ab\0c", 4);
	tee_close(f.tee);
	behind_wait(20000);
	assert_int_equal(read(fd, got, sizeof got), 4);
	assert_memory_equal(got, "ab\0c", 4);
	close(fd);
	unlink(path);
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_what_passes),
	};

	return cmocka_run_group_tests_name("teefilter", tests, NULL, NULL);
}
