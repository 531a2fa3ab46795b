/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef EDITOR_HELD_H
#define EDITOR_HELD_H

#include <stddef.h>
#include <stdint.h>

/*
 * Watches what a shell prints for the lines in which an IDE's start script says
 * where its server listens, and holds them until the caller knows what should
 * stand there instead:
 *
 *	5a1e0c99d7b4: start
 *	listeningOn==127.0.0.1:40001==
 *	5a1e0c99d7b4: end
 *
 * A line is held when it is, from its first byte to its newline,
 *
 *	KEY==[HOST:]PORT==	 anywhere; known clients print it in a block, as
 *				 above, but the caller asks the node whether
 *				 the port is ours before it changes anything,
 *				 so a client without a block works too
 *	KEY==PATH==		 in a block only: no client announces a socket
 *				 elsewhere
 *	listeningOn=[HOST:]PORT	 outside a block only: inside, clients always
 *				 write two signs
 *
 * with blanks and a CR allowed at the end. KEY is letters that end in
 * "listeningOn" or "ListeningOn" (Cursor has two such lines), or "agentPort"
 * (2020); HOST an IPv4 address, an [IPv6] address or "localhost"; PORT 1 to
 * 65535 without leading zeros; PATH begins with '/' and has no blanks and no
 * control bytes. Everything else passes: an empty value too, which tells the
 * client that its server failed.
 *
 * A block goes from "ID: start" to "ID: end" with the same ID: 12 to 24 hex
 * digits or a uuid, in lower case. Another start begins anew, since a script
 * that was killed and run again leaves its block open. Any number of blocks may
 * follow each other.
 *
 * Only the value has to wait. Markers, keys and their "==" are followed while
 * they pass, and a value waits from its first byte to the newline, but no
 * longer than it can still become one of the lines above. So no prompt and no
 * other half line is ever delayed, no timer is needed, and how the input is
 * cut never changes the output.
 */
#define HELD_WORD_MAX 48   /* longest key: rewritten, a line has < 80 columns */
#define HELD_VALUE_MAX 256 /* a value and the rest of its line */
#define HELD_PATH_MAX 107  /* what fits into sun_path */

struct held {
	int state;
	int in_block, single;	      /* "key=" instead of "key==" */
	int ends;		      /* the marker at hand is an end marker */
	int ready;		      /* line[] is to be passed on */
	struct held_len {
		size_t word, mark, line;
		size_t value, host;   /* parts of line[] while it is held */
	} len;
	char word[HELD_WORD_MAX + 1]; /* the line's first word, passed on */
	char id[HELD_WORD_MAX + 1];   /* of the block */
	char line[HELD_VALUE_MAX + HELD_PATH_MAX]; /* the value and the rest */
};

enum held_kind { HELD_NONE, HELD_PASS, HELD_LINE };
enum held_target { HELD_PORT, HELD_PATH };

struct held_event {
	enum held_kind kind;

	/* HELD_PASS: bytes to send on, never empty; in the caller's data or in
	 * struct held, good until the next call. */
	const char *data;
	size_t len;

	/* HELD_LINE: what the line names. */
	const char *key;	      /* for messages; good until the release */
	int in_block;		      /* between the markers */
	enum held_target target;
	uint16_t port;		      /* of HELD_PORT */
	char host[46];		      /* of HELD_PORT, no brackets; "" if none */
	char path[HELD_PATH_MAX + 1]; /* of HELD_PATH */
};

void held_init(struct held *h);

/*
 * Look at data and say in *ev what to do. Returns how many bytes of data were
 * taken. Call it with the rest until it says HELD_NONE, which means that all
 * of data was taken and nothing is left to do.
 *
 * After HELD_LINE one of the releases below comes first; until then every call
 * takes nothing and says the same again. So the caller may keep the rest, stop
 * reading, and go on whenever its listener is up: the line comes out with the
 * next call, for which len may be 0.
 */
size_t held_scan(struct held *h, const char *data, size_t len,
	struct held_event *ev);

/*
 * Let the held line go on: with this port ("127.0.0.1:" before it if a host
 * stood there; clients dial that whatever the line says), with this path, with
 * no value (to the client: the server failed), or as it was. A path which is
 * empty or too long is refused: -1, and the line stays held.
 */
void held_release_port(struct held *h, uint16_t port);
int held_release_path(struct held *h, const char *path)
	__attribute__((warn_unused_result));
void held_release_empty(struct held *h);
void held_release_same(struct held *h);

/*
 * Give up on an unfinished line, as at the end of input: what is kept of it
 * comes out with the next call of held_scan(). A line that awaits its release
 * is not touched.
 */
void held_flush(struct held *h);

#endif
