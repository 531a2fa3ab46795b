/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies of images: one, however many want it at once and whoever is killed while it
 * is made; nothing but that is left, and what is told meanwhile.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/imagecache.h"
#include "agent/imagecopy.h"
#include "base/buf.h"
#include "base/mem.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/tmpdir.h"

#define AT_ONCE 8
#define BIG (5 << 20)		/* bytes: some steps of a copy */

static char *dir;		/* of this test */
static char *image;
static struct buf told;
static long step;		/* by which each look at the clock lets it go on */
static long long now;
static long free_blocks;	/* -1: as it is */
static int reads_left = -1;	/* of directories, before one fails; -1: none does */
/* Part of a line: who tells it first is killed, while somebody waits for it. */
static const char *dies_at;

/* ---- in place of the system's -------------------------------------------- */

long long clock_ms(void)
{
	return now += step;
}

struct timespec clock_after(long ms)
{
	return (struct timespec){ .tv_sec = (now + ms) / 1000 };
}

void clock_pause(int ms)
{
	(void)ms;
	(void)poll(NULL, 0, 5);
}

int fstatvfs(int fd, struct statvfs *fs)
{
	(void)fd;
	memset(fs, 0, sizeof *fs);
	fs->f_frsize = 1024;
	fs->f_bavail = free_blocks == -1 ? ~0U : (unsigned long)free_blocks;
	return 0;
}

struct dirent *readdir(DIR *d)
{
	static struct dirent *(*real)(DIR *);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "readdir");
	if (reads_left == 0) {
		reads_left = -1;
		errno = EIO;
		return NULL;
	}
	if (reads_left > 0)
		reads_left--;
	return real(d);
}

/* ---- an image, and a cache ----------------------------------------------- */

static char *below(const char *name)
{
	return mem_printf("%s/%s", dir, name);
}

/* So many bytes, no two KiB of them the same. */
static void put_file(const char *path, size_t size)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	for (size_t i = 0; i < size; i += 16)
		fprintf(f, "%015zu\n", i);
	assert_int_equal(fclose(f), 0);
}

static int same_files(const char *a, const char *b)
{
	FILE *f = fopen(a, "r"), *g = fopen(b, "r");
	int x, y;

	if (f == NULL || g == NULL)
		fail_msg("%s, %s: %s", a, b, strerror(errno));
	do {
		x = getc(f);
		y = getc(g);
	} while (x == y && x != EOF);
	fclose(f);
	fclose(g);
	return x == y;
}

static void hear(const char *line, void *arg)
{
	(void)arg;
	buf_printf(&told, "%s\n", line);
	if (dies_at != NULL && strstr(line, "another session") != NULL)
		close(open("waits", O_CREAT | O_WRONLY, 0600));
	if (dies_at == NULL || strstr(line, dies_at) == NULL ||
		open("died", O_CREAT | O_EXCL | O_WRONLY, 0600) == -1)
		return;
	for (int i = 0; i < 6000 && access("waits", F_OK) == -1; i++)
		(void)poll(NULL, 0, 5);
	raise(SIGKILL);
}

static const char *all_told(void)
{
	buf_append(&told, "", 1);
	told.len--;
	return buf_data(&told);
}

/* What was told since the last time, the test's directory left out. */
static char *news(void)
{
	struct buf out = { 0 };
	const char *text = all_told(), *at;
	char *got;

	while ((at = strstr(text, dir)) != NULL) {
		buf_append(&out, text, (size_t)(at - text));
		text = at + strlen(dir);
	}
	buf_puts(&out, text);
	buf_append(&out, "", 1);
	got = mem_strdup(buf_data(&out));
	buf_fini(&out);
	buf_fini(&told);
	return got;
}

static void is_news(const char *want)
{
	char *got = news();

	assert_string_equal(got, want);
	free(got);
}

static char *cache_get(const struct runtime *importer, const char *program,
	struct err *e)
{
	char path[] = "PATH=/usr/bin:/bin", *env[] = { path, NULL };
	char *place = below("cache");
	char *got = imagecache_get(&(struct imagecache){ .place = place,
		.user = "alice", .image = image, .importer = importer,
		.program = program, .env = env, .tell = hear }, e);

