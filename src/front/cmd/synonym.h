/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_CMD_SYNONYM_H
#define FRONT_CMD_SYNONYM_H

/*
 * What a word means that is a command elsewhere, for whoever types it here: the
 * name of a command of ours or, where there is none, a sentence about it.
 */
struct synonym {
	const char *word;
	const char *command;
	const char *sentence;
};

/* The row of word, or NULL. */
const struct synonym *synonym_find(const char *word);

/* All rows, for tests; the last has no word. */
extern const struct synonym synonym_table[];

#endif
