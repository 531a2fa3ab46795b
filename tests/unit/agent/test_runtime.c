/* SPDX-License-Identifier: BSD-2-Clause */
/* The whole command line of each runtime, word by word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "agent/runtime.h"
#include "base/mem.h"

static char job[] = "SLURM_JOB_ID=7", path[] = "PATH=/x";
static char *const env[] = { job, path, NULL };

static char *one_line(const struct opt_list *words)
{
	struct buf b = { 0 };
	char *text;

	for (size_t i = 0; i < words->n; i++)
		buf_printf(&b, "%s%s", i > 0 ? "|" : "", words->word[i]);
	buf_append(&b, "", 1);
	text = mem_strdup(buf_data(&b));
	buf_fini(&b);
	return text;
}

static struct runtimes all;

static const struct runtime *runtime_of(const char *name)
{
	for (size_t i = 0; i < all.n; i++)
		if (strcmp(all.list[i].name, name) == 0)
			return &all.list[i];
	fail_msg("there is no %s", name);
	return NULL;
}

/*
 * As the documentation of each has it: apptainer(1) and singularity(1) exec, enroot's
 * doc/cmd/start.md and doc/image-format.md, podman-run(1), podman-hpc's modules.d,
 * Sarus's user guide, shifter's own usage, ch-run(1), pyxis's README, bwrap(1),
 * proot(1).
 */
static void has_exact_words(void **state)
{
	static const struct {
		const char *name, *image;
		enum runtime_gpu gpu;
		int is_terminal;
		const char *want;
	} rows[] = {
		{ "apptainer", "/i.sif", RUNTIME_NO_GPU, 1,
			"/bin/R|exec|--bind|/home/a:/home/a|--bind|/d:/data|-x|/i.sif" },
		{ "apptainer", "/i.sif", RUNTIME_NVIDIA, 0,
			"/bin/R|exec|--bind|/home/a:/home/a|--bind|/d:/data|--nv|-x|/i.sif" },
		{ "singularity", "docker://a:1", RUNTIME_AMD, 0,
			"/bin/R|exec|--bind|/home/a:/home/a|--bind|/d:/data|--rocm|-x|docker://a:1" },
		{ "enroot", "/i.sqsh", RUNTIME_NVIDIA, 1,
			"/bin/R|start|--rw|--rc|/run/script|--env|SLURM_JOB_ID|--mount|/home/a:/home/a:none:x-create=auto,rbind|--mount|/d:/data:none:x-create=auto,rbind|-x|/i.sqsh" },
		{ "podman-hpc", "docker://a:1", RUNTIME_NVIDIA, 0,
			"/bin/R|run|--rm|--interactive|--userns=keep-id|--network=host|--uts=host|--pid=host|--ipc=host|--security-opt=label=disable|--env|SLURM_JOB_ID|--volume|/home/a:/home/a|--volume|/d:/data|--gpu|-x|--entrypoint=|docker://a:1" },
		{ "podman", "docker://a:1", RUNTIME_NVIDIA, 1,
			"/bin/R|run|--rm|--interactive|--tty|--userns=keep-id|--network=host|--uts=host|--pid=host|--ipc=host|--security-opt=label=disable|--env|SLURM_JOB_ID|--volume|/home/a:/home/a|--volume|/d:/data|--device=nvidia.com/gpu=all|-x|--entrypoint=|docker://a:1" },
		{ "podman", "docker://a:1", RUNTIME_AMD, 0,
			"/bin/R|run|--rm|--interactive|--userns=keep-id|--network=host|--uts=host|--pid=host|--ipc=host|--security-opt=label=disable|--env|SLURM_JOB_ID|--volume|/home/a:/home/a|--volume|/d:/data|--device=/dev/kfd|--device=/dev/dri|-x|--entrypoint=|docker://a:1" },
		{ "sarus", "docker://a:1", RUNTIME_NVIDIA, 1,
			"/bin/R|run|--tty|--mount=type=bind,source=/home/a,destination=/home/a|--mount=type=bind,source=/d,destination=/data|-x|--entrypoint||a:1" },
		{ "shifter", "docker://a:1", RUNTIME_NVIDIA, 1,
			"/bin/R|--image=docker:a:1|--volume=/home/a:/home/a|--volume=/d:/data|-x|--" },
		{ "charliecloud", "/i", RUNTIME_NVIDIA, 1,
			"/bin/R|--home|--bind=/home/a:/home/a|--bind=/d:/data|-x|/i|--" },
		{ "pyxis", "/i.sqsh", RUNTIME_NO_GPU, 1,
			"/bin/R|--overlap|--nodes=1|--ntasks=1|--nodelist=n1|--mem=0|--mpi=none|--export=ALL|--unbuffered|--pty|--container-image=/i.sqsh|--no-container-remap-root|--no-container-entrypoint|--container-mounts=/home/a:/home/a|--container-mounts=/d:/data|-x" },
		{ "pyxis", "docker://a:1", RUNTIME_NVIDIA, 0,
			"/bin/R|--overlap|--nodes=1|--ntasks=1|--nodelist=n1|--mem=0|--mpi=none|--export=ALL|--unbuffered|--container-image=a:1|--no-container-remap-root|--no-container-entrypoint|--container-mounts=/home/a:/home/a|--container-mounts=/d:/data|-x" },
		{ "bubblewrap", "/i", RUNTIME_NO_GPU, 1,
			"/bin/R|--bind|/home/a|/home/a|--bind|/d|/data|--dev-bind|/dev|/dev|--proc|/proc|--ro-bind-try|/sys|/sys|-x|--" },
		{ "proot", "/i", RUNTIME_NO_GPU, 0,
			"/bin/R|-r|/i|-b|/dev|-b|/proc|-b|/sys|-b|/home/a:/home/a|-b|/d:/data|-x" },
	};
	char x[] = "-x", *word[] = { x };
	const struct opt_list args = { 1, word };
	struct mounts m = { 0 };
	struct err e;
	unsigned seen = 0;

	(void)state;
	assert_int_equal(mounts_bind(&m, "/home/a", &e), 0);
	assert_int_equal(mounts_bind(&m, "/d:/data", &e), 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct runtime *r = runtime_of(rows[i].name);
		struct opt_list enter = { 0 }, words = { 0 };
		char *got;

		assert_true(r->images & runtime_image_of(rows[i].image,
			strchr(rows[i].image, '.') == NULL));
		runtime_enter(r, &(struct runtime_use){ .path = "/bin/R",
			.image = rows[i].image, .node = "n1",
			.script = "/run/script", .mounts = &m, .args = &args,
			.gpu = rows[i].gpu, .is_usual_home = 1 }, &enter);
		runtime_put_words(r, &enter, env, rows[i].is_terminal, &words);
		got = one_line(&words);
		assert_string_equal(got, rows[i].want);
		free(got);
		optlist_free(&enter);
		optlist_free(&words);
		seen |= 1U << (r - all.list);
	}
	/* None was left out. */
	assert_int_equal(seen, (1U << all.n) - 1);
	mounts_free(&m);
}

