/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DOCTOR_STARTUP_H
#define DOCTOR_STARTUP_H

#include "base/buf.h"
#include "doctor/finding.h"

/*
 * What the start-up files of a login shell do to what an editor types. The shell is
 * run with its trace, and two lines are typed to it; the trace says at which line of
 * which file it prints, reads, becomes another program or ends.
 */

/* PS4 of the trace, for bash, zsh, and others, which do not know their files. */
const char *startup_ps4(const char *shell);

/* What is typed. */
extern const char startup_typed[];

/*
 * For a bash that takes no PS4 of others, as root's: what it does instead of being
 * a login shell.
 */
extern const char startup_as_login[];

/*
 * All that the shell has said, trace and output; late: it had not ended after ms.
 * said ends in a NUL, and is changed.
 */
void startup_judge(char *said, int late, long ms, const char *shell,
	struct finding *f);

#endif