	free(place);
	return got;
}

static char *get(void)
{
	struct err e;
	char *got = cache_get(NULL, NULL, &e);

	if (got == NULL)
		fail_msg("%s", e.text);
	return got;
}

static char *why_not(void)
{
	struct err e;

	assert_null(cache_get(NULL, NULL, &e));
	return mem_strdup(strncmp(e.text, dir, strlen(dir)) == 0 ?
		e.text + strlen(dir) : e.text);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Entries of the cache but for the locks, with blanks between. */
static char *entries(void)
{
	int fd = open("cache/vscode-remote-shell-alice", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd_opendir(fd);
	const struct dirent *at;
	char *name[64], *text;
	struct buf out = { 0 };
	size_t n = 0;

	assert_non_null(d);
	while ((at = readdir(d)) != NULL)
		if (strcmp(at->d_name, ".") != 0 &&
			strcmp(at->d_name, "..") != 0 &&
			strcmp(at->d_name, ".lock") != 0 && n < 64)
			name[n++] = mem_strdup(at->d_name);
	closedir(d);
	close(fd);
	qsort(name, n, sizeof *name, by_name);
	for (size_t i = 0; i < n; i++) {
		buf_printf(&out, "%s%s", i > 0 ? " " : "", name[i]);
		free(name[i]);
	}
	buf_append(&out, "", 1);
	text = mem_strdup(buf_data(&out));
	buf_fini(&out);
	return text;
}

static void has_only(const char *path)
{
	char *got = entries();

	assert_string_equal(got, path != NULL ? strrchr(path, '/') + 1 : "");
	free(got);
}

static int begin(void **state)
{
	struct err e;

	(void)state;
	dir = tmpdir_make("/tmp", &e);
	if (dir == NULL || chdir(dir) == -1)
		return -1;
	image = below("tools.sqsh");
	step = 0;
	now = 1000;
	free_blocks = -1;
	dies_at = NULL;
	put_file(image, 4096);
	return 0;
}

static int end(void **state)
{
	struct err e;
	int ret = chdir("/") == 0 ? tmpdir_remove(dir, &e) : -1;

	(void)state;
	buf_fini(&told);
	free(image);
	free(dir);
	return ret;
}

/* ---- one ----------------------------------------------------------------- */

static void makes_a_copy_once(void **state)
{
	char *first = get(), *second, want[512];
	struct stat st;

	(void)state;
	assert_true(same_files(image, first));
	snprintf(want, sizeof want, "container: /tools.sqsh (4 KiB) is copied to /cache/vscode-remote-shell-alice\n"
		"container: %s is there, after 0 s\n", strrchr(first, '/') + 1);
	is_news(want);
	assert_int_equal(stat(first, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat("cache/vscode-remote-shell-alice", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	second = get();
	assert_string_equal(second, first);
	is_news("");
	has_only(first);
	free(first);
	free(second);
}

static void copies_another_content_anew(void **state)
{
	char *first = get(), *second;

	(void)state;
	put_file(image, 8192);
	second = get();
	assert_string_not_equal(second, first);
	assert_true(same_files(image, second));
	free(first);
	free(second);
}

static void replaces_a_damaged_copy(void **state)
{
	char *first = get(), *second;

	(void)state;
	assert_int_equal(truncate(first, 100), 0);
	second = get();
	assert_string_equal(second, first);
	assert_true(same_files(image, second));
	has_only(first);
	free(first);
	free(second);
}

/* Something that is no copy has its name. */
static void replaces_what_is_no_copy(void **state)
{
	char *first = get(), *second;
	struct stat st;

	(void)state;
	assert_int_equal(unlink(first), 0);
	assert_int_equal(mkdir(first, 0700), 0);
	second = get();
	assert_true(same_files(image, second));
	free(first);
	free(second);
	free(image);
	image = below("tree");
	assert_int_equal(mkdir(image, 0700), 0);
	first = get();
	assert_int_equal(rmdir(first), 0);
	assert_int_equal(symlink("/dev/null/none", first), 0);
	second = get();
	assert_int_equal(lstat(second, &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	free(first);
	free(second);
}

static void tells_how_far_it_is(void **state)
{
	char *copy, want[512];

	(void)state;
	put_file(image, BIG);
	step = 2600;
	copy = get();
	snprintf(want, sizeof want, "container: /tools.sqsh (5.0 MiB) is copied to /cache/vscode-remote-shell-alice\n"
		"container: 2.0 MiB of 5.0 MiB are copied\n"
		"container: 4.0 MiB of 5.0 MiB are copied\n"
		"container: %s is there, after 15 s\n", strrchr(copy, '/') + 1);
	is_news(want);
	free(copy);
}

static void says_sizes(void **state)
{
	static const struct {
		unsigned long long bytes;
		const char *want;
	} rows[] = {
		{ 0, "0 KiB" }, { 1536, "2 KiB" }, { 1023999, "1000 KiB" },
		{ 1 << 20, "1.0 MiB" }, { 3435973837, "3.2 GiB" },
		{ 64ULL << 30, "64 GiB" }, { 5ULL << 40, "5.0 TiB" },
		{ 5000ULL << 40, "5000 TiB" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(imagecopy_size(rows[i].bytes).s,
			rows[i].want);
}

/* ---- a directory --------------------------------------------------------- */

static void make_tree(void)
{
	free(image);
	image = below("tree");
	assert_int_equal(mkdir("tree", 0700), 0);
	assert_int_equal(chmod("tree", 0755), 0);
	assert_int_equal(mkdir("tree/bin", 0700), 0);
	assert_int_equal(mkdir("tree/shut", 0700), 0);
	assert_int_equal(symlink("bin/sh", "tree/link"), 0);
	assert_int_equal(mkfifo("tree/fifo", 0600), 0);
	put_file("tree/bin/sh", 1000);
	put_file("tree/shut/file", 16);
	assert_int_equal(chmod("tree/bin/sh", 04555), 0);
	assert_int_equal(chmod("tree/shut", 0555), 0);
	for (int i = 0; i < 20; i++) {
		char name[32];

		snprintf(name, sizeof name, "tree/%d", i);
		put_file(name, 1000);
	}
}

static void copies_a_directory(void **state)
{
	char *copy, text[64];
	struct stat st;
	ssize_t n;

	(void)state;
	make_tree();
	copy = get();
	has_only(copy);
	assert_int_equal(chdir(copy), 0);
	assert_true(same_files("../../../tree/bin/sh", "bin/sh"));
	assert_true(same_files("../../../tree/19", "19"));
	assert_true(same_files("../../../tree/shut/file", "shut/file"));
	n = readlink("link", text, sizeof text);
	assert_int_equal(n, 6);
	assert_memory_equal(text, "bin/sh", 6);
	assert_int_equal(access("fifo", F_OK), -1);
	assert_int_equal(stat(".", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	/* It is the user's, to be removed, and no program of another. */
	assert_int_equal(stat("bin/sh", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_int_equal(stat("shut", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_int_equal(chdir(dir), 0);
	free(copy);
}

/* A file system that fails half-way is no end of a directory. */
static void keeps_no_part_of_a_directory(void **state)
{
	char *why, *left;

	(void)state;
	make_tree();
	reads_left = 10;
	why = why_not();
	assert_int_equal(reads_left, -1);
	assert_non_null(strstr(why, "a directory of the image cannot be read: Input/output error"));
	left = entries();
	assert_string_equal(left, "");
	free(why);
	free(left);
}

/* ---- many at once -------------------------------------------------------- */

static char words[3][8] = { "-x", "%to", "%image" };
static char *import_words[] = { words[0], words[1], words[2] };
static const struct runtime importer = { .program = "importer",
	.import = { 3, import_words }, .imports = RUNTIME_SQSH };

/* It is called with -x, and where to put what of which name. */
static void put_program(const char *script)
{
	FILE *f = fopen("importer", "w");

	assert_non_null(f);
	fprintf(f, "#!/bin/sh\n%s\n", script);
	assert_int_equal(fchmod(fileno(f), 0700), 0);
	fclose(f);
}

/* A squashfs file of that many bytes. */
#define SQUASHFS "{ printf 'hsqs%036d\\0\\020\\0\\0\\0\\0\\0\\0' 0; head -c 4048 /dev/zero; }"

static char *import(struct err *e)
{
	char *program = below("importer");
	char *got = cache_get(&importer, program, e);

	free(program);
	return got;
}

/* Each in a process; its status is 0 when it has the copy at that path. */
static void many_get(const char *want, char *(*one)(struct err *))
{
	int killed = 0, good = 0, status;
	pid_t pid[AT_ONCE];

	for (int i = 0; i < AT_ONCE; i++) {
		pid[i] = fork();
		assert_int_not_equal(pid[i], -1);
		if (pid[i] == 0) {
			struct err e;
			char *got = one(&e);

			if (got == NULL)
				fprintf(stderr, "# %s\n", e.text);
			_exit(got == NULL || strcmp(got, want) != 0);
		}
	}
	for (int i = 0; i < AT_ONCE; i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
		good += WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	assert_int_equal(killed, dies_at != NULL);
	assert_int_equal(good, AT_ONCE - killed);
}

static char *copy_one(struct err *e)
{
	return cache_get(NULL, NULL, e);
}

static void many_make_one_of_a_file(void **state)
{
	char *want;

	(void)state;
	put_file(image, BIG);
	want = get();
	assert_int_equal(unlink(want), 0);
	step = 2600;
	dies_at = " are copied";
	many_get(want, copy_one);
	assert_true(same_files(image, want));
	has_only(want);
	free(want);
}

static void many_make_one_of_a_directory(void **state)
{
	struct err e;
	char *want;

	(void)state;
	make_tree();
	want = get();
	assert_int_equal(tmpdir_remove(want, &e), 0);
	step = 2600;
	dies_at = " are copied";
	many_get(want, copy_one);
	has_only(want);
	assert_int_equal(chdir(want), 0);
	assert_true(same_files("../../../tree/19", "19"));
	assert_true(same_files("../../../tree/bin/sh", "bin/sh"));
	assert_int_equal(chdir(dir), 0);
	free(want);
}

/* Its program goes on for a while, and nobody else begins before it has ended. */
static void many_make_one_of_a_name(void **state)
{
	struct err e;
	char *want;

	(void)state;
	free(image);
	image = mem_strdup("docker://lab/tools:1");
	put_program(SQUASHFS " >\"$2\"");
	want = import(&e);
	if (want == NULL)
		fail_msg("%s", e.text);
	assert_int_equal(unlink(want), 0);
	dies_at = "\001";	/* no line: its program kills it */
	put_program("test ! -e busy || : >wrong\n"
		": >busy\n"
		"if mkdir died 2>/dev/null; then\n"
		"printf hsqs >\"$2\"; kill -9 $PPID; sleep 0.3\n"
		"fi\n"
		SQUASHFS " >\"$2\"\n"
		"rm busy");
	many_get(want, import);
	assert_int_equal(access("wrong", F_OK), -1);
	has_only(want);
	free(want);
}

/* ---- of a name ----------------------------------------------------------- */

static void imports_a_name(void **state)
{
	char *got, want[512];
	struct err e;

	(void)state;
	free(image);
	image = mem_strdup("docker://lab/tools:1");
	put_program("echo \"$1 $3 ${PATH%%:*}\" >words; cat >input; echo layer 1; printf 'layer\\t2\\r'; " SQUASHFS " >\"$2\"");
	step = 60000;
	got = import(&e);
	if (got == NULL)
		fail_msg("%s", e.text);
	assert_non_null(strstr(got, "/cache/vscode-remote-shell-alice/tools-1-"));
	assert_string_equal(got + strlen(got) - 5, ".sqsh");
	snprintf(want, sizeof want, "%s is there", strrchr(got, '/') + 1);
	assert_non_null(strstr(all_told(), want));
	assert_non_null(strstr(all_told(), "container: importer makes a .sqsh file of docker://lab/tools:1, in "));
	assert_non_null(strstr(all_told(), "container: importer is at it for "));
	assert_non_null(strstr(all_told(), " KiB: layer\\0112\n"));
	has_only(got);
	free(got);
}

static void tells_why_an_import_fails(void **state)
{
	struct err e;

	(void)state;
	free(image);
	image = mem_strdup("docker://lab/tools:1");
	put_program("echo x >\"$2\"; echo FATAL: no such name >&2; exit 255");
	assert_null(import(&e));
	assert_non_null(strstr(e.text, "/importer ended with status 255: FATAL: no such name"));
	has_only(NULL);
	put_program("echo x >\"$2\"");
	assert_null(import(&e));
	assert_non_null(strstr(e.text, ": it is no image"));
	has_only(NULL);
	put_program("exit 0");
	assert_null(import(&e));
	assert_non_null(strstr(e.text, ": No such file or directory"));
	put_program("kill -9 $$");
	assert_null(import(&e));
	assert_non_null(strstr(e.text, "/importer was ended by signal 9: it says no reason"));
	has_only(NULL);
}

/* Before anything is asserted that could leave it. */
static void end_what_is_left(void)
{
	FILE *f = fopen("left", "r");
	int left = 0;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d", &left), 1);
	fclose(f);
	assert_true(left > 1);
	assert_int_equal(kill(left, SIGKILL), 0);
}

/* As a daemon, which has its output for ever. */
static void waits_for_nothing_that_an_import_leaves(void **state)
{
	struct err e;
	char *got;

	(void)state;
	free(image);
	image = mem_strdup("docker://lab/tools:1");
	put_program("sleep 600 & echo $! >left; " SQUASHFS " >\"$2\"");
	got = import(&e);
	end_what_is_left();
	if (got == NULL)
		fail_msg("%s", e.text);
	has_only(got);
	free(got);
	put_program("sleep 600 & echo $! >left; echo FATAL: no such name >&2; exit 255");
	image[strlen(image) - 1] = '2';
	got = import(&e);
	end_what_is_left();
	assert_null(got);
	assert_non_null(strstr(e.text, "/importer ended with status 255: FATAL: no such name"));
}

/* ---- what is left, and what cannot be ------------------------------------ */

static void tells_that_there_is_no_room(void **state)
{
	char *why;

	(void)state;
	put_file(image, BIG);
	free_blocks = 1024;
	why = why_not();
	assert_string_equal(why, "/cache/vscode-remote-shell-alice: there is no room for it: it has 5.0 MiB, and 1.0 MiB are free");
	is_news("");
	has_only(NULL);
	free(why);
}

static void grow(const char *line, void *arg)
{
	FILE *f = fopen(image, "a");

	(void)line;
	(void)arg;
	assert_non_null(f);
	fputs("more", f);
	fclose(f);
}

static void keeps_nothing_of_what_is_changed_meanwhile(void **state)
{
	char *place = below("cache");
	struct err e;

	(void)state;
	assert_null(imagecache_get(&(struct imagecache){ .place = place,
		.user = "alice", .image = image, .tell = grow }, &e));
	assert_non_null(strstr(e.text, "/tools.sqsh was changed while it was copied"));
	has_only(NULL);
	free(place);
}

/* By the end of the session, while it is copied. */
static void end_it(const char *line, void *arg)
{
	(void)arg;
	if (strstr(line, " are copied") != NULL)
		raise(SIGTERM);
}

static void keeps_nothing_of_what_is_told_to_end(void **state)
{
	char *place = below("cache");
	struct sigaction how;
	struct err e;

	(void)state;
	make_tree();
	step = 2600;
	assert_null(imagecache_get(&(struct imagecache){ .place = place,
		.user = "alice", .image = image, .tell = end_it }, &e));
	assert_non_null(strstr(e.text, "/cache/vscode-remote-shell-alice: it was told to end by signal 15"));
	has_only(NULL);
	/* What comes then is ended by it as before. */
	assert_int_equal(sigaction(SIGTERM, NULL, &how), 0);
	assert_true(how.sa_handler == SIG_DFL);
	free(place);
}

static void refuses_a_place_of_others(void **state)
{
	char *why;

	(void)state;
	assert_int_equal(mkdir("cache", 0700), 0);
	assert_int_equal(mkdir("cache/vscode-remote-shell-alice", 0700), 0);
	assert_int_equal(chmod("cache/vscode-remote-shell-alice", 0755), 0);
	why = why_not();
	assert_non_null(strstr(why, "/cache/vscode-remote-shell-alice: mode 0755 lets others in, expected 0700"));
	free(why);
}

static void age(const char *path)
{
	struct timespec t[2] = { { time(NULL) - 31 * 86400L, 0 } };

	t[1] = t[0];
	assert_int_equal(utimensat(AT_FDCWD, path, t, 0), 0);
}

/* One that somebody is at, as another process has it locked. */
static void removes_what_is_left(void **state)
{
	static const char *const made[] = {
		"cache/vscode-remote-shell-alice/.x-0123456789abcdef.sif.part",
		"cache/vscode-remote-shell-alice/.x-0123456789abcdee.sif.part",
		"cache/vscode-remote-shell-alice/old-0123456789abcdef.sif",
		"cache/vscode-remote-shell-alice/new-0123456789abcded.sif",
		"cache/vscode-remote-shell-alice/x.sif",
		"cache/vscode-remote-shell-alice/x.sif.part",
	};
	char *copy = get(), *got, *want;
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET,
		.l_start = 0x09abcdee, .l_len = 1 };
	int fd = open("cache/vscode-remote-shell-alice/.lock", O_RDWR | O_CLOEXEC);

	(void)state;
	assert_int_equal(fcntl(fd, F_OFD_SETLK, &l), 0);
	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		put_file(made[i], 16);
	assert_int_equal(mkdir("cache/vscode-remote-shell-alice/.d-0123456789abcded.part", 0700), 0);
	put_file("cache/vscode-remote-shell-alice/.d-0123456789abcded.part/x", 16);
	age(made[2]);
	age(made[4]);
	age(copy);
	got = get();
	assert_string_equal(got, copy);
	free(got);
	got = entries();
	want = mem_printf(".x-0123456789abcdee.sif.part new-0123456789abcded.sif %s x.sif x.sif.part",
		strrchr(copy, '/') + 1);
	assert_string_equal(got, want);
	close(fd);
	free(copy);
	free(got);
	free(want);
}

/* DIR may be the users' own scratch, with a directory of theirs by that name. */
static void leaves_what_is_the_users_own(void **state)
{
	static const char *const theirs[] = {
		"cache/alice/thesis-0123456789abcdef.tex",
		"cache/alice/.work-0123456789abcdef.part",
	};
	struct stat st;

	(void)state;
	assert_int_equal(mkdir("cache", 0700), 0);
	assert_int_equal(mkdir("cache/alice", 0700), 0);
	for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++) {
		put_file(theirs[i], 16);
		age(theirs[i]);
	}
	free(get());
	for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++)
		assert_int_equal(stat(theirs[i], &st), 0);
}

#define CACHE_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CACHE_TEST(makes_a_copy_once),
		CACHE_TEST(copies_another_content_anew),
		CACHE_TEST(replaces_a_damaged_copy),
		CACHE_TEST(replaces_what_is_no_copy),
		CACHE_TEST(tells_how_far_it_is),
		cmocka_unit_test(says_sizes),
		CACHE_TEST(copies_a_directory),
		CACHE_TEST(keeps_no_part_of_a_directory),
		CACHE_TEST(many_make_one_of_a_file),
		CACHE_TEST(many_make_one_of_a_directory),
		CACHE_TEST(many_make_one_of_a_name),
		CACHE_TEST(imports_a_name),
		CACHE_TEST(tells_why_an_import_fails),
		CACHE_TEST(waits_for_nothing_that_an_import_leaves),
		CACHE_TEST(tells_that_there_is_no_room),
		CACHE_TEST(keeps_nothing_of_what_is_changed_meanwhile),
		CACHE_TEST(keeps_nothing_of_what_is_told_to_end),
		CACHE_TEST(refuses_a_place_of_others),
		CACHE_TEST(removes_what_is_left),
		CACHE_TEST(leaves_what_is_the_users_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
