/* SPDX-License-Identifier: MIT */
#include "lib/unit.h"

#include "lib/store_fixture.h"

int store_fixture_open(void **state)
{
	struct store_fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	strcpy(f->dir, "/tmp/nightdesk-test.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/nightdesk.db", f->dir);
	f->arena = arena_new(64 << 20);
	assert_int_equal(store_open(&f->store, f->path, STORE_WRITE, &f->e), 0);
	*state = f;
	return 0;
}

int store_fixture_close(void **state)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
	struct store_fixture *f = *state;

	store_close(f->store);
	for (size_t i = 0; i < 4; i++) {
		char name[128];

		snprintf(name, sizeof(name), "%s%s", f->path, suffixes[i]);
		unlink(name);
	}
	assert_int_equal(rmdir(f->dir), 0);
	arena_free(f->arena);
	free(f);
	return 0;
}

struct feed_item make_item(const char *id, const char *link, const char *title, const char *content)
{
	struct feed_item i = {
		.id = str_of(id),
		.link = str_of(link),
		.title = str_of(title),
		.content = str_of(content),
		.published = STAMP_NONE,
		.updated = STAMP_NONE,
	};
	struct digest *d = digest_new();
	uint8_t whole[SHA256_SIZE];

	assert_non_null(d);
	digest_part(d, str_of(id ? id : link ? link : title));
	digest_final(d, whole);
	memcpy(i.key, whole, sizeof(i.key));
	i.link_key = link ? digest_fast64(str_of(link), 1) : 0;
	i.text_key = digest_fast64(str_of(title), 2) ^ digest_fast64(str_of(content), 3);
	return i;
}

struct feed_batch make_batch(struct feed_item *items, size_t n)
{
	return (struct feed_batch){
		.items = items, .n_items = n, .complete = true, .well_formed = true};
}

int64_t make_feed(struct store_fixture *f, const char *name, int64_t last_body)
{
	struct store_feed feed;

	assert_int_equal(store_feed_get(f->store, str_of(name), f->arena, &feed, &f->e), 0);
	feed.name = str_of(name);
	feed.url = STR("http://a.example/");
	feed.last_body = last_body;
	assert_int_equal(store_feed_put(f->store, &feed, &f->e), 0);
	return feed.id;
}

int64_t make_stored_item(struct store_fixture *f, const char *id)
{
	struct store_feed feed = {.name = STR("a"), .url = STR("http://a.example/")};
	struct feed_item i = make_item(id, NULL, id, NULL);
	struct store_item state = {.seen = STORE_NEW};

	memcpy(state.key, i.key, 16);
	assert_int_equal(store_feed_put(f->store, &feed, &f->e), 0);
	assert_int_equal(store_begin(f->store, &f->e), 0);
	assert_int_equal(store_item_put(f->store, feed.id, &i, 0, &state, &f->e), 0);
	assert_int_equal(store_commit(f->store, &f->e), 0);
	return state.id;
}
