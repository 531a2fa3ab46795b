/* SPDX-License-Identifier: BSD-2-Clause */
/* What is told of an image on a disk without mounting it. */
#include "fake.h"

#include <errno.h>
#include <sys/utsname.h>

#include "agent/imagelook.h"
#include "base/mem.h"

/* Of a machine that no test runs on. */
static const char foreign[] = "\177ELF\2\2\1\0\0\0\0\0\0\0\0\0\0\3\0\26";

static char *image;

static void make_link(const char *to, const char *path)
{
	char *whole = mem_printf("%s/%s", fake_dir, path);

	assert_int_equal(symlink(to, whole), 0);
	free(whole);
}

static void put_program(const char *path)
{
	char *whole = mem_printf("%s/%s", fake_dir, path);
	FILE *f = fopen(whole, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(foreign, 1, sizeof foreign - 1, f),
		sizeof foreign - 1);
	fclose(f);
	free(whole);
}

static int make_image(void **state)
{
	if (fake_agent_begin(state) == -1)
		return -1;
	image = mem_printf("%s/image", fake_dir);
	fake_file("image/usr/bin/dash", "");
	fake_file("image/etc/x", "");
	return 0;
}

static int drop_image(void **state)
{
	free(image);
	return fake_agent_end(state);
}

static void follows_symlinks_in_the_image(void **state)
{
	static const struct {
		const char *path, *want;	/* NULL: there is none */
	} rows[] = {
		{ "/usr/bin/dash", "/usr/bin/dash" },
		{ "//usr/./bin//dash", "/usr/bin/dash" },
		{ "/bin/sh", "/usr/bin/dash" },
		{ "/sbin/sh", "/usr/bin/dash" },
		{ "/up/sh", "/usr/bin/dash" },
		{ "/../../usr/bin/dash", "/usr/bin/dash" },
		{ "/", "" },
		{ "/nosuch/sh", NULL },
		{ "/loop/x", NULL },
	};

	(void)state;
	make_link("usr/bin", "image/bin");
	make_link("/usr/bin", "image/sbin");
	make_link("../../../../usr/bin", "image/up");
	make_link("/usr/bin/dash", "image/usr/bin/sh");
	make_link("loop", "image/loop");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *got = imagelook_find(image, rows[i].path);

		if (rows[i].want == NULL) {
			assert_null(got);
		} else {
			assert_non_null(got);
			assert_string_equal(got + strlen(image), rows[i].want);
		}
		free(got);
	}
}

static void refuses_another_machine(void **state)
{
	struct utsname node;
	char want[1100];
	struct err e;

	(void)state;
	assert_int_equal(uname(&node), 0);
	/* Not skip(): to cmocka's TAP that is a failure. */
	if (strcmp(node.machine, "s390x") == 0) {
		print_message("# skipped: this machine is an s390x\n");
		return;
	}
	make_link("dash", "image/usr/bin/sh");
	make_link("usr/bin", "image/bin");
	/* What is none tells nothing. */
	assert_int_equal(imagelook(image, RUNTIME_DIRECTORY, &e), 0);
	put_program("image/usr/bin/dash");
	if (access("/proc/sys/fs/binfmt_misc/qemu-s390x", F_OK) == 0) {
		print_message("# skipped: qemu runs what is for an s390x\n");
		return;
	}
	assert_int_equal(imagelook(image, RUNTIME_DIRECTORY, &e), -1);
	snprintf(want, sizeof want, "%s is for s390x, and this node is %s",
		image, node.machine);
	assert_string_equal(e.text, want);
}

static void takes_what_runs_here(void **state)
{
	struct err e;

	(void)state;
	make_link("/proc/self/exe", "image/usr/bin/sh");
	assert_int_equal(imagelook("/", RUNTIME_DIRECTORY, &e), 0);
	assert_int_equal(imagelook(image, RUNTIME_DIRECTORY, &e), 0);
	assert_int_equal(imagelook("docker://x", RUNTIME_NAME, &e), 0);
}

static void refuses_a_damaged_file(void **state)
{
	char *path = mem_printf("%s/x.sqsh", fake_dir), want[1100];
	struct err e;

	(void)state;
	fake_file("x.sqsh", "<html>404 not found");
	assert_int_equal(imagelook(path, RUNTIME_SQSH, &e), -1);
	snprintf(want, sizeof want, "%s: it is no image: neither SIF nor squashfs, or its begin is damaged",
		path);
	assert_string_equal(e.text, want);
	fake_file("x.sqsh", "hsqs");
	assert_int_equal(imagelook(path, RUNTIME_SQSH, &e), -1);
	snprintf(want, sizeof want, "%s: it is damaged: its end is missing, for as squashfs it has 4 bytes of 96",
		path);
	assert_string_equal(e.text, want);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(imagelook(path, RUNTIME_SIF, &e), -1);
	snprintf(want, sizeof want, "%s: No such file or directory", path);
	assert_string_equal(e.text, want);
	free(path);
}

#define IMAGE_TEST(f) cmocka_unit_test_setup_teardown(f, make_image, drop_image)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IMAGE_TEST(follows_symlinks_in_the_image),
		IMAGE_TEST(refuses_another_machine),
		IMAGE_TEST(takes_what_runs_here),
		IMAGE_TEST(refuses_a_damaged_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
