/* SPDX-License-Identifier: MIT */
/* Messages to the service manager, as received on its socket. */
#include "lib/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "serve/sd_notify.h"

struct manager {
	char dir[64];
	struct sockaddr_un address;
	int fd;
	char got[512];
};

static int set_up(void **state)
{
	struct manager *m = calloc(1, sizeof(*m));

	*state = m;
	strcpy(m->dir, "/tmp/nightdesk-notify-XXXXXX");
	if (!mkdtemp(m->dir))
		return -1;
	m->address.sun_family = AF_UNIX;
	snprintf(m->address.sun_path, sizeof(m->address.sun_path), "%s/notify", m->dir);
	m->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return bind(m->fd, (struct sockaddr *)&m->address, sizeof(m->address));
}

static int tear_down(void **state)
{
	struct manager *m = *state;

	close(m->fd);
	unlink(m->address.sun_path);
	rmdir(m->dir);
	free(m);
	return 0;
}

static const char *receive(struct manager *m)
{
	ssize_t n = recv(m->fd, m->got, sizeof(m->got) - 1, MSG_DONTWAIT);

	m->got[n > 0 ? n : 0] = '\0';
	return m->got;
}

static void messages_reach_the_service_manager(void **state)
{
	struct manager *m = *state;
	struct sd_notify s;

	sd_notify_init(&s, m->address.sun_path, "60000000");
	assert_int_equal(s.watchdog_ms, 60000);
	sd_notify_send(&s, "READY=1\nSTATUS=%s", "all well");
	assert_string_equal(receive(m), "READY=1\nSTATUS=all well");
	sd_notify_send_reloading(&s);
	assert_non_null(strstr(receive(m), "RELOADING=1\nMONOTONIC_USEC="));
	assert_non_null(strstr(m->got, "\nSTATUS=reloading the configuration"));
	sd_notify_send(&s, "WATCHDOG=1");
	assert_string_equal(receive(m), "WATCHDOG=1");
}

static void without_a_service_manager_nothing_is_sent(void **state)
{
	struct manager *m = *state;
	struct sd_notify s;

	sd_notify_init(&s, NULL, NULL);
	assert_int_equal(s.watchdog_ms, 0);
	sd_notify_send(&s, "READY=1");
	sd_notify_init(&s, "relative/path", "junk");
	assert_int_equal(s.watchdog_ms, 0);
	sd_notify_send(&s, "READY=1");
	assert_string_equal(receive(m), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			messages_reach_the_service_manager, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			without_a_service_manager_nothing_is_sent, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("serve sd_notify", tests, NULL, NULL);
}