/*
 * apptainer(1) instance start, exec and instance stop; podman-run(1), podman-rm(1) and
 * nsenter(1); enroot's doc/cmd/exec.md. The others have no instances.
 */
static void has_instances(void **state)
{
#define RUN "run|--detach|--name=i-1|--pidfile=/d/pid|--userns=keep-id|--network=host|--uts=host|--pid=host|--ipc=host|--security-opt=label=disable|--volume|/d:/data"
	static const struct {
		const char *name, *image, *start, *join, *stop;
		enum runtime_gpu gpu;
		int is_daemon, joins_between;
	} rows[] = {
		{ "apptainer", "/i.sif", "/bin/R|instance|start|--pid-file|/d/pid|--bind|/d:/data|--nv|-x|/i.sif|i-1",
			"/bin/J|exec|instance://i-1", "/bin/R|instance|stop|i-1",
			RUNTIME_NVIDIA, 1, 1 },
		{ "singularity", "/i.sif", "/bin/R|instance|start|--pid-file|/d/pid|--bind|/d:/data|-x|/i.sif|i-1",
			"/bin/J|exec|instance://i-1", "/bin/R|instance|stop|i-1",
			RUNTIME_NO_GPU, 1, 1 },
		{ "enroot", "/i.sqsh", "/bin/R|start|--rw|--rc|/run/script|--mount|/d:/data:none:x-create=auto,rbind|-x|/i.sqsh|/bin/sh|-c|HOLD|sh|/d/pid",
			"/bin/J|exec|--env|SLURM_JOB_ID|77", "", RUNTIME_NO_GPU, 0, 0 },
		{ "podman-hpc", "docker://a:1", "/bin/R|" RUN "|--gpu|-x|--entrypoint=|docker://a:1|/bin/sh|-c|HOLD|sh|",
			"/bin/J|--target|77|--user|--mount|--preserve-credentials",
			"/bin/R|rm|--force|--time=0|--ignore|i-1", RUNTIME_NVIDIA, 1, 0 },
		{ "podman", "docker://a:1", "/bin/R|" RUN "|-x|--entrypoint=|docker://a:1|/bin/sh|-c|HOLD|sh|",
			"/bin/J|--target|77|--user|--mount|--preserve-credentials",
			"/bin/R|rm|--force|--time=0|--ignore|i-1", RUNTIME_NO_GPU, 1, 0 },
	};
	char x[] = "-x", *word[] = { x };
	const struct opt_list args = { 1, word };
	const struct runtime_instance it = { .name = "i-1",
		.pidfile = "/d/pid", .pid = "77", .args = &args };
	struct mounts m = { 0 };
	struct err e;
	size_t n = 0;

	(void)state;
	assert_int_equal(mounts_bind(&m, "/d:/data", &e), 0);
	for (size_t i = 0; i < all.n; i++)
		n += all.list[i].start.n > 0;
	assert_int_equal(n, sizeof rows / sizeof *rows);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct runtime *r = runtime_of(rows[i].name);
		struct opt_list start = { 0 }, way = { 0 }, join = { 0 },
			stop = { 0 };
		char *got;

		runtime_start(r, &(struct runtime_use){ .path = "/bin/R",
			.image = rows[i].image, .node = "n1",
			.script = "/run/script", .mounts = &m, .args = &args,
			.gpu = rows[i].gpu }, &it, &start);
		for (size_t k = 0; k < start.n; k++)
			if (strstr(start.word[k], "exec sleep") != NULL)
				strcpy(start.word[k], "HOLD");
		got = one_line(&start);
		assert_string_equal(got, rows[i].start);
		free(got);
		runtime_join(r, "/bin/J", &it, &way);
		runtime_put_words(r, &way, env, 1, &join);
		got = one_line(&join);
		assert_string_equal(got, rows[i].join);
		free(got);
		runtime_stop(r, "/bin/R", &it, &stop);
		got = one_line(&stop);
		assert_string_equal(got, rows[i].stop);
		free(got);
		assert_int_equal(r->is_daemon, rows[i].is_daemon);
		assert_int_equal(r->joins_between, rows[i].joins_between);
		optlist_free(&start);
		optlist_free(&way);
		optlist_free(&join);
		optlist_free(&stop);
	}
	mounts_free(&m);
