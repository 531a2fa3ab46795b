/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef REAPER_NOTICE_H
#define REAPER_NOTICE_H

#include "reaper/picture.h"

/*
 * Tell a user that processes of his were ended: a line on those of his
 * terminals that take messages (mesg(1)), and by the site's command. Never
 * waits long, and what fails is only logged.
 */
void notice_send(const struct reaper_options *o, const struct picture *p,
	unsigned uid, size_t processes);

#endif
