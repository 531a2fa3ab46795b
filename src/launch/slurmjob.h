/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURMJOB_H
#define LAUNCH_SLURMJOB_H

#include <stdint.h>

#include "base/buf.h"
#include "base/tag.h"
#include "launch/jobstate.h"

/*
 * A record: one job of Slurm, whoever told of it, libslurm or squeue. Numbers are
 * Slurm's own (launch/jobstate.h); strings belong to whom the job came from.
 */
struct slurmjob {
	uint32_t id;
	uint32_t state, reason, exit_code;
	int release;		/* of Slurm, for the reason */
	const char *command, *comment;	/* where its mark may be; or NULL */
	const char *node;	/* where its script runs; NULL: nowhere yet */
	const char *partition;	/* or NULL */
	const char *output;	/* the file, as Slurm was given it; or NULL */
	const char *gres;	/* "gres:gpu:a100:1,gres/nvme=2"; or NULL */
	const char *user;	/* whose it is; NULL: not asked, or the user's own */
	long submitted, start, end;	/* 0: not known */
	long limit;		/* s; SLURMJOB_UNLIMITED; 0: not known */
	uint64_t mem;		/* MB, all of it; 0: whole nodes, or not known */
	uint32_t cpus;		/* 0: not known */
	int is_federated;	/* it may run on another cluster */
	int is_allocation;	/* no batch job: an agent in a step of it */
};

#define SLURMJOB_UNLIMITED (-1L)

/*
 * Whose job it is. Its command says so, which nobody can change, and its
 * comment, which people see.
 */
struct slurmjob_mark {
	char session[TAG_NAME_MAX + 1], tag[TAG_LEN + 1];
};

/* -1: it is no session's. */
int slurmjob_mark(struct slurmjob_mark *mark, const struct slurmjob *job);

/* The mark as text, for a new job. To be freed. */
char *slurmjob_mark_text(const char *session, const char *tag);

/*
 * What the comment of an allocation becomes that our own programs end, since its
 * agent has ended with that status or did not start. To be freed.
 */
char *slurmjob_ended_comment(const char *comment, int status);

/* What watch and find tell of it, but for the limit. */
void slurmjob_describe(struct buf *out, const struct slurmjob *job);

/* What a job that is pending waits for; NULL when it is not. */
const struct jobstate_text *slurmjob_waits_for(const struct slurmjob *job);

/*
 * What only find does: who it is, and what it has or asks for. now is
 * slurmctld's clock, by which all times of a job are.
 */
void slurmjob_describe_more(struct buf *out, const struct slurmjob *job,
	long now);

/*
 * When the time limit ends it, and how long that is from now: both, or nothing
 * for a job that has no limit or has not begun. Part of describe_more().
 */
void slurmjob_describe_limit(struct buf *out, const struct slurmjob *job,
	long now);

/* Of a submitted job with several nodes: which one is the session's. */
void slurmjob_note_nodes(struct buf *out, uint32_t nodes);

/* Why its time may not be moved by who is no administrator. Static. */
const char *slurmjob_why_no_more(const struct slurmjob *job);

#endif
