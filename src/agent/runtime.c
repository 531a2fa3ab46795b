/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * The table of runtimes, and how the words of a row become a command line. Tests run
 * bubblewrap and Charliecloud, and compare the words of the others.
 */
#include "agent/runtime.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/shellword.h"

/* Marks among the words of a way in; no word of a user's begins so. */
#define MARK_TERMINAL "\001terminal"
#define MARK_VARIABLES "\001variables"

#define WORDS(...) (const char *const[]){ __VA_ARGS__, NULL }

/* Of Apptainer and of what it was before. */
#define APPTAINER \
	.images = RUNTIME_DIRECTORY | RUNTIME_SIF | RUNTIME_SQSH | RUNTIME_NAME, \
	.enter = WORDS("exec", "%mounts", "%gpu", "%args", "%image"), \
	.mount = { [MOUNT_BIND] = WORDS("--bind", "%from:%to") }, \
	.gpu = { [RUNTIME_NVIDIA] = WORDS("--nv"), \
		[RUNTIME_AMD] = WORDS("--rocm") }

const struct runtime runtimes[OPTIONS_RUNTIMES] = {
	[OPTIONS_RUNTIME_APPTAINER] = { "apptainer", APPTAINER,
		.needs_userns = 1 },
	[OPTIONS_RUNTIME_SINGULARITY] = { "singularity", APPTAINER },
	[OPTIONS_RUNTIME_ENROOT] = {
		"enroot", RUNTIME_SQSH,
		.enter = WORDS("start", "--rw", MARK_VARIABLES, "%mounts",
			"%args", "%image"),
		.mount = { [MOUNT_BIND] = WORDS("--mount", "%from:%to") },
		.variable = "--env",
		.needs_userns = 1,
	},
	[OPTIONS_RUNTIME_PODMAN] = {
		"podman", RUNTIME_NAME,
		.enter = WORDS("run", "--rm", "--interactive", MARK_TERMINAL,
			"--userns=keep-id", "--network=host", "--pid=host",
			"--ipc=host", "--security-opt=label=disable",
			MARK_VARIABLES, "%mounts", "%gpu", "%args",
			"--entrypoint=", "%image"),
		.mount = { [MOUNT_BIND] = WORDS("--volume", "%from:%to") },
		.gpu = { [RUNTIME_NVIDIA] = WORDS("--device=nvidia.com/gpu=all"),
			[RUNTIME_AMD] = WORDS("--device=/dev/kfd",
				"--device=/dev/dri") },
		.terminal = "--tty",
		.variable = "--env",
		.needs_userns = 1,
	},
	[OPTIONS_RUNTIME_CHARLIECLOUD] = {
		"ch-run", RUNTIME_DIRECTORY | RUNTIME_SQSH,
		.enter = WORDS("%home", "%mounts", "%args", "%image", "--"),
		.mount = { [MOUNT_BIND] = WORDS("--bind=%from:%to") },
		.home = "--home",
		.needs_userns = 1,
	},
	/* Its /proc is the node's, since it is asked for no processes of its own. */
	[OPTIONS_RUNTIME_BUBBLEWRAP] = {
		"bwrap", RUNTIME_DIRECTORY,
		.enter = WORDS("%mounts", "--dev-bind", "/dev", "/dev",
			"--proc", "/proc", "--ro-bind-try", "/sys", "/sys",
			"%args", "%closed", "--"),
		.mount = {
			[MOUNT_BIND] = WORDS("--bind", "%from", "%to"),
			[MOUNT_READ] = WORDS("--ro-bind", "%from", "%to"),
			[MOUNT_EMPTY] = WORDS("--tmpfs", "%to"),
			[MOUNT_LINK] = WORDS("--symlink", "%from", "%to"),
			[MOUNT_CLOSE] = WORDS("--remount-ro", "%to"),
		},
		.makes_root = 1,
		.has_accounts = 1,
		.is_between = 1,
		.needs_userns = 1,
	},
	/* By ptrace(2): slow, and no debugger works in it; so it is the last. */
	[OPTIONS_RUNTIME_PROOT] = {
		"proot", RUNTIME_DIRECTORY,
		.enter = WORDS("-r", "%image", "-b", "/dev", "-b", "/proc",
			"-b", "/sys", "%mounts", "%args"),
		.mount = { [MOUNT_BIND] = WORDS("-b", "%from:%to"),
			[MOUNT_READ] = WORDS("-b", "%from:%to") },
		.has_accounts = 1,
		.is_between = 1,
	},
};

