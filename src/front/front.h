/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_FRONT_H
#define FRONT_FRONT_H

#include <event2/event.h>
#include <sys/types.h>
#include <time.h>

#include "front/options.h"
#include "net/child.h"
#include "net/tls/tls.h"
#include "os/peeruid.h"
#include "os/userdir.h"
#include "proto/endpoint.h"

struct session;
struct control;
struct limit;
struct shell;
struct stdio;
struct forward;

/* Where the session is and how to prove that it is ours. */
struct place {
	char job[64], tag[17];
	long long ends_ms;	/* its time limit, as in struct job */
	char scope[128];	/* as in struct about; "": not known */
	char asked[17];		/* the same */
	int by_agent;		/* its agent answered, nobody asked the scheduler */
	struct endpoint at;
	struct tls_key key;
};

/* One ssh connection: what its parts share. */
struct front {
	struct options opt;
	const char *called;		/* see called_as() */
	struct event_base *base;
	struct children *children;
	struct userdir user;
	struct peeruid peeruid;
	char *libexec;			/* where launchers and agent are */
	int has_slurm_cli;		/* that launcher is among them */
	char *state_dir;		/* resolved */
	int state_fd;
	struct stdio *stdio;
	struct session *session;
	struct place place;		/* once the session is ready */
	struct control *control;
	struct limit *limit;
	struct shell *shell;
	struct forward *forward;
	struct event *linger, *leave;
	int hung_up;			/* the ssh is gone */
	int lingering;			/* and the port stays */
	unsigned long long lingered_moved; /* by its ports, at the last look */
	long lingered_quiet;		/* seconds since that was more */
	int exit_status;
	void *work;			/* of the command, if it keeps something */
	void (*work_free)(void *work);

	/* Of the command, see front_hang_up(); NULL: the front ends. */
	void (*hang_up)(struct front *f);
	void (*interrupt)(struct front *f);
};

/* Set up what the functions below need; f->base must be there. */
void front_init(struct front *f);
void front_fini(struct front *f);

/* The ssh connection is gone; Ctrl-C where there is no shell to get it. */
void front_hang_up(struct front *f);
void front_interrupt(struct front *f);

/* Leave the loop with this status; the first one counts. */
void front_exit(struct front *f, int exit_status);

/*
 * The same as soon as the shell has said its last words and they are written,
 * or after three seconds.
 */
void front_leave(struct front *f, int exit_status);

/* The exit status of the program, once the loop is left. */
int front_status(const struct front *f);

#endif
