/* SPDX-License-Identifier: BSD-2-Clause */
/* Those that a terminal, a shell or a user sends; a fault stays where it is made. */
#include "os/bridgesig.h"

#include <signal.h>
#include <stddef.h>

const struct bridgesig bridgesigs[] = {
	{ SIGINT, 1 }, { SIGQUIT, 1 }, { SIGTSTP, 1 }, { SIGCONT, 1 },
	{ SIGHUP, 1 }, { SIGWINCH, 1 }, { SIGTERM, 0 }, { SIGALRM, 0 },
	{ SIGUSR1, 0 }, { SIGUSR2, 0 }, { 0 },
};

const struct bridgesig *bridgesig_find(int number)
{
	const struct bridgesig *s = bridgesigs;

	while (s->number != 0 && s->number != number)
		s++;
	return s->number != 0 ? s : NULL;
}