/* ---- images and GPUs ----------------------------------------------------- */

static int ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n > m && strcmp(text + n - m, end) == 0;
}

enum runtime_image runtime_image_of(const char *image, int is_directory)
{
	static const char *const squashed[] = { ".sqsh", ".sqfs", ".squashfs" };

	if (strstr(image, "://") != NULL)
		return RUNTIME_NAME;
	if (is_directory)
		return RUNTIME_DIRECTORY;
	for (size_t i = 0; i < sizeof squashed / sizeof *squashed; i++)
		if (ends_with(image, squashed[i]))
			return RUNTIME_SQSH;
	return RUNTIME_SIF;
}

const char *runtime_image_word(enum runtime_image image)
{
	switch (image) {
	case RUNTIME_DIRECTORY:
		return "a directory";
	case RUNTIME_SIF:
		return "a .sif file";
	case RUNTIME_SQSH:
		return "a .sqsh file";
	case RUNTIME_NAME:
		break;
	}
	return "an image of a registry";
}

static const char *runtime_variable(char *const *env, const char *name)
{
	size_t n = strlen(name);

	for (; env != NULL && *env != NULL; env++)
		if (strncmp(*env, name, n) == 0 && (*env)[n] == '=')
			return *env + n + 1;
	return "";
}

/* Slurm says "NoDevFiles" where there are none to be seen. */
static int names_some(const char *value)
{
	return value[0] != '\0' && strcmp(value, "NoDevFiles") != 0;
}

enum runtime_gpu runtime_gpu_of(char *const *env)
{
	if (names_some(runtime_variable(env, "CUDA_VISIBLE_DEVICES")))
		return RUNTIME_NVIDIA;
	if (names_some(runtime_variable(env, "ROCR_VISIBLE_DEVICES")))
		return RUNTIME_AMD;
	return names_some(runtime_variable(env, "SLURM_JOB_GPUS")) ?
		RUNTIME_NVIDIA : RUNTIME_NO_GPU;
}

/* ---- words --------------------------------------------------------------- */

static void add(struct opt_list *words, const char *word)
{
	optlist_add(words, mem_strdup(word));
}

static void add_all(struct opt_list *words, const char *const *more)
{
	for (; more != NULL && *more != NULL; more++)
		add(words, *more);
}

/* %from and %to, of which a word may have both. */
static void add_mount(struct opt_list *words, const char *const *form,
	const struct mount *m)
{
	for (; form != NULL && *form != NULL; form++) {
		struct buf b = { 0 };

		for (const char *at = *form; *at != '\0';) {
			if (strncmp(at, "%from", 5) == 0) {
				buf_puts(&b, m->from);
				at += 5;
			} else if (strncmp(at, "%to", 3) == 0) {
				buf_puts(&b, m->to);
				at += 3;
			} else {
				buf_append(&b, at++, 1);
			}
		}
		optlist_add(words, mem_strndup(buf_data(&b), b.len));
		buf_fini(&b);
	}
}

/* Those that close a directory are the last, by a word of their own. */
static void add_mounts(struct opt_list *words, const struct runtime *r,
	const struct mounts *m, int is_closing)
{
	for (size_t i = 0; i < m->n; i++)
		if ((m->list[i].kind == MOUNT_CLOSE) == is_closing)
			add_mount(words, r->mount[m->list[i].kind], &m->list[i]);
}

void runtime_enter(const struct runtime *r, const struct runtime_use *u,
	struct opt_list *words)
{
	add(words, u->path);
	for (const char *const *w = r->enter; *w != NULL; w++) {
		if (strcmp(*w, "%image") == 0)
			add(words, u->image);
		else if (strcmp(*w, "%home") == 0)
			add_all(words, (const char *const[]){
				u->is_usual_home ? r->home : NULL, NULL });
		else if (strcmp(*w, "%gpu") == 0)
			add_all(words, r->gpu[u->gpu]);
		else if (strcmp(*w, "%mounts") == 0)
			add_mounts(words, r, u->mounts, 0);
		else if (strcmp(*w, "%closed") == 0)
			add_mounts(words, r, u->mounts, 1);
		else if (strcmp(*w, "%args") == 0)
			for (size_t i = 0; i < u->args->n; i++)
				add(words, u->args->word[i]);
		else
			add(words, *w);
	}
}

/*
 * What the image says of PATH stays; where it says nothing the node's came in, to
 * which Charliecloud adds /bin.
 */
