/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_RUNTIME_H
#define AGENT_RUNTIME_H

#include "base/buf.h"
#include "opt/opttable.h"
#include "opt/runtimekey.h"
#include "opt/runtimerow.h"

/*
 * Programs that run others in an image (--container-runtime): a row each says in
 * which words. What is put together of a row is a list of words, the way in, behind
 * which comes any program of the image; two of them are marks, which stand for what
 * depends on that program.
 */

enum runtime_gpu {
	RUNTIME_NO_GPU,
	RUNTIME_NVIDIA,
	RUNTIME_AMD,
	RUNTIME_GPUS,
};

/* What is there in the image: only directories are mounted where nothing is. */
enum mount_kind {
	MOUNT_BIND,		/* from of the node is at to of the image */
	MOUNT_READ,		/* the same, to be read only */
	MOUNT_EMPTY,		/* an empty directory is at to */
	MOUNT_LINK,		/* at to is a symlink, which says from */
	MOUNT_CLOSE,		/* nothing more is mounted there: it is read only */
	MOUNT_KINDS,
};

struct mount {
	enum mount_kind kind;
	char *from, *to;
};

struct mounts {
	struct mount *list;
	size_t n;
};

/* A record: how a runtime is called. */
struct runtime {
	const char *name;	/* of its row, */
	const char *program;	/* and so is this */
	int images;		/* bits of enum runtime_image */
	const char *schemes;	/* of names, for runtimekey_has_scheme() */
	struct opt_list check, enter;	/* opt/runtimekey.h says what is in them */
	struct opt_list start, join, stop;	/* of instances; start empty: none */
	const char *joiner;	/* a program in place of its own; "": none */
	struct opt_list mount[MOUNT_KINDS], gpu[RUNTIME_GPUS];
	struct opt_list home, terminal, variable, import;
	enum runtime_image imports;	/* what import makes, if it has words */
	int makes_root;		/* the root is ours to put together, by mounts */
	int has_accounts;	/* it gives the image no passwd of the user */
	int has_script;		/* a file takes the place of the image's own */
	int is_sites;		/* the site binds what a session needs */
	int is_between;		/* its process stays, and takes signals for itself */
	int joins_between;	/* the same of what joins */
	int is_daemon;		/* start ends when an instance runs, or stays as it */
	int needs_userns;	/* a user namespace of an ordinary user */
};

/* All that there are, in the order in which auto tries them. */
struct runtimes {
	struct runtimerows rows;
	struct runtime *list;
	size_t n;
};

/* said: as for runtimerows_init(), and was checked by a front. -1 with e set. */
int runtimes_init(struct runtimes *r, const struct opt_list *said,
	struct err *e) __attribute__((warn_unused_result));
void runtimes_fini(struct runtimes *r);

/* What an image is by its name; is_directory: that is known of the path. */
enum runtime_image runtime_image_of(const char *image, int is_directory);
const char *runtime_image_word(enum runtime_image image);

/* How the name of a file of that kind ends. */
const char *runtime_end_of(enum runtime_image image);

/* Whether a job has GPUs, by the variables of its environment. */
enum runtime_gpu runtime_gpu_of(char *const *env);

/* What is put in the places of enter. */
struct runtime_use {
	const char *path;	/* of the program */
	const char *image;
	const char *node;
	const char *script;	/* of runtime_script; NULL where it has_script not */
	const struct mounts *mounts;
	const struct opt_list *args;	/* of the user or site */
	enum runtime_gpu gpu;
	int is_usual_home;	/* the home directory is /home/USER */
};

/* A POSIX shell's, which becomes its arguments. */
extern const char runtime_script[];

/* Append the way in to words. */
void runtime_enter(const struct runtime *r, const struct runtime_use *u,
	struct opt_list *words);

/* An instance that is to be, or is. */
struct runtime_instance {
	const char *name, *pidfile;
	const char *pid;	/* "": not yet */
	const struct opt_list *args;	/* as in struct runtime_use */
};

/* Append what starts one: the program, and its arguments. */
void runtime_start(const struct runtime *r, const struct runtime_use *u,
	const struct runtime_instance *i, struct opt_list *words);

/* Append the way into one that runs. path: of the program that joins. */
void runtime_join(const struct runtime *r, const char *path,
	const struct runtime_instance *i, struct opt_list *words);

/* Append what removes one; nothing where that goes with its processes. */
void runtime_stop(const struct runtime *r, const char *path,
	const struct runtime_instance *i, struct opt_list *words);

/* Append its arguments that make the file to of an image of a registry. */
void runtime_import(const struct runtime *r, const char *image, const char *to,
	struct opt_list *words);

/*
 * What comes behind it: a shell of the image, which sets what the session and the
 * image both have an opinion of, and becomes the words that follow. Its arguments
 * are PATH as it was outside, the directory to begin in, and SHELL.
 */
extern const char *const runtime_begin[];

/* Whether a shell could have set NAME=VALUE. */
int runtime_is_name(const char *variable);

/* Append the way in as it is for a program with env, and at a terminal or not. */
void runtime_put_words(const struct runtime *r, const struct opt_list *enter,
	char *const *env, int is_terminal, struct opt_list *words);

/* The same as a shell reads it, which sees itself whether there is a terminal. */
void runtime_put_shell(const struct runtime *r, const struct opt_list *enter,
	char *const *env, struct buf *out);

/* ---- mounts -------------------------------------------------------------- */

void mounts_add(struct mounts *m, enum mount_kind kind, const char *from,
	const char *to);
void mounts_free(struct mounts *m);

/* A bind of PATH or PATH:PATH. -1 with e set: it is none. */
int mounts_bind(struct mounts *m, const char *text, struct err *e)
	__attribute__((warn_unused_result));

/* A directory at the same place, unless it is there already, by one above it. */
void mounts_same(struct mounts *m, const char *path);

/* Whether a directory of the image is the system's, and so never the node's. */
int mounts_is_system(const char *path);

#endif
