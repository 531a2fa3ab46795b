/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs a fuzz target once on each file named on the command line, for `make
 * check` without a fuzzer. Without a file it fails: a check of nothing would
 * always pass.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct buf b = { 0 };
	uint8_t *copy;
	size_t n;
	int rc = -1;

	if (f == NULL) {
		perror(path);
		return -1;
	}
	do {
		n = fread(buf_reserve(&b, 65536), 1, 65536, f);
		buf_commit(&b, n);
	} while (n > 0);
	if (ferror(f)) {
		perror(path);
		goto out;
	}
	/* Of just its size, so that a sanitizer sees every byte too far. */
	copy = malloc(b.len ? b.len : 1);
	if (copy == NULL)
		goto out;
	if (b.len > 0)
		memcpy(copy, buf_data(&b), b.len);
	LLVMFuzzerTestOneInput(copy, b.len);
	free(copy);
	rc = 0;
out:
	buf_fini(&b);
	fclose(f);
	return rc;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: %s FILE...\n", argv[0]);
		return 2;
	}
	for (int i = 1; i < argc; i++)
		if (run(argv[i]) == -1) {
			fprintf(stderr, "%s: %s was not run\n", argv[0],
				argv[i]);
			return 1;
		}
	printf("%s: %d inputs\n", argv[0], argc - 1);
	return 0;
}