#undef RUN
}

/* apptainer(1) pull, and enroot's doc/cmd/import.md. */
static void makes_a_file_of_a_name(void **state)
{
	static const struct {
		const char *name, *want;	/* "": it makes none */
		enum runtime_image kind;
	} rows[] = {
		{ "apptainer", "pull|--disable-cache|/c/x|docker://a:1", RUNTIME_SIF },
		{ "singularity", "pull|--disable-cache|/c/x|docker://a:1", RUNTIME_SIF },
		{ "enroot", "import|--output|/c/x|docker://a:1", RUNTIME_SQSH },
		{ "podman", "", RUNTIME_SIF },
		{ "pyxis", "", RUNTIME_SIF },
		{ "bubblewrap", "", RUNTIME_SIF },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct runtime *r = runtime_of(rows[i].name);
		struct opt_list words = { 0 };
		char *got;

		runtime_import(r, "docker://a:1", "/c/x", &words);
		got = one_line(&words);
		assert_string_equal(got, rows[i].want);
		assert_int_equal(r->imports, rows[i].kind);
		free(got);
		optlist_free(&words);
	}
	assert_string_equal(runtime_end_of(RUNTIME_SIF), ".sif");
	assert_string_equal(runtime_end_of(RUNTIME_SQSH), ".sqsh");
}

/* A root that is ours to put together. */
static void mounts_of_each_kind(void **state)
{
	struct mounts m = { 0 };
	const struct opt_list none = { 0 };
	struct opt_list enter = { 0 };
	char *got;

	(void)state;
	mounts_add(&m, MOUNT_READ, "/i/usr", "/usr");
	mounts_add(&m, MOUNT_LINK, "usr/bin", "/bin");
	mounts_add(&m, MOUNT_EMPTY, "", "/home");
	mounts_add(&m, MOUNT_CLOSE, "", "/home");
	runtime_enter(runtime_of("bubblewrap"),
		&(struct runtime_use){ .path = "bwrap", .image = "/i",
			.mounts = &m, .args = &none }, &enter);
	got = one_line(&enter);
	assert_string_equal(got, "bwrap|--ro-bind|/i/usr|/usr|--symlink|usr/bin|/bin|--tmpfs|/home|"
		"--dev-bind|/dev|/dev|--proc|/proc|--ro-bind-try|/sys|/sys|--remount-ro|/home|--");
	free(got);
	optlist_free(&enter);
	mounts_free(&m);
}

