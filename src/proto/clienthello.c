/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a ClientHello of TLS 1.3 ends, and where in it is the proof of a pre-
 * shared key: what a listener has to know of a stranger before it spends a
 * handshake on him. Each length is checked by struct wire before it is
 * followed.
 */
#include "proto/clienthello.h"

#include <string.h>

#include "proto/wire.h"

#define RECORD_HEADER 5
#define HANDSHAKE 22
#define CLIENT_HELLO 1
#define LEAST 40	/* version, random, and what else must be there */
#define VERSION_AND_RANDOM 34
#define PRE_SHARED_KEY 41

size_t clienthello_length(const void *data, size_t len)
{
	const unsigned char *p = data;
	size_t record;

	if (len >= 1 && p[0] != HANDSHAKE)
		return 0;
	if (len >= 2 && p[1] != 3)
		return 0;
	if (len < RECORD_HEADER + 1)
		return RECORD_HEADER + 1;
	record = (size_t)p[3] << 8 | p[4];
	if (record < LEAST || RECORD_HEADER + record > CLIENTHELLO_MAX ||
		p[RECORD_HEADER] != CLIENT_HELLO)
		return 0;
	return RECORD_HEADER + record;
}

/* The next len bytes, as fields of their own. */
static struct wire part(struct wire *w, size_t len)
{
	struct wire p;

	if (len > w->left) {
		w->bad = 1;
		len = w->left;
	}
	wire_init(&p, w->at, len);
	p.bad = w->bad;
	w->at += len;
	w->left -= len;
	return p;
}

static struct wire part8(struct wire *w)
{
	return part(w, wire_u8(w));
}

static struct wire part16(struct wire *w)
{
	return part(w, wire_u16(w));
}

/* The pre_shared_key extension, which must be the last. -1: there is none. */
static int find_keys(struct wire *extensions, struct wire *keys)
{
	while (!extensions->bad && extensions->left > 0) {
		unsigned type = wire_u16(extensions);

		*keys = part16(extensions);
		if (type == PRE_SHARED_KEY)
			return extensions->left > 0 || extensions->bad ? -1 :
				0;
	}
	return -1;
}

/* Which of the identities it is, from 0; -1: none. */
static int find_identity(struct wire *identities, const char *identity)
{
	for (int n = 0; !identities->bad && identities->left > 0; n++) {
		struct wire id = part16(identities);

		(void)wire_u32(identities);	/* its age, of a ticket */
		if (!identities->bad && id.left == strlen(identity) &&
			memcmp(id.at, identity, id.left) == 0)
			return n;
	}
	return -1;
}

int clienthello_proof(struct clienthello_proof *p, const void *data,
	size_t len, const char *identity)
{
	struct wire w, extensions, keys, identities, binders, binder;
	size_t length;
	int n;

	wire_init(&w, data, len);
	(void)part(&w, RECORD_HEADER);
	p->covered = w.at;
	(void)wire_u8(&w);
	/* One message in one record; its length has three bytes. */
	length = (size_t)wire_u8(&w) << 16;
	length |= wire_u16(&w);
	if (length != w.left)
		return -1;
	(void)part(&w, VERSION_AND_RANDOM);
	(void)part8(&w);	/* session id */
	(void)part16(&w);	/* suites */
	(void)part8(&w);	/* compression */
	extensions = part16(&w);
	if (wire_done(&w) == -1 || find_keys(&extensions, &keys) == -1)
		return -1;
	identities = part16(&keys);
	p->covered_len = (size_t)(keys.at - p->covered);
	binders = part16(&keys);
	n = find_identity(&identities, identity);
	if (n == -1 || wire_done(&keys) == -1)
		return -1;
	do
		binder = part8(&binders);
	while (n-- > 0);
	p->binder = binder.at;
	return binders.bad || binder.left != CLIENTHELLO_BINDER ? -1 : 0;
}
