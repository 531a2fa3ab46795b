/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_SETUP_SETUPSCRIPT_H
#define FRONT_SETUP_SETUPSCRIPT_H

#include "base/buf.h"
#include "front/setup/sshentry.h"

/* In the order of --script's words. */
enum setupscript_kind {
	SETUPSCRIPT_NONE,
	SETUPSCRIPT_SH,
	SETUPSCRIPT_POWERSHELL,
};

/*
 * Append the script that does on the user's own computer what setuptext_put() tells
 * of that way: laptop.sh or laptop.ps1, with these data in the place of its own.
 */
void setupscript_put(const struct setup *s, enum desktop_way way,
	enum setupscript_kind kind, struct buf *out);

#endif
