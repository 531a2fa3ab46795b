/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * The form of a signature of ssh-keygen(1), and of the key that it is compared
 * with. OpenSSH before 8.1, as RHEL 8 has it, makes and checks none itself.
 */
#include "front/update/sshsig.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "proto/wire.h"

#define MAGIC "SSHSIG"
#define KIND "ssh-ed25519"
#define END "-----END SSH SIGNATURE-----"
#define BLOB_MAX 1024

/* A string of SSH, in place: a u32 and that many bytes. */
static struct wire take_string(struct wire *w)
{
	uint32_t n = wire_u32(w);
	struct wire s;

	if (n > w->left) {
		w->bad = 1;
		n = 0;
	}
	wire_init(&s, w->at, n);
	w->at += n;
	w->left -= n;
	return s;
}

static int string_is(const struct wire *s, const char *text)
{
	return s->left == strlen(text) && memcmp(s->at, text, s->left) == 0;
}

/* "ssh-ed25519" and so many bytes, in a string or alone. */
static int read_ed25519(struct wire w, unsigned char *out, size_t size)
{
	struct wire kind = take_string(&w), bytes = take_string(&w);

	if (w.bad || w.left > 0 || !string_is(&kind, KIND) || bytes.left != size)
		return -1;
	memcpy(out, bytes.at, size);
	return 0;
}

static int copy_text(const struct wire *s, char *out, size_t size)
{
	if (s->left == 0 || s->left >= size || memchr(s->at, '\0', s->left))
		return -1;
	memcpy(out, s->at, s->left);
	out[s->left] = '\0';
	return 0;
}

static int read_blob(struct sshsig *s, const unsigned char *blob, size_t len,
	struct err *e)
{
	struct wire w, key, purpose, reserved, hash, signature;

	if (len < strlen(MAGIC) || memcmp(blob, MAGIC, strlen(MAGIC)) != 0)
		return err_set(e, "it is no signature of ssh-keygen");
	wire_init(&w, blob + strlen(MAGIC), len - strlen(MAGIC));
	if (wire_u32(&w) != 1)
		return err_set(e, "it is a signature of another version");
	key = take_string(&w);
	purpose = take_string(&w);
	reserved = take_string(&w);
	hash = take_string(&w);
	signature = take_string(&w);
	if (wire_done(&w) == -1 || reserved.left > 0 ||
		copy_text(&purpose, s->purpose, sizeof s->purpose) == -1 ||
		copy_text(&hash, s->hash, sizeof s->hash) == -1)
		return err_set(e, "the signature is damaged");
	if (read_ed25519(key, s->key, sizeof s->key) == -1 ||
		read_ed25519(signature, s->signature, sizeof s->signature) == -1)
		return err_set(e, "the signature is not by an Ed25519 key");
	return 0;
}

int sshsig_parse(struct sshsig *s, const char *text, size_t len, struct err *e)
{
	char digits[2 * BLOB_MAX];
	unsigned char blob[BLOB_MAX];
	const char *at, *end;
	size_t n = 0;

	if (len < strlen(SSHSIG_BEGIN) ||
		memcmp(text, SSHSIG_BEGIN, strlen(SSHSIG_BEGIN)) != 0)
		return err_set(e, "it is no signature of ssh-keygen");
	at = text + strlen(SSHSIG_BEGIN);
	end = memmem(at, (size_t)(text + len - at), END, strlen(END));
	if (end == NULL)
		return err_set(e, "the signature has no end");
	for (; at < end; at++) {
		if (*at == '\n' || *at == '\r')
			continue;
		if (n == sizeof digits)
			return err_set(e, "the signature is too long");
		digits[n++] = *at;
	}
	n = base64_decode(digits, n, blob, sizeof blob);
	return read_blob(s, blob, n, e);
}

static void put_string(struct buf *out, const void *data, size_t len)
{
	wire_put_u32(out, (uint32_t)len);
	buf_append(out, data, len);
}

void sshsig_put_signed(const struct sshsig *s, const void *digest, size_t len,
	struct buf *out)
{
	buf_puts(out, MAGIC);
	put_string(out, s->purpose, strlen(s->purpose));
	put_string(out, "", 0);
	put_string(out, s->hash, strlen(s->hash));
	put_string(out, digest, len);
}

int sshsig_read_key(const char *text, unsigned char key[SSHSIG_KEY],
	struct err *e)
{
	unsigned char blob[128];
	struct wire w;
	size_t n;

	if (strncmp(text, KIND " ", strlen(KIND " ")) != 0)
		return err_set(e, "'%.40s' is no key like 'ssh-ed25519 AAAA...'", text);
	text += strlen(KIND " ");
	n = base64_decode(text, base64_span(text), blob, sizeof blob);
	wire_init(&w, blob, n);
	return read_ed25519(w, key, SSHSIG_KEY) == 0 ? 0 :
		err_set(e, "the key is damaged");
}