const char *const runtime_begin[] = { "/bin/sh", "-c",
	"case $PATH in \"$1\"|\"$1:/bin\") PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin ;; esac\n"
	"SHELL=$3; export PATH SHELL; cd \"$2\" 2>/dev/null || cd /; shift 3; exec \"$@\"",
	"sh", NULL };

/* Names alone: the values are in the environment that the runtime has. */
static void add_variables(struct opt_list *words, const char *option,
	char *const *env)
{
	for (; env != NULL && *env != NULL; env++) {
		add(words, option);
		optlist_add(words, mem_strndup(*env, strcspn(*env, "=")));
	}
}

void runtime_put_words(const struct runtime *r, const struct opt_list *enter,
	char *const *env, int is_terminal, struct opt_list *words)
{
	for (size_t i = 0; i < enter->n; i++) {
		const char *word = enter->word[i];

		if (strcmp(word, MARK_VARIABLES) == 0)
			add_variables(words, r->variable, env);
		else if (strcmp(word, MARK_TERMINAL) != 0)
			add(words, word);
		else if (is_terminal)
			add(words, r->terminal);
	}
}

/* The terminal's variable is set by who reads this, an sshd. */
void runtime_put_shell(const struct runtime *r, const struct opt_list *enter,
	char *const *env, struct buf *out)
{
	static char term[] = "TERM=";
	static char *const of_sshd[] = { term, NULL };

	for (size_t i = 0; i < enter->n; i++) {
		struct opt_list words = { 0 };
		const char *word = enter->word[i];

		if (strcmp(word, MARK_TERMINAL) == 0) {
			buf_printf(out, "$(test ! -t 0 || echo %s) ",
				r->terminal);
			continue;
		}
		if (strcmp(word, MARK_VARIABLES) == 0) {
			add_variables(&words, r->variable, env);
			add_variables(&words, r->variable, of_sshd);
		} else {
			add(&words, word);
		}
		for (size_t k = 0; k < words.n; k++) {
			shellword_put(out, words.word[k]);
			buf_puts(out, " ");
		}
		optlist_free(&words);
	}
}

/* ---- mounts -------------------------------------------------------------- */

void mounts_add(struct mounts *m, enum mount_kind kind, const char *from,
	const char *to)
{
	m->list = mem_realloc(m->list, (m->n + 1) * sizeof *m->list);
	m->list[m->n++] = (struct mount){ kind, mem_strdup(from),
		mem_strdup(to) };
}

void mounts_free(struct mounts *m)
{
	for (size_t i = 0; i < m->n; i++) {
		free(m->list[i].from);
		free(m->list[i].to);
	}
	free(m->list);
	*m = (struct mounts){ 0 };
}

/* Runtimes cut their words at a colon, so no path of ours may have one. */
int mounts_bind(struct mounts *m, const char *text, struct err *e)
{
	size_t n = strcspn(text, ":");
	const char *to = text[n] == ':' ? text + n + 1 : text;
	char *from;

	if (text[0] != '/' || to[0] != '/' || strchr(to, ':') != NULL)
		return err_set(e, "'%.200s' is not an absolute path, or two with ':' between them",
			text);
	from = mem_strndup(text, n);
	mounts_add(m, MOUNT_BIND, from, to);
	free(from);
	return 0;
}

static int mount_is_below(const char *path, const char *above)
{
	size_t n = strlen(above);

	while (n > 1 && above[n - 1] == '/')
		n--;
	return strncmp(path, above, n) == 0 &&
		(path[n] == '/' || path[n] == '\0');
}

void mounts_same(struct mounts *m, const char *path)
{
	if (path[0] != '/' || path[1] == '\0' || strchr(path, ':') != NULL)
		return;
	for (size_t i = 0; i < m->n; i++)
		if (m->list[i].kind == MOUNT_BIND &&
			mount_is_below(path, m->list[i].to) &&
			strcmp(m->list[i].from, m->list[i].to) == 0)
			return;
	mounts_add(m, MOUNT_BIND, path, path);
}

int mounts_is_system(const char *path)
{
	static const char *const dirs[] = { "/bin", "/boot", "/dev", "/etc",
		"/lib", "/lib32", "/lib64", "/libx32", "/proc", "/sbin", "/sys",
		"/usr" };

	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
		if (mount_is_below(path, dirs[i]))
			return 1;
	return strcmp(path, "/") == 0;
}
