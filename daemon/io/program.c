/* SPDX-License-Identifier: MIT */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a program may expect: where programs are, and that text is UTF-8. */
static const char *const program_environment[] = {
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", NULL};

static void program_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static bool program_write_all(int fd, const struct buf *input)
{
	size_t done = 0;

	while (done < input->len) {
		ssize_t n = write(fd, input->data + done, input->len - done);

		if (n < 0 && errno != EINTR)
			return false;
		done += n > 0 ? (size_t)n : 0;
	}
	return lseek(fd, 0, SEEK_SET) == 0;
}

/* The standard descriptors of the child. */
struct program_files {
	int input, output, errors, errors_end;
};

static bool program_open_files(struct program_files *f, const struct buf *input)
{
	int ends[2] = {-1, -1};

	f->input = memfd_create("nightdesk-document", MFD_CLOEXEC);
	f->output = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (pipe2(ends, O_CLOEXEC) == 0) {
		f->errors = ends[0];
		f->errors_end = ends[1];
	}
	return f->input >= 0 && f->output >= 0 && f->errors >= 0 &&
	       fcntl(f->errors, F_SETFL, O_NONBLOCK) == 0 && program_write_all(f->input, input);
}

static int program_set_actions(posix_spawn_file_actions_t *a, const struct program_files *f)
{
	int rc = posix_spawn_file_actions_adddup2(a, f->input, STDIN_FILENO);

	if (!rc)
		rc = posix_spawn_file_actions_adddup2(a, f->output, STDOUT_FILENO);
	if (!rc)
		rc = posix_spawn_file_actions_adddup2(a, f->errors_end, STDERR_FILENO);
	if (!rc)
		rc = posix_spawn_file_actions_addclosefrom_np(a, STDERR_FILENO + 1);
	return rc ? rc : posix_spawn_file_actions_addchdir_np(a, "/");
}

static int program_set_attributes(posix_spawnattr_t *attr)
{
	sigset_t all, none;
	int rc = posix_spawnattr_setflags(
		attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);

	sigfillset(&all);
	sigemptyset(&none);
	if (!rc)
		rc = posix_spawnattr_setsigdefault(attr, &all);
	if (!rc)
		rc = posix_spawnattr_setsigmask(attr, &none);
	return rc ? rc : posix_spawnattr_setpgroup(attr, 0);
}

/* Returns 0 or an errno value. */
static int program_run(char *const argv[], const struct program_files *f, pid_t *pid)
{
	char *const *environment = (char *const *)(uintptr_t)program_environment;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int rc = posix_spawn_file_actions_init(&actions);

	if (rc)
		return rc;
	rc = posix_spawnattr_init(&attr);
	if (rc) {
		posix_spawn_file_actions_destroy(&actions);
		return rc;
	}
	rc = program_set_actions(&actions, f);
	if (!rc)
		rc = program_set_attributes(&attr);
	if (!rc)
		rc = posix_spawn(pid, argv[0], &actions, &attr, argv, environment);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return rc;
}

void program_kill(const struct program *c)
{
	(void)kill(-c->pid, SIGKILL);
}

/* Without a descriptor of the process its end cannot be awaited: it is ended at once. */
static int program_open_process(struct program *c)
{
	int code;

	c->pidfd = (int)syscall(SYS_pidfd_open, c->pid, 0);
	if (c->pidfd >= 0)
		return 0;
	code = errno;
	program_kill(c);
	while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
		;
	return code;
}

int program_start(char *const argv[], const struct buf *input, struct program *out, struct err *e)
{
	struct program_files f = {-1, -1, -1, -1};
	bool opened = program_open_files(&f, input);
	int code = opened ? program_run(argv, &f, &out->pid) : errno;
	enum err_class cls;
	char text[128];

	if (code == 0)
		code = program_open_process(out);
	program_close(&f.input);
	program_close(&f.output);
	program_close(&f.errors_end);
	if (code == 0) {
		out->errors = f.errors;
		return 0;
	}
	program_close(&f.errors);
	cls = err_class_of(code);
	/* Of the program itself, else our own lack of something. */
	if (!opened || cls == ERR_TEMP)
		cls = ERR_IO;
	return err_set(e, cls == ERR_IO || cls == ERR_NOMEM ? cls : ERR_CONF,
		"%s: cannot be started (%s)", argv[0], strerror_r(code, text, sizeof(text)));
}