/* As sshd's shell reads it, which alone knows of a terminal. */
static void in_words_of_a_shell(void **state)
{
	struct mounts m = { 0 };
	char x[] = "--label=a b", *word[] = { x };
	const struct opt_list args = { 1, word };
	struct opt_list enter = { 0 };
	struct buf b = { 0 };

	(void)state;
	runtime_enter(runtime_of("podman"),
		&(struct runtime_use){ .path = "podman", .image = "docker://i",
			.mounts = &m, .args = &args }, &enter);
	runtime_put_shell(runtime_of("podman"), &enter, env, &b);
	buf_append(&b, "", 1);
	assert_string_equal(buf_data(&b), "podman run --rm --interactive $(test ! -t 0 || echo --tty) "
		"--userns=keep-id --network=host --uts=host --pid=host --ipc=host --security-opt=label=disable "
		"--env SLURM_JOB_ID --env TERM --env APP_DIR --env APP_PORT --env APP_SOCKET --env APP_TOKEN_FILE '--label=a b' --entrypoint= docker://i ");
	buf_fini(&b);
	optlist_free(&enter);
}

/* Enroot takes nothing for one whose name no shell could set. */
static void leaves_out_odd_variables(void **state)
{
	static char good[] = "A_1=x", func[] = "BASH_FUNC_m%%=x", dot[] = "a.b=x",
		digit[] = "1a=x", none[] = "=x", search[] = "PATH=x";
	static char *const odd[] = { func, good, dot, digit, none, search, NULL };
	const struct opt_list no_args = { 0 };
	struct mounts m = { 0 };
	struct opt_list enter = { 0 }, words = { 0 };
	char *got;

	(void)state;
	runtime_enter(runtime_of("enroot"), &(struct runtime_use){ .path = "R",
		.image = "/i.sqsh", .script = "/s", .mounts = &m,
		.args = &no_args }, &enter);
	runtime_put_words(runtime_of("enroot"), &enter, odd, 0, &words);
	got = one_line(&words);
	assert_string_equal(got, "R|start|--rw|--rc|/s|--env|A_1|/i.sqsh");
	free(got);
	optlist_free(&enter);
	optlist_free(&words);
}

/* One of the settings, and one key of one that is built in. */
static void takes_those_of_settings(void **state)
{
	char a[] = "mine program=/opt/mine", b[] = "mine images=name sif",
		c[] = "mine enter=in  %name on-%node \"\" %mounts",
		d[] = "mine bind=-v %from=%to", e[] = "proot program=/opt/proot",
		f[] = "mine";
	char *said[] = { f, a, b, c, d, e };
	const struct opt_list none = { 0 };
	struct runtimes mine;
	struct mounts m = { 0 };
	struct opt_list enter = { 0 };
	struct err why;
	char *got;

	(void)state;
	assert_int_equal(runtimes_init(&mine, &(struct opt_list){ 6, said },
		&why), 0);
	assert_int_equal(mine.n, all.n + 1);
	assert_string_equal(mine.list[0].name, "mine");
	assert_int_equal(mine.list[0].images, RUNTIME_NAME | RUNTIME_SIF);
	assert_string_equal(mine.list[mine.n - 1].program, "/opt/proot");
	assert_true(mine.list[mine.n - 1].is_between);
	assert_int_equal(mounts_bind(&m, "/d", &why), 0);
	runtime_enter(&mine.list[0], &(struct runtime_use){ .path = "P",
		.image = "docker://i", .node = "n1", .mounts = &m,
		.args = &none }, &enter);
	got = one_line(&enter);
	assert_string_equal(got, "P|in|i|on-n1||-v|/d=/d");
	free(got);
	optlist_free(&enter);
	mounts_free(&m);
	runtimes_fini(&mine);
}

