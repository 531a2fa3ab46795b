/* SPDX-License-Identifier: BSD-2-Clause */
/* What update reads of others: versions, records, keys, signatures, tags. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "front/job/about.h"
#include "front/update/origin.h"
#include "front/update/release.h"
#include "front/update/signature.h"
#include "front/update/sshsig.h"
#include "front/update/tagobject.h"
#include "front/update/used.h"
#include "os/tmpdir.h"

#define SUM "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH36Yu/bOUNE+lAn2A1+IjOLwPF8vXYmz7dbU4FiwYbg test"
#define OTHER "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH36Yu/bOUNE+lAn2A1+IjOLwPF8vXYmz7dbU4FiwYbh"

/* `ssh-keygen -Y sign -n vscode-remote-shell` of TEXT, OpenSSH 9.2. */
#define TEXT "version=1.2\n\n"
#define SIGNATURE_HEAD "U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgffpi79s5Q0T6UCfYDX4iM4vA8X\n"
#define SIGNATURE_NEXT "y9dibPt1tTgWLBhuAAAAATdnNjb2RlLXJlbW90ZS1zaGVsbAAAAAAAAAAGc2hhNTEyAAAA\n"
#define SIGNATURE_LAST "N9tRjh1vz8sntlXkHu3s1j/8N7rUYNFUD0sOJTetQP\n"
#define SIGNATURE_END "-----END SSH SIGNATURE-----\n"
static const char signature[] = SSHSIG_BEGIN "\n" SIGNATURE_HEAD SIGNATURE_NEXT
	"UwAAAAtzc2gtZWQyNTUxOQAAAEAyCt667prBhv3p6am/MgMrJwYNIcoc0c1pbTCqaMovCd\n"
	SIGNATURE_LAST SIGNATURE_END;

