/* SPDX-License-Identifier: BSD-2-Clause */
/* A directory as a root file system: what is mounted where, and the accounts. */
#include "fake.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "agent/imageroot.h"
#include "base/mem.h"

/* As "kind from to", the image's name left out. */
static char *told(const struct mounts *m, const char *image)
{
	static const char *const kinds[] = { "bind", "read", "empty", "link",
		"close" };
	struct buf b = { 0 };
	char *text;

	for (size_t i = 0; i < m->n; i++) {
		const char *from = m->list[i].from;
		size_t n = strlen(image);

		if (strncmp(from, image, n) == 0)
			from = from[n] != '\0' ? from + n : "/";
		buf_printf(&b, "%s %s %s\n", kinds[m->list[i].kind], from,
			m->list[i].to);
	}
	text = mem_strndup(buf_data(&b), b.len);
	buf_fini(&b);
	return text;
}

static void make_directory(const char *image, const char *path)
{
	char *whole = mem_printf("%s%s", image, path);

	assert_int_equal(mkdir(whole, 0700), 0);
	free(whole);
}

static void make_file(const char *image, const char *path, const char *text)
{
	char *whole = mem_printf("%s%s", image, path);
	FILE *f = fopen(whole, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	free(whole);
}

static char *image;

static int make_image(void **state)
{
	char *link;

	if (fake_agent_begin(state) == -1)
		return -1;
	image = mem_printf("%s/image", fake_dir);
	make_directory(image, "");
	make_directory(image, "/usr");
	make_directory(image, "/home");
	make_directory(image, "/home/other");
	make_directory(image, "/etc");
	make_directory(image, "/tmp");
	make_directory(image, "/dev");
	make_file(image, "/etc/passwd", "root:x:0:0::/root:/bin/sh\nalice:x:9:9::/a:/b\n");
	link = mem_printf("%s/bin", image);
	if (symlink("usr/bin", link) == -1)
		return -1;
	free(link);
	return 0;
}

static int drop_image(void **state)
{
	free(image);
	return fake_agent_end(state);
}

static char *root_for(const char *const *binds)
{
	struct mounts m = { 0 }, all = { 0 };
	struct err e;
	char *text;

	for (; *binds != NULL; binds++)
		mounts_add(&m, MOUNT_BIND, *binds, *binds);
	assert_int_equal(imageroot_mounts(image, &m, &all, &e), 0);
	text = told(&all, image);
	mounts_free(&m);
	mounts_free(&all);
	return text;
}

/* What the image has a place for needs nothing more, and no symlink is followed. */
static void mounts_into_what_is_there(void **state)
{
	static const char *const binds[] = { "/tmp", "/home/other", "/bin/x", NULL };
	char *got = root_for(binds);

	(void)state;
	assert_string_equal(got, "read / /\nbind /tmp /tmp\n"
		"bind /home/other /home/other\nbind /bin/x /bin/x\n");
	free(got);
}

static void opens_what_has_no_place(void **state)
{
	static const char *const binds[] = { "/home/alice", "/home/bob/x", NULL };
	char *got = root_for(binds);

	(void)state;
	assert_string_equal(got, "read / /\nempty  /home\n"
		"read /home/other /home/other\n"
		"bind /home/alice /home/alice\nbind /home/bob/x /home/bob/x\n"
		"close  /home\n");
	free(got);
}

static int has_line(const char *text, const char *line)
{
	const char *at = strstr(text, line);

	return at != NULL && (at == text || at[-1] == '\n');
}

/* The root itself, whose entries come in any order, before those below it. */
static void opens_the_root(void **state)
{
	static const char *const binds[] = { "/home/alice", "/work/alice", NULL };
	char *got = root_for(binds);

	(void)state;
	assert_false(has_line(got, "read / /\n"));
	assert_true(has_line(got, "read /usr /usr\n"));
	assert_true(has_line(got, "link usr/bin /bin\n"));
	assert_null(strstr(got, "/dev"));
	assert_true(strstr(got, "read /home /home\n") <
		strstr(got, "empty  /home\n"));
	assert_non_null(strstr(got, "bind /work/alice /work/alice\n"
		"close  /\nclose  /home\n"));
	free(got);
}

static void says_what_cannot_be_read(void **state)
{
	struct mounts m = { 0 }, all = { 0 };
	struct err e = { "" };

	(void)state;
	mounts_add(&m, MOUNT_BIND, "/x", "/x");
	assert_int_equal(imageroot_mounts("/dev/null/none", &m, &all, &e), -1);
	assert_string_equal(e.text, "/dev/null/none: Not a directory");
	mounts_free(&m);
	mounts_free(&all);
}

static char told_line[256];

static void hear(const char *line, void *arg)
{
	(void)arg;
	snprintf(told_line, sizeof told_line, "%s", line);
}

/* The user is the first of his number, and nobody else has his name. */
static void adds_the_user(void **state)
{
	const struct imageroot_user user = { "alice", "/home/alice", "/bin/zsh",
		hear, NULL };
	char *dir = mem_printf("%s/accounts", fake_dir), *path, *want;
	char got[256] = "";
	struct mounts m = { 0 };
	struct err e;
	FILE *f;

	(void)state;
	assert_false(imageroot_has_accounts(dir));
	assert_int_equal(imageroot_accounts(image, dir, &user, &m, &e), 0);
	assert_true(imageroot_has_accounts(dir));
	assert_string_equal(m.list[0].to, "/etc/passwd");
	assert_int_equal(m.list[0].kind, MOUNT_READ);
	assert_string_equal(m.list[1].to, "/etc/group");
	path = mem_printf("%s/passwd", dir);
	assert_string_equal(m.list[0].from, path);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_true(fread(got, 1, sizeof got - 1, f) > 0);
	fclose(f);
	want = mem_printf("alice:x:%u:%u::/home/alice:/bin/zsh\nroot:x:0:0::/root:/bin/sh\n",
		(unsigned)getuid(), (unsigned)getgid());
	assert_string_equal(got, want);
	free(want);
	free(path);
	free(dir);
	mounts_free(&m);
}

/* First and only line of passwd for an image with that. */
static void says_the_user_alone(const char *why)
{
	const struct imageroot_user user = { "alice", "/home/alice", "/bin/zsh",
		hear, NULL };
	char *dir = mem_printf("%s/accounts", fake_dir);
	char *path = mem_printf("%s/passwd", dir), got[256] = "";
	struct mounts m = { 0 };
	struct err e;
	FILE *f;

	told_line[0] = '\0';
	assert_int_equal(imageroot_accounts(image, dir, &user, &m, &e), 0);
	assert_string_equal(told_line, why);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_true(fread(got, 1, sizeof got - 1, f) > 0);
	fclose(f);
	assert_ptr_equal(strchr(got, '\n'), got + strlen(got) - 1);
	free(path);
	free(dir);
	mounts_free(&m);
}

/* Neither for long, nor much, nor what is the node's. */
static void reads_no_more_than_accounts(void **state)
{
	char *passwd = mem_printf("%s/etc/passwd", image);

	(void)state;
	assert_int_equal(truncate(passwd, (1 << 20) + 1), 0);
	says_the_user_alone("container: what /etc/passwd of the image says is left out: it is larger than 1 MiB");
	assert_int_equal(unlink(passwd), 0);
	assert_int_equal(mkfifo(passwd, 0600), 0);
	says_the_user_alone("container: what /etc/passwd of the image says is left out: it is no file");
	assert_int_equal(unlink(passwd), 0);
	assert_int_equal(symlink("/etc/passwd", passwd), 0);
	says_the_user_alone("");
	assert_int_equal(unlink(passwd), 0);
	assert_int_equal(symlink("/proc/self/maps", passwd), 0);
	says_the_user_alone("");
	free(passwd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mounts_into_what_is_there),
		cmocka_unit_test(opens_what_has_no_place),
		cmocka_unit_test(opens_the_root),
		cmocka_unit_test(says_what_cannot_be_read),
		cmocka_unit_test(adds_the_user),
		cmocka_unit_test(reads_no_more_than_accounts),
	};

	return cmocka_run_group_tests_name("imageroot", tests, make_image,
		drop_image);
}
