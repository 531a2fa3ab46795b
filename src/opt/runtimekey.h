/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_RUNTIMEKEY_H
#define OPT_RUNTIMEKEY_H

#include "base/err.h"
#include "opt/optlist.h"

/*
 * The keys of a section [runtime NAME] of the settings: how a program is called that
 * runs others in an image (--container-runtime).
 *
 * Values are words with blanks between them, "" an empty one. In those of enter stand
 *	%image		for the image, and %name for it without docker:// before it
 *	%mounts		for one of the kinds of mounts below, for each mount
 *	%closed		for those of close
 *	%gpu		for what is said where the job has GPUs
 *	%home		for what is said where the home directory is /home/USER
 *	%args		for --container-arg
 *	%terminal	for what is said where the program has a terminal
 *	%variables	for the word of variable and a name, for each variable
 *	%node		for the name of the node
 *	%script		for a file that runs its arguments, in the place of the image's
 * in those of start the same, and
 *	%instance	for a name of its own
 *	%pidfile	for a file in which the runtime is to write a pid of it
 *	%hold		for a program of the image that stays
 * in those of join and stop %instance and %pid, and in join %terminal, %variables and
 * %args; and in those of mounts %from, a path of the node, and %to, one of the image.
 */
enum runtimekey {
	RUNTIMEKEY_PROGRAM,	/* a name in PATH, or an absolute path */
	RUNTIMEKEY_IMAGES,	/* what it takes: directory sif sqsh name */
	RUNTIMEKEY_SCHEMES,	/* of names: docker is docker://NAME */
	RUNTIMEKEY_CHECK,	/* of its arguments, which succeed where it can be used */
	RUNTIMEKEY_ENTER,	/* its arguments before a program of the image */
	RUNTIMEKEY_START,	/* its arguments that start an instance, which stays */
	RUNTIMEKEY_JOIN,	/* those before a program that is to run in one, */
	RUNTIMEKEY_JOINER,	/* of another program than its own, if so */
	RUNTIMEKEY_JOIN_SIGNALS, /* as signals, of what joins */
	RUNTIMEKEY_STOP,	/* those that remove what start has made */
	RUNTIMEKEY_BIND,	/* a mount */
	RUNTIMEKEY_BIND_READ,	/* one that is to be read only */
	RUNTIMEKEY_EMPTY,	/* an empty directory of its own; with it, and the two */
	RUNTIMEKEY_SYMLINK,	/* that follow, the root is put together here */
	RUNTIMEKEY_CLOSE,
	RUNTIMEKEY_NVIDIA,
	RUNTIMEKEY_AMD,
	RUNTIMEKEY_HOME,
	RUNTIMEKEY_TERMINAL,
	RUNTIMEKEY_VARIABLE,
	RUNTIMEKEY_ACCOUNTS,	/* yes: it has to be given a passwd of the user */
	RUNTIMEKEY_BINDS,	/* session, or site: it binds what is needed itself */
	RUNTIMEKEY_SIGNALS,	/* passed, or kept: by its own process, above the program */
	RUNTIMEKEY_USERNS,	/* yes: it needs a user namespace */
	RUNTIMEKEY_IMPORT,	/* its arguments that make a file %to of the name %image */
	RUNTIMEKEY_IMPORTS,	/* what that is: sif or sqsh */
	RUNTIMEKEYS,
};

const char *runtimekey_name(enum runtimekey key);

/* The value of one that nobody says; "": no words. NULL: it must be said. */
const char *runtimekey_default(enum runtimekey key);

/* -1: it is none. */
int runtimekey_find(const char *name);

/* Whether a value can be that of a key. -1 with e set. */
int runtimekey_check(enum runtimekey key, const char *value, struct err *e)
	__attribute__((warn_unused_result));

/* Append the words of a value. */
void runtimekey_words(const char *value, struct opt_list *words);

/* What an image may be: bits, since a runtime takes some. */
enum runtime_image {
	RUNTIME_DIRECTORY = 1,	/* a root file system */
	RUNTIME_SIF = 2,	/* a file NAME.sif or .simg */
	RUNTIME_SQSH = 4,	/* NAME.sqsh, .sqfs or .squashfs */
	RUNTIME_NAME = 8,	/* of a registry, docker://NAME */
};

/* The bits of a value of images; -1 with e set: it is none. e may be NULL. */
int runtimekey_images(const char *value, struct err *e);

/* Whether a value of schemes has that of SCHEME://NAME. */
int runtimekey_has_scheme(const char *schemes, const char *image);

/* What a runtime may be called: at most 24 bytes, and not auto. -1 with e set. */
#define RUNTIMEKEY_NAME_MAX 24
int runtimekey_is_runtime(const char *name, struct err *e)
	__attribute__((warn_unused_result));

#endif