static void versions(void **state)
{
	static const char *const good[] = { "0", "1.2", "0.1.0", "1.2.3.4",
		"999999.0" };
	static const char *const bad[] = { "", ".", "1.", ".1", "1..2", "1.2.3.4.5",
		"1.2-rc1", "v1", "1/2", "..", "-1", " 1", "1 ", "1000000",
		"1.99999999999999999999999999999" };
	static const struct {
		const char *a, *b;
		int want;
	} rows[] = {
		{ "1", "1", 0 }, { "1.2", "1.2.0", 0 }, { "1.02", "1.2", 0 },
		{ "1.9", "1.10", -1 }, { "0.9.9", "1", -1 }, { "2", "1.9", 1 },
		{ "1.2.3.1", "1.2.3", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(version_is(good[i], strlen(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (version_is(bad[i], strlen(bad[i])))
			fail_msg("'%s' is a version", bad[i]);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(version_compare(rows[i].a, rows[i].b),
			rows[i].want);
		assert_int_equal(version_compare(rows[i].b, rows[i].a),
			-rows[i].want);
	}
}

static void records(void **state)
{
	static const struct {
		const char *text, *why;	/* NULL: it is good */
	} rows[] = {
		{ "version=1.2\n\n", NULL },
		{ "# news\nversion=1.2\nfile=a.tar.gz 1 " SUM "\nlater=x\n\n", NULL },
		{ "version=1.2\nfile=a.tar.gz 1 " SUM "\n", "not a whole record" },
		{ "", "not a whole record" },
		{ "version=\n\n", "it names no version" },
		{ "file=a 1 " SUM "\n\n", "it names no version" },
		{ "version=../..\n\n", "it names no version" },
		{ "version=1\nfile=../a 1 " SUM "\n\n", "'../a" },
		{ "version=1\nfile=.a 1 " SUM "\n\n", "'.a" },
		{ "version=1\nfile=-a 1 " SUM "\n\n", "'-a" },
		{ "version=1\nfile=a 1 00\n\n", "'a 1 00'" },
		{ "version=1\nfile=a 1\n\n", "'a 1'" },
		{ "version=1\nfile=a\n\n", "'a'" },
		{ "version=1\nfile=a -1 " SUM "\n\n", "'a -1" },
		{ "version=1\nfile=a 999999999999 " SUM "\n\n", "'a 999999999999" },
		{ "version=1\nfile=a 1 " SUM "0\n\n", "'a 1" },
		{ "version=1\nfile=a 1 " SUM "\nfile=b 1 0G" SUM "\n\n", "'b 1" },
		{ "version=1\nkey=ssh-rsa AAAA\n\n", "'ssh-rsa AAAA'" },
		{ "version=1\nkey=ssh-ed25519 AAAA\n\n", "the key is damaged" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err e = { "" };
		struct release r;
		int ret = release_parse(&r, rows[i].text, strlen(rows[i].text),
			&e);

		if ((ret == 0) != (rows[i].why == NULL) || (ret == -1 &&
			strncmp(e.text, rows[i].why, strlen(rows[i].why)) != 0))
			fail_msg("%s: %s", rows[i].text, e.text);
	}
}

static void record_says(void **state)
{
	static const char text[] = "version=1.2\nfile=a.tar.gz 12345 " SUM
		"\nfile=b.tar.gz 0 " SUM "\nkey=" KEY "\n\n";
	const struct release_file *f;
	struct release r;
	struct err e;

	(void)state;
	assert_int_equal(release_parse(&r, text, strlen(text), &e), 0);
	assert_string_equal(r.version, "1.2");
	assert_string_equal(r.key, KEY);
	f = release_find(&r, "a.tar.gz");
	assert_non_null(f);
	assert_int_equal(f->bytes, 12345);
	assert_int_equal(f->sha256[1], 0x11);
	assert_int_equal(f->sha256[31], 0xff);
	assert_null(release_find(&r, "a"));
}

static void too_many_files(void **state)
{
	struct buf text = { 0 };
	struct release r;
	struct err e;

	(void)state;
	buf_puts(&text, "version=1\n");
	for (int i = 0; i <= RELEASE_FILES; i++)
		buf_printf(&text, "file=a%d 1 " SUM "\n", i);
	buf_puts(&text, "\n");
	assert_int_equal(release_parse(&r, buf_data(&text), text.len, &e), -1);
	buf_fini(&text);
}

static void newest_tags(void **state)
{
	static const struct {
		const char *text, *want;	/* NULL: none */
	} rows[] = {
		{ "", NULL },
		{ "fatal: no\n", NULL },
		{ "0123\trefs/tags/v1.2\n0123\trefs/tags/v1.2^{}\n", "1.2" },
		{ "0\trefs/tags/v1.10\n1\trefs/tags/v1.9\n", "1.10" },
		{ "0\trefs/tags/v1.9\n1\trefs/tags/v1.10\n2\trefs/tags/vnext\n",
			"1.10" },
		{ "0\trefs/tags/v\n0\trefs/tags/v1.0-rc1\n", NULL },
		{ "0\trefs/tags/v../x\n0\trefs/tags/1.0\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char got[VERSION_MAX] = "";
		int ret = release_newest_tag(rows[i].text, got);

		assert_int_equal(ret, rows[i].want != NULL ? 0 : -1);
		if (ret == 0)
			assert_string_equal(got, rows[i].want);
	}
}

static void origins(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "kind=bundle\nversion=1\n\n", NULL },
		{ "kind=clone\nversion=1", NULL },
		{ "kind=bundle\nversion=1\nsource=https://x/y/\nkey=" KEY "\n", NULL },
		{ "version=1\n", "its kind is" },
		{ "kind=deb\nversion=1\n", "its kind is" },
		{ "kind=bundle\n", "it names no version" },
		{ "kind=bundle\nversion=x\n", "it names no version" },
		{ "kind=bundle\nversion=1\nsource=http://x\n", "source 'http://x'" },
		{ "kind=bundle\nversion=1\nsource=file://host/x\n", "source 'file:" },
		{ "kind=bundle\nversion=1\nsource=https://x\"y\n", "source 'https:" },
		{ "kind=bundle\nversion=1\nsource=https://x y\n", "source 'https:" },
		{ "kind=bundle\nversion=1\nsource=-x\n", "source '-x'" },
		{ "kind=bundle\nversion=1\nsource=https://\n", "source 'https:'" },
		{ "kind=bundle\nversion=1\nsource=file:///\n", "source 'file:'" },
		{ "kind=bundle\nversion=1\nkey=ssh-rsa AAAA\n", "'ssh-rsa AAAA'" },
		{ "kind=bundle\nversion=1\nkey=ssh-ed25519 AAAA\n", "the key is damaged" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err e = { "" };
		struct origin o;
		int ret = origin_parse(&o, rows[i].text, strlen(rows[i].text), &e);

		if ((ret == 0) != (rows[i].why == NULL) || (ret == -1 &&
			strncmp(e.text, rows[i].why, strlen(rows[i].why)) != 0))
			fail_msg("%s: %s", rows[i].text, e.text);
		if (ret == 0)
			origin_fini(&o);
	}
}

/* It is taken over but for the version, and the key where a release says another. */
static void origin_goes_on(void **state)
{
	static const char text[] = "kind=clone\nversion=1\nsource=https://x/y/\nconfigure='A=b c' d\nkey=" KEY "\n";
	struct buf out = { 0 };
	struct origin o;
	struct err e;

	(void)state;
	assert_int_equal(origin_parse(&o, text, strlen(text), &e), 0);
	origin_put(&o, "2", "", &out);
	buf_append(&out, "", 1);
	assert_string_equal(buf_data(&out), "kind=clone\nversion=2\nsource=https://x/y\nconfigure='A=b c' d\nkey=" KEY "\n\n");
	buf_consume(&out, out.len);
	origin_put(&o, "2", OTHER, &out);
	buf_append(&out, "", 1);
	assert_string_equal(buf_data(&out), "kind=clone\nversion=2\nsource=https://x/y\nconfigure='A=b c' d\nkey=" OTHER "\n\n");
	buf_fini(&out);
	origin_fini(&o);
}

static void signatures(void **state)
{
	static const char damaged[] = SSHSIG_BEGIN "\n" SIGNATURE_HEAD
		SIGNATURE_NEXT SIGNATURE_LAST SIGNATURE_END;
	static const struct {
		const char *key, *purpose, *text, *signature, *why;
	} rows[] = {
		{ KEY, SIGNATURE_OF_RELEASE, TEXT, signature, NULL },
		{ KEY, SIGNATURE_OF_TAG, TEXT, signature, "the signature is for" },
		{ OTHER, SIGNATURE_OF_RELEASE, TEXT, signature, "it is signed by another key" },
		{ KEY, SIGNATURE_OF_RELEASE, "version=1.3\n\n", signature,
			"the signature is not of" },
		{ KEY, SIGNATURE_OF_RELEASE, TEXT, damaged, "the signature is damaged" },
		{ KEY, SIGNATURE_OF_RELEASE, TEXT, "", "it is no signature" },
		{ KEY, SIGNATURE_OF_RELEASE, TEXT, SSHSIG_BEGIN "\n", "the signature has no end" },
		{ KEY, SIGNATURE_OF_RELEASE, TEXT, SSHSIG_BEGIN "\n" SIGNATURE_END,
			"it is no signature" },
		{ KEY, SIGNATURE_OF_RELEASE, TEXT, SSHSIG_BEGIN "\nU1NIU0lHAAAAAg==\n" SIGNATURE_END,
			"it is a signature of another version" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct origin o = { .kind = ORIGIN_BUNDLE };
		struct err e = { "" };
		int ret;

		optlist_add(&o.keys, mem_strdup(rows[i].key));
		ret = signature_check(&o, rows[i].purpose, rows[i].text,
			strlen(rows[i].text), rows[i].signature,
			strlen(rows[i].signature), &e);
		if ((ret == 0) != (rows[i].why == NULL) || (ret == -1 &&
			strncmp(e.text, rows[i].why, strlen(rows[i].why)) != 0))
			fail_msg("row %zu: %d %s", i, ret, e.text);
		origin_fini(&o);
	}
}

/* Cut anywhere, or with another byte, it is never taken, nor read beyond its end. */
static void signature_damaged(void **state)
{
	struct origin o = { .kind = ORIGIN_BUNDLE };
	size_t len = strlen(signature);
	struct err e;

	(void)state;
	optlist_add(&o.keys, mem_strdup(KEY));
	for (size_t i = 0; i < len - strlen(SIGNATURE_END); i++) {
		char *cut = mem_strndup(signature, i);
		char *bent = mem_strdup(signature);

		assert_int_equal(signature_check(&o, SIGNATURE_OF_RELEASE, TEXT,
			strlen(TEXT), cut, i, &e), -1);
		bent[i] = bent[i] == 'A' ? 'B' : 'A';
		/* Four bits behind the last byte are none of it; a line may end anywhere. */
		if (signature[i] != '\n' && i != len - strlen(SIGNATURE_END) - 2)
			assert_int_equal(signature_check(&o, SIGNATURE_OF_RELEASE,
				TEXT, strlen(TEXT), bent, len, &e), -1);
		free(cut);
		free(bent);
	}
	origin_fini(&o);
}

#define COMMIT "0123456789abcdef0123456789abcdef01234567"
static void tags(void **state)
{
	static const struct {
		const char *text, *why;
		size_t signed_len;
	} rows[] = {
		{ "object " COMMIT "\ntype commit\ntag v1\ntagger x\n\nm\n" SSHSIG_BEGIN "\nx\n",
			NULL, 7 + 40 + 1 + 12 + 7 + 9 + 1 + 2 },
		{ "object " COMMIT "\ntype commit\ntag v2\n\nm\n" SSHSIG_BEGIN "\n",
			"it is the tag of something else", 0 },
		{ "object " COMMIT "\ntype tag\ntag v1\n\nm\n" SSHSIG_BEGIN "\n",
			"it is the tag of something else", 0 },
		{ "object 0123\ntype commit\ntag v1\n\nm\n" SSHSIG_BEGIN "\n",
			"it is the tag of something else", 0 },
		{ "object " COMMIT "\ntype commit\ntag v1\n\nm\n",
			"it is not signed", 0 },
		{ "object " COMMIT "\ntype commit\ntag v1\n\n x" SSHSIG_BEGIN "\n",
			"it is not signed", 0 },
		{ "object " COMMIT, "it is the tag of something else", 0 },
		{ "object ", "it is the tag of something else", 0 },
		{ "", "it is no tag", 0 },
		{ "tree " COMMIT, "it is no tag", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err e = { "" };
		struct tagobject t;
		int ret = tagobject_parse(&t, "v1", rows[i].text,
			strlen(rows[i].text), &e);

		if ((ret == 0) != (rows[i].why == NULL) || (ret == -1 &&
			strncmp(e.text, rows[i].why, strlen(rows[i].why)) != 0))
			fail_msg("row %zu: %d %s", i, ret, e.text);
		if (ret == 0) {
			assert_string_equal(t.commit, COMMIT);
			assert_int_equal(t.signed_len, rows[i].signed_len);
		}
	}
}

/* A session of another node knows its programs by that node's path to the home. */
static void programs_in_use(void **state)
{
	static const struct {
		const char *programs, *dir;
		int is_used;
	} rows[] = {
		{ "/home/u/vrs-1.2/libexec/x", "/home/u/vrs-1.2", 1 },
		{ "/net/home/u/vrs-1.2/libexec/x", "/home/u/vrs-1.2", 1 },
		{ "/home/u/vrs-1.2/libexec/x", "/home/u/vrs-1.1", 0 },
		{ "/home/u/vrs-1.2.1/libexec/x", "/home/u/vrs-1.2", 0 },
		{ "/home/u/my-vrs-1.2/libexec/x", "/home/u/vrs-1.2", 0 },
		{ "", "/home/u/vrs-1.2", 1 },
	};
	static const char tag[] = "0123456789abcdef";
	char path[] = "/tmp/vrs.update.XXXXXX", folder[64];
	struct invocation inv = { 0 };
	struct err e;

	(void)state;
	if (mkdtemp(path) == NULL)
		fail_msg("mkdtemp");
	inv.state_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(inv.state_fd != -1);
	snprintf(folder, sizeof folder, "%s/%s", path, tag);
	assert_int_equal(mkdir(folder, 0700), 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct about about = { .session = "a", .launcher = "local" };
		int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		snprintf(about.programs, sizeof about.programs, "%s",
			rows[i].programs);
		assert_int_equal(about_write(fd, &about, &e), 0);
		close(fd);
		if (used_is(rows[i].dir, &inv) != rows[i].is_used)
			fail_msg("row %zu: %s", i, rows[i].programs);
	}
	close(inv.state_fd);
	assert_int_equal(tmpdir_remove(path, &e), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions),
		cmocka_unit_test(programs_in_use),
		cmocka_unit_test(records),
		cmocka_unit_test(record_says),
		cmocka_unit_test(too_many_files),
		cmocka_unit_test(newest_tags),
		cmocka_unit_test(origins),
		cmocka_unit_test(origin_goes_on),
		cmocka_unit_test(signatures),
		cmocka_unit_test(signature_damaged),
		cmocka_unit_test(tags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
