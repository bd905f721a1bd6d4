/* SPDX-License-Identifier: MIT */
/*
 * Runs a fuzz target on its corpus, tests/fuzz/corpus/NAME, as a plain test; also on each input
 * truncated to half. With arguments: on those files.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data;
	long size;

	if (!f || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0)
		return -1;
	rewind(f);
	data = malloc((size_t)size + 1);
	if (!data || fread(data, 1, (size_t)size, f) != (size_t)size)
		return -1;
	fclose(f);
	/* An exact copy, so that the address sanitizer detects reads past the end. */
	for (size_t n = (size_t)size;; n /= 2) {
		uint8_t *copy = malloc(n ? n : 1);

		if (!copy)
			return -1;
		memcpy(copy, data, n);
		LLVMFuzzerTestOneInput(copy, n);
		free(copy);
		if (n <= (size_t)size / 2)
			break;
	}
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
	char dir[256], path[1024];
	struct dirent *entry;
	size_t n = 0;
	DIR *d;

	for (int i = 1; i < argc; i++)
		if (run_file(argv[i]) != 0)
			return 1;
	if (argc > 1)
		return 0;
	snprintf(dir, sizeof(dir), "tests/fuzz/corpus/%s", name);
	d = opendir(dir);
	while (d && (entry = readdir(d))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		if (run_file(path) != 0) {
			printf("not ok - fuzz %s: cannot read %s\n", name, path);
			return 1;
		}
		n++;
	}
	if (d)
		closedir(d);
	printf("%s - fuzz %s: %zu inputs\n", n ? "ok" : "not ok", name, n);
	return n == 0;
}
