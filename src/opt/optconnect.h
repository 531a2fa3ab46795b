/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_OPTCONNECT_H
#define OPT_OPTCONNECT_H

#include "opt/optrow.h"

/*
 * What options of slurm-connect's proxy mean here, so that its setting
 * slurmConnect.proxyCommand can name this program: for the .means of a row.
 */
typedef int optconnect(struct opt_set *s, const char *text,
	const struct opt_origin *by, struct err *e);

optconnect optconnect_key;	/* the session, its name as that tool cleans it */
optconnect optconnect_idle;	/* --idle-timeout, in seconds */
optconnect optconnect_nothing;	/* it is so anyway, or in vain (.help says why) */

#endif
