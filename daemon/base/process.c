/* SPDX-License-Identifier: MIT */
#include "base/process.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static int64_t process_count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int64_t n = -3; /* ".", ".." and the one of dir */

	if (!dir)
		return METRICS_ABSENT;
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static int64_t process_read_resident(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	long long pages;
	int n;

	if (!f)
		return METRICS_ABSENT;
	n = fscanf(f, "%*s %lld", &pages);
	fclose(f);
	return n == 1 ? pages * sysconf(_SC_PAGESIZE) : METRICS_ABSENT;
}

static int64_t process_us(struct timeval t)
{
	return (int64_t)t.tv_sec * 1000000 + t.tv_usec;
}

void process_measure(struct metrics *m)
{
	struct rlimit limit;
	struct rusage used;

	m->process_resident_memory_bytes = process_read_resident();
	m->process_open_fds = process_count_descriptors();
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
		m->process_max_fds = (int64_t)limit.rlim_cur;
	if (getrusage(RUSAGE_SELF, &used) == 0)
		m->process_cpu_us_total = process_us(used.ru_utime) + process_us(used.ru_stime);
}
