/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

struct span {
	char text[48];
};

/*
 * A time as one says it, in the one or two units that matter: "1 minute", "2
 * hours 5 minutes". Below zero is zero.
 */
struct span span_words(long seconds);

#endif
