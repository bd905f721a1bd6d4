/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/disk.h"

struct disk disk;

struct disk_file {
	sqlite3_file base;
	sqlite3_file *real;
};

struct undo {
	struct undo *older;
	struct disk_file *file;
	sqlite3_int64 at, size; /* of the file before the write */
	int n;
	char bytes[];
};

static struct disk_file *file_of(sqlite3_file *f)
{
	return (struct disk_file *)f;
}

static void forget_undo(const struct disk_file *file)
{
	struct undo **p = &disk.undo;

	while (*p) {
		struct undo *u = *p;

		if (!file || u->file == file) {
			*p = u->older;
			free(u);
		} else {
			p = &u->older;
		}
	}
}

static void keep_undo(struct disk_file *file, sqlite3_int64 at, int n)
{
	struct undo *u = calloc(1, sizeof(*u) + (size_t)n);

	if (!u)
		abort();
	u->older = disk.undo;
	u->file = file;
	u->at = at;
	file->real->pMethods->xFileSize(file->real, &u->size);
	if (at < u->size)
		u->n = (int)(at + n <= u->size ? n : u->size - at);
	if (u->n)
		file->real->pMethods->xRead(file->real, u->bytes, u->n, at);
	disk.undo = u;
}

static void lose_power(void)
{
	bool all = rng_below(&disk.rng, 2) == 0;

	for (struct undo *u = disk.undo; u; u = u->older) {
		sqlite3_file *f = u->file->real;

		if (!all && rng_below(&disk.rng, 2) == 0)
			continue;
		if (u->n)
			f->pMethods->xWrite(f, u->bytes, u->n, u->at);
		if (all)
			f->pMethods->xTruncate(f, u->size);
	}
	_exit(DISK_KILLED);
}

static bool now(enum disk_op op)
{
	if (op != disk.op || disk.at == 0)
		return false;
	disk.count++;
	if (disk.count < disk.at || disk.count >= disk.at + disk.width)
		return false;
	disk.fired = true;
	return true;
}

static int strike(struct disk_file *file, const void *bytes, int n, sqlite3_int64 at)
{
	if (disk.fault == DISK_FAIL)
		return disk.rc;
	if (bytes && n > 1)
		file->real->pMethods->xWrite(file->real, bytes, n / 2, at);
	if (disk.fault == DISK_POWER)
		lose_power();
	_exit(DISK_KILLED);
}

static int disk_close(sqlite3_file *f)
{
	forget_undo(file_of(f));
	return file_of(f)->real->pMethods->xClose(file_of(f)->real);
}

static int disk_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	if (now(DISK_READ))
		return strike(file_of(f), NULL, 0, 0);
	return file_of(f)->real->pMethods->xRead(file_of(f)->real, p, n, at);
}

static int disk_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	if (disk.fault == DISK_POWER)
		keep_undo(file_of(f), at, n);
	if (now(DISK_WRITE))
		return strike(file_of(f), p, n, at);
	return file_of(f)->real->pMethods->xWrite(file_of(f)->real, p, n, at);
}

static int disk_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	sqlite3_int64 was = 0;

	if (now(DISK_TRUNCATE))
		return strike(file_of(f), NULL, 0, 0);
	file_of(f)->real->pMethods->xFileSize(file_of(f)->real, &was);
	if (disk.fault == DISK_POWER && was > size)
		keep_undo(file_of(f), size, (int)(was - size));
	return file_of(f)->real->pMethods->xTruncate(file_of(f)->real, size);
}

static int disk_sync(sqlite3_file *f, int flags)
{
	int rc;

	if (now(DISK_SYNC))
		return strike(file_of(f), NULL, 0, 0);
	rc = file_of(f)->real->pMethods->xSync(file_of(f)->real, flags);
	if (rc == SQLITE_OK)
		forget_undo(file_of(f));
	return rc;
}

static int disk_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return file_of(f)->real->pMethods->xFileSize(file_of(f)->real, size);
}

static int disk_lock(sqlite3_file *f, int level)
{
	return file_of(f)->real->pMethods->xLock(file_of(f)->real, level);
}

static int disk_unlock(sqlite3_file *f, int level)
{
	return file_of(f)->real->pMethods->xUnlock(file_of(f)->real, level);
}

static int disk_reserved(sqlite3_file *f, int *out)
{
	return file_of(f)->real->pMethods->xCheckReservedLock(file_of(f)->real, out);
}

static int disk_control(sqlite3_file *f, int op, void *arg)
{
	return file_of(f)->real->pMethods->xFileControl(file_of(f)->real, op, arg);
}

static int disk_sector(sqlite3_file *f)
{
	return file_of(f)->real->pMethods->xSectorSize(file_of(f)->real);
}

static int disk_traits(sqlite3_file *f)
{
	return file_of(f)->real->pMethods->xDeviceCharacteristics(file_of(f)->real);
}

static int disk_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **p)
{
	if (now(DISK_SHM))
		return strike(file_of(f), NULL, 0, 0);
	return file_of(f)->real->pMethods->xShmMap(file_of(f)->real, page, size, extend, p);
}

static int disk_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	return file_of(f)->real->pMethods->xShmLock(file_of(f)->real, offset, n, flags);
}

static void disk_shm_barrier(sqlite3_file *f)
{
	file_of(f)->real->pMethods->xShmBarrier(file_of(f)->real);
}

static int disk_shm_unmap(sqlite3_file *f, int remove)
{
	return file_of(f)->real->pMethods->xShmUnmap(file_of(f)->real, remove);
}

static const sqlite3_io_methods disk_methods = {
	.iVersion = 2,
	.xClose = disk_close,
	.xRead = disk_read,
	.xWrite = disk_write,
	.xTruncate = disk_truncate,
	.xSync = disk_sync,
	.xFileSize = disk_size,
	.xLock = disk_lock,
	.xUnlock = disk_unlock,
	.xCheckReservedLock = disk_reserved,
	.xFileControl = disk_control,
	.xSectorSize = disk_sector,
	.xDeviceCharacteristics = disk_traits,
	.xShmMap = disk_shm_map,
	.xShmLock = disk_shm_lock,
	.xShmBarrier = disk_shm_barrier,
	.xShmUnmap = disk_shm_unmap,
};

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out_flags)
{
	struct disk_file *file = file_of(f);
	int rc;

	(void)vfs;
	file->base.pMethods = NULL;
	if (now(DISK_OPEN)) {
		if (disk.fault != DISK_FAIL)
			_exit(DISK_KILLED);
		return SQLITE_CANTOPEN;
	}
	file->real = (sqlite3_file *)(file + 1);
	rc = disk.real->xOpen(disk.real, name, file->real, flags, out_flags);
	if (rc == SQLITE_OK)
		file->base.pMethods = &disk_methods;
	return rc;
}

void disk_install(void)
{
	disk.real = sqlite3_vfs_find(NULL);
	disk.vfs = *disk.real;
	disk.vfs.zName = "failing";
	disk.vfs.szOsFile = (int)sizeof(struct disk_file) + disk.real->szOsFile;
	disk.vfs.xOpen = disk_open;
	sqlite3_vfs_register(&disk.vfs, 1);
}
