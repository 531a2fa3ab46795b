/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_BRIDGESIG_H
#define OS_BRIDGESIG_H

/* Signals that a caller of the bridge passes on to his command. */
struct bridgesig {
	int number;
	int for_all;	/* the command's process group, as a terminal's are */
};

extern const struct bridgesig bridgesigs[];	/* the number of the last is 0 */
const struct bridgesig *bridgesig_find(int number);	/* NULL: none of them */

#endif
