/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_SALLOC_H
#define OPT_SALLOC_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * The options of salloc and sbatch that ask for resources, read from the words
 * a user typed, with Slurm's own syntax: --key=value, --key value, -kvalue,
 * -k value, and long names cut short as far as they stay unambiguous.
 *
 * A string that was not given is NULL, a number 0 unless stated otherwise.
 */
struct salloc {
	char *partition;
	char *account;
	char *qos;
	char *constraint;
	char *reservation;
	char *licenses;
	char *wckey;
	char *job_name;
	char *comment;
	char *exclude;		/* host list */
	char *nodelist;		/* host list */
	char *chdir;		/* may be relative */
	char *gres;		/* "gres:gpu:2,gres:..", a node each */
	char *gpus;		/* "gres:gpu:a100:1,..", for the job */
	char *gpus_per_node;	/* the same, a node each */
	uint32_t time_limit;	/* minutes, or SALLOC_UNLIMITED */
	uint64_t time_seconds;	/* the same, not rounded up; 0: no limit */
	uint32_t cpus_per_task;
	uint32_t ntasks;
	uint32_t min_nodes, max_nodes;	/* both or none */
	uint64_t mem;		/* MB a node, SALLOC_MEM_UNSET; 0: all of it */
	uint64_t mem_per_cpu;	/* MB, SALLOC_MEM_UNSET */
	int exclusive;		/* enum salloc_exclusive */
};

#define SALLOC_UNLIMITED UINT32_MAX
#define SALLOC_MEM_UNSET UINT64_MAX
/* Slurm takes 1024 bytes; the rest is for what is put around the value. */
#define SALLOC_STRING_MAX 900

enum salloc_exclusive {
	SALLOC_SHARED,
	SALLOC_EXCLUSIVE,
	SALLOC_EXCLUSIVE_USER,
	SALLOC_EXCLUSIVE_MCS,
};

/*
 * Read n words into s, which need not be initialised. A later option replaces
 * an earlier one of the same name. 0, or -1 with e naming the word and s empty;
 * either way salloc_fini() may be called.
 */
int salloc_parse(struct salloc *s, char *const *words, size_t n, struct err *e)
	__attribute__((warn_unused_result));
void salloc_fini(struct salloc *s);

/*
 * The words with which the option that words[0] asks for is given to this
 * program, "--salloc-arg=--time=2:00:00", appended to out for a shell. Returns
 * how many of the n words that were, 0 when salloc has no such option. near:
 * also of a name that is only like one of salloc's. *why: when it cannot be used
 * here, the reason, and nothing is appended; else NULL.
 */
size_t salloc_spell(char *const *words, size_t n, int near, struct buf *out,
	const char **why);

/*
 * The long name of the option that words[0] asks for, and its value or NULL;
 * how many of the n words that are. 0: salloc has no such option.
 */
size_t salloc_name(char *const *words, size_t n, const char **name,
	const char **value);

/*
 * Only the time limit, in seconds, 0 for none. *other is the first word that is
 * no part of it, which may be anything, or NULL. 0, or -1 with e set.
 */
int salloc_time(uint64_t *seconds, const char **other, char *const *words,
	size_t n, struct err *e) __attribute__((warn_unused_result));

#endif
