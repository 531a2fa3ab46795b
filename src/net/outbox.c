/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/outbox.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

static struct {
	const struct outbox *of;
	size_t len;
	char bytes[OUTBOX_SIZE];
} gathered;

void outbox_init(struct outbox *o, int fd)
{
	*o = (struct outbox){ .fd = fd };
}

void outbox_fini(struct outbox *o)
{
	if (gathered.of == o)
		gathered.len = 0;
	buf_fini(&o->waiting);
}

int outbox_has_room(const struct outbox *o, size_t len)
{
	return o->waiting.len == 0 &&
		gathered.len + len <= sizeof gathered.bytes;
}

void outbox_add(struct outbox *o, const void *data, size_t len)
{
	if (o->waiting.len > 0) {
		buf_append(&o->waiting, data, len);
		return;
	}
	assert(gathered.len == 0 || gathered.of == o);
	assert(outbox_has_room(o, len));
	memcpy(gathered.bytes + gathered.len, data, len);
	gathered.len += len;
	gathered.of = o;
}

/* Returns -1 and errno unless all is out. */
static int send_some(int fd, const char *data, size_t len, size_t *sent)
{
	ssize_t n;

	do
		n = send(fd, data, len, MSG_NOSIGNAL);
	while (n == -1 && errno == EINTR);
	*sent = n > 0 ? n : 0;
	if (n >= 0 && *sent < len) {
		errno = EAGAIN;
		return -1;
	}
	return n == -1 ? -1 : 0;
}

int outbox_push(struct outbox *o)
{
	size_t len = gathered.len, sent;
	int ret, error;

	if (o->waiting.len > 0) {
		ret = send_some(o->fd, buf_data(&o->waiting), o->waiting.len,
			&sent);
		error = errno;
		buf_consume(&o->waiting, sent);
		errno = error;
		return ret;
	}
	if (len == 0)
		return 0;
	assert(gathered.of == o);
	gathered.len = 0;
	ret = send_some(o->fd, gathered.bytes, len, &sent);
	error = errno;
	buf_append(&o->waiting, gathered.bytes + sent, len - sent);
	errno = error;
	return ret;
}