static void tells_images(void **state)
{
	static const struct {
		const char *image;
		int is_directory;
		enum runtime_image want;
	} rows[] = {
		{ "/a/b", 1, RUNTIME_DIRECTORY },
		{ "/a.sif", 1, RUNTIME_DIRECTORY },
		{ "/a.sif", 0, RUNTIME_SIF },
		{ "/a.img", 0, RUNTIME_SIF },
		{ "/a.sqsh", 0, RUNTIME_SQSH },
		{ "/a.sqfs", 0, RUNTIME_SQSH },
		{ "/.sqsh/x", 0, RUNTIME_SIF },
		{ "docker://debian:12", 0, RUNTIME_NAME },
		{ "oras://x/y.sif", 0, RUNTIME_NAME },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(runtime_image_of(rows[i].image,
			rows[i].is_directory), rows[i].want);
}

static void tells_gpus(void **state)
{
	static const struct {
		const char *variable;
		enum runtime_gpu want;
	} rows[] = {
		{ "A=1", RUNTIME_NO_GPU },
		{ "CUDA_VISIBLE_DEVICES=0,1", RUNTIME_NVIDIA },
		{ "CUDA_VISIBLE_DEVICES=", RUNTIME_NO_GPU },
		{ "CUDA_VISIBLE_DEVICES=NoDevFiles", RUNTIME_NO_GPU },
		{ "MY_CUDA_VISIBLE_DEVICES=0", RUNTIME_NO_GPU },
		{ "ROCR_VISIBLE_DEVICES=0", RUNTIME_AMD },
		{ "SLURM_JOB_GPUS=3", RUNTIME_NVIDIA },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *const one[] = { (char *)(uintptr_t)rows[i].variable,
			NULL };

		assert_int_equal(runtime_gpu_of(one), rows[i].want);
	}
	assert_int_equal(runtime_gpu_of(NULL), RUNTIME_NO_GPU);
}

static void reads_binds(void **state)
{
	static const struct { const char *text, *from, *to; } rows[] = {
		{ "/a", "/a", "/a" },
		{ "/a:/b", "/a", "/b" },
		{ "a", NULL, NULL },
		{ "/a:b", NULL, NULL },
		{ "/a:/b:ro", NULL, NULL },
		{ "", NULL, NULL },
		{ ":/b", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct mounts m = { 0 };
		struct err e;
		int ret = mounts_bind(&m, rows[i].text, &e);

		assert_int_equal(ret, rows[i].from != NULL ? 0 : -1);
		if (ret == 0) {
			assert_string_equal(m.list[0].from, rows[i].from);
			assert_string_equal(m.list[0].to, rows[i].to);
		}
		mounts_free(&m);
	}
}

/* Nothing twice, nothing below what is there at the same place, never "/". */
static void binds_what_is_missing(void **state)
{
	static const char *const paths[] = { "/home/a", "/home/ab",
		"/home/a/state", "/", "/work/x", "/data/x", "/a:b", "rel" };
	struct mounts m = { 0 };
	struct buf b = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(mounts_bind(&m, "/d:/data", &e), 0);
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		mounts_same(&m, paths[i]);
	for (size_t i = 0; i < m.n; i++)
		buf_printf(&b, "%s:%s ", m.list[i].from, m.list[i].to);
	buf_append(&b, "", 1);
	assert_string_equal(buf_data(&b), "/d:/data /home/a:/home/a /home/ab:/home/ab /work/x:/work/x /data/x:/data/x ");
	buf_fini(&b);
	mounts_free(&m);
	assert_true(mounts_is_system("/"));
	assert_true(mounts_is_system("/etc"));
	assert_true(mounts_is_system("/usr/local"));
	assert_false(mounts_is_system("/users/a"));
	assert_false(mounts_is_system("/etcetera"));
}

static int begin(void **state)
{
	const struct opt_list none = { 0 };
	struct err e;

	(void)state;
	return runtimes_init(&all, &none, &e);
}

static int end(void **state)
{
	(void)state;
	runtimes_fini(&all);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_exact_words),
		cmocka_unit_test(has_instances),
		cmocka_unit_test(makes_a_file_of_a_name),
		cmocka_unit_test(mounts_of_each_kind),
		cmocka_unit_test(in_words_of_a_shell),
		cmocka_unit_test(leaves_out_odd_variables),
		cmocka_unit_test(takes_those_of_settings),
		cmocka_unit_test(tells_images),
		cmocka_unit_test(tells_gpus),
		cmocka_unit_test(reads_binds),
		cmocka_unit_test(binds_what_is_missing),
	};

	return cmocka_run_group_tests_name("runtime", tests, begin, end);
}
