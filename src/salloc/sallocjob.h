/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a session's job is asked for, in values. Read from words by salloc.c, given to
 * Slurm by launch/slurm/slurm_ask.c.
 */
#ifndef SALLOC_SALLOCJOB_H
#define SALLOC_SALLOCJOB_H

#include <stdint.h>

#include "salloc/begintime.h"

/*
 * A record: the options of salloc and sbatch that a session's job is asked for with,
 * read from the words a user typed, with Slurm's own syntax: --key=value,
 * --key value, -kvalue, -k value, and long names cut short as far as they stay
 * unambiguous.
 *
 * A string that was not given is NULL, a number 0 unless stated otherwise.
 */
struct salloc {
	int release;		/* whose syntax it has; 0: any */
	char *partition;
	char *account;
	char *qos;
	char *constraint;
	char *prefer;
	char *reservation;
	char *licenses;
	char *wckey;
	char *mcs_label;
	char *job_name;
	char *comment;
	char *mail_user;
	char *clusters;
	char *dependency;
	char *container;
	char *exclude;		/* host list */
	char *nodelist;		/* host list */
	char *chdir;		/* may be relative */
	char *gres;		/* "gres:gpu:2,..", since 23.11 "gres/gpu:2", a node each */
	char *gpus;		/* "gres:gpu:a100:1,..", or gres/, for the job */
	char *gpus_per_node;	/* the same, a node each */
	char *gpus_per_task;	/* as typed: its spelling is another in each release */
	char *tres_per_task;	/* as typed */
	uint32_t time_limit;	/* minutes, or SALLOC_UNLIMITED */
	uint64_t time_seconds;	/* the same, not rounded up; 0: no limit */
	uint32_t time_min;	/* as time_limit */
	struct begintime begin;
	uint32_t cpus_per_task, cpus_per_gpu, mincpus;
	uint32_t ntasks, ntasks_per_node, threads_per_core;
	uint32_t min_nodes, max_nodes;	/* both or none */
	uint32_t switches, switch_seconds;
	uint64_t mem;		/* MB a node, SALLOC_MEM_UNSET; 0: all of it */
	uint64_t mem_per_cpu;	/* MB, SALLOC_MEM_UNSET */
	uint64_t mem_per_gpu;	/* the same */
	uint64_t tmp;		/* the same, of the node's disk */
	uint32_t mem_margin, mem_delay;	/* percent; minutes */
	int exclusive;		/* enum salloc_exclusive */
	int hint;		/* enum salloc_hint */
	int hold;		/* 1: it waits until it is released */
	int has_nice, nice;
	int has_mail_type, mail_type;	/* SALLOC_MAIL_..., of which some */
	int gres_flags;		/* SALLOC_GRES_..., of which some */
	int warn_signal, warn_seconds;	/* signal 0: none */
	int warn_reservation;	/* 1: also before that ends */
};

#define SALLOC_UNLIMITED UINT32_MAX
#define SALLOC_MEM_UNSET UINT64_MAX
/* Slurm takes 1024 bytes; the rest is for what is put around the value. */
#define SALLOC_STRING_MAX 900

enum salloc_exclusive {
	SALLOC_SHARED,		/* as the partition has it */
	SALLOC_EXCLUSIVE,
	SALLOC_EXCLUSIVE_USER,
	SALLOC_EXCLUSIVE_MCS,
	SALLOC_EXCLUSIVE_TOPO,
	SALLOC_OVERSUBSCRIBE,
};

enum salloc_hint {
	SALLOC_NO_HINT,
	SALLOC_COMPUTE_BOUND,
	SALLOC_MEMORY_BOUND,
	SALLOC_MULTITHREAD,
	SALLOC_NOMULTITHREAD,
};

enum {
	SALLOC_MAIL_BEGIN = 1,
	SALLOC_MAIL_END = 2,
	SALLOC_MAIL_FAIL = 4,
	SALLOC_MAIL_REQUEUE = 8,
	SALLOC_MAIL_TIME100 = 16,
	SALLOC_MAIL_TIME90 = 32,
	SALLOC_MAIL_TIME80 = 64,
	SALLOC_MAIL_TIME50 = 128,
	SALLOC_MAIL_STAGE_OUT = 256,
	SALLOC_MAIL_ARRAY_TASKS = 512,
	SALLOC_MAIL_INVALID_DEPEND = 1024,
};

enum {
	SALLOC_GRES_DISABLE_BINDING = 1,
	SALLOC_GRES_ENFORCE_BINDING = 2,
	SALLOC_GRES_ONE_TASK = 4,
	SALLOC_GRES_MULTIPLE_TASKS = 8,
};

/* A release of Slurm as a number: 22.05 is SALLOC_RELEASE(22, 5). 0: any. */
#define SALLOC_RELEASE(year, month) ((year) * 100 + (month))

#endif
