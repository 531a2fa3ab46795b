/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_SERVERS_MACHINESETTINGS_H
#define AGENT_SERVERS_MACHINESETTINGS_H

/*
 * --machine-settings: defaults of a site for editors' servers. The members of a JSON
 * file go into data/Machine/settings.json of each server folder, where they are
 * absent (base/jsonmerge.h).
 */

/*
 * Do it, in a child of the agent, which may block. file: as the option has it, or
 * NULL; own_folder: a directory that takes the home's place for server folders, or
 * NULL. What was done goes to out, as recordlook_run() tells it.
 */
void machinesettings_run(const char *file, const char *home,
	const char *own_folder, int out);

#endif
