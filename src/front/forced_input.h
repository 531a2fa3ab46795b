/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_FORCED_INPUT_H
#define FRONT_FORCED_INPUT_H

/*
 * Whether stdin, which a shell is about to read, begins with an editor's start
 * script. All of it is still there for the shell afterwards; 0 where that cannot
 * be had: a file, a terminal. Waits for the first byte, as the shell would.
 */
int forced_input_is_script(void);

#endif
