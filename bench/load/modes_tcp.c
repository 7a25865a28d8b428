/* TCP: request/response over one connection, over a connection each, and a stream. */
#include <unistd.h>

#include "load.h"

static void read_byte(int fd)
{
	char byte;

	if (read(fd, &byte, 1) != 1)
		fail("read the other side's byte");
}

static void write_byte(int fd)
{
	if (write(fd, "x", 1) != 1)
		fail("write a byte");
}

static int accept_one(int listener)
{
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		fail("accept");
	return fd;
}

static void rr_serve(int listener)
{
	int fd = accept_one(listener);
	char byte;

	no_delay(fd);
	while (read(fd, &byte, 1) == 1)
		write_byte(fd);
}

static void rr_drive(const struct job *job, struct result *result)
{
	int fd = client_socket(job);
	uint64_t before = now_ns(), end = before + job->duration_ns;

	no_delay(fd);
	doing("wait for an answer over the connection");
	while (before < end && result->count < MAX_SAMPLES) {
		uint64_t after;

		write_byte(fd);
		read_byte(fd);
		after = now_ns();
		sample_add(result, after - before);
		before = after;
	}
	result->sent = result->count;
}

/*
 * The server closes first, with a FIN, and waits for the client's: a whole, ordinary close. Its side would be TIME_WAIT then, for a
 * minute, and thousands of those slow later look-ups down and make a client's port come back into one; so the server's namespace keeps
 * none (no_time_wait).
 */
static void crr_serve(int listener)
{
	no_time_wait();
	for (;;) {
		int fd = accept_one(listener);
		char byte;

		read_byte(fd);
		write_byte(fd);
		shutdown(fd, SHUT_WR);
		if (read(fd, &byte, 1) != 0)
			fail("wait for the client's FIN");
		close(fd);
	}
}

static void crr_drive(const struct job *job, struct result *result)
{
	uint64_t before = now_ns(), end = before + job->duration_ns;

	while (before < end && result->count < MAX_SAMPLES) {
		int fd = client_socket(job);
		uint64_t after;
		char byte;

		doing("wait for an answer over a new connection");
		write_byte(fd);
		read_byte(fd);
		if (read(fd, &byte, 1) != 0)
			fail("wait for the server's FIN");
		close(fd);
		after = now_ns();
		sample_add(result, after - before);
		before = after;
	}
	result->sent = result->count;
}

/*
 * Bytes, of a socket, on either side; what is on the way stays in the cache. Several: with any one size the window may be just a little more than two
 * of a path's largest packets, and a third of its packets are then the small rest, which costs as much as a large one.
 */
static const int stream_buffers[] = {64 << 10, 96 << 10, 128 << 10, 192 << 10, 256 << 10};

enum {
	STREAM_BUFFERS = sizeof(stream_buffers) / sizeof(*stream_buffers),
};

/* What is written or read by one call. */
struct chunk {
	char *place;
	size_t size;
};

/*
 * By chance, so that no path has the luck of numbers that go together. Of the size: what is left of a chunk after a path's largest packets is one
 * more packet, or waits for the next chunk, by its MTU alone. Of the place: processors copy many times slower where source and destination differ
 * by a few bytes more than whole pages (4K aliasing; AMD Zen 4 25 times for 1 to 15), and what a packet holds decides where the next one begins.
 */
static struct chunk stream_chunk(char *memory)
{
	enum {
		LINE = 64, /* of the cache */
		LINES = 4096 / LINE
	};
	static uint32_t random;

	if (!random)
		random = getpid();
	random = random * 1664525 + 1013904223;
	return (struct chunk){
		.place = memory + (random >> 8) % LINES * LINE,
		.size = STREAM_CHUNK_MIN + (random >> 14) % (STREAM_CHUNK_MAX - STREAM_CHUNK_MIN + 1),
	};
}

static ssize_t stream_read(int fd, char *memory)
{
	struct chunk chunk = stream_chunk(memory);

	return read(fd, chunk.place, chunk.size);
}

static ssize_t stream_write(int fd, char *memory)
{
	struct chunk chunk = stream_chunk(memory);

	return write(fd, chunk.place, chunk.size);
}

static void stream_serve(int listener)
{
	char *memory = stream_memory();
	int last = -1;

	for (uint64_t i = 0;; i++) {
		int fd;

		/* Of the listener, before the client is told by the end of the connection before that it may connect. */
		fix_buffers(listener, stream_buffers[i % STREAM_BUFFERS]);
		if (i > 0)
			close(last);
		fd = accept_one(listener);
		while (stream_read(fd, memory) > 0)
			;
		last = fd;
	}
}

static void stream_once(const struct job *job, struct result *result, char *memory, int size, uint64_t duration)
{
	int fd = client_socket(job);
	uint64_t start = now_ns(), window = start, bytes = 0;
	uint64_t warm = start + duration / 5, end = start + duration;

	fix_buffers(fd, size);
	doing("wait until the stream moves on");
	for (uint64_t now = start; now < end && result->count < MAX_SAMPLES; now = now_ns()) {
		ssize_t written;

		if (now - window >= WINDOW_NS) {
			if (window > warm)
				sample_add(result, bytes * 8 * 1e9 / (now - window));
			window = now;
			bytes = 0;
		}
		written = stream_write(fd, memory);
		if (written < 0)
			fail("write to the stream");
		bytes += written;
		result->sent += written;
	}
	doing("end the stream");
	if (shutdown(fd, SHUT_WR) < 0 || read(fd, &(char){0}, 1) < 0)
		fail("end the stream");
	close(fd);
}

/* Several connections, also because where one's memory happens to be makes a difference. */
static void stream_drive(const struct job *job, struct result *result)
{
	char *memory = stream_memory();
	uint64_t connections = job->duration_ns / STREAM_CONNECTION_NS ?: 1;

	for (uint64_t i = 0; i < connections; i++)
		stream_once(job, result, memory, stream_buffers[i % STREAM_BUFFERS], job->duration_ns / connections);
}

const struct mode mode_rr = {"rr", "1/s", SOCK_STREAM, 1, rr_serve, rr_drive};
const struct mode mode_crr = {"crr", "1/s", SOCK_STREAM, 1, crr_serve, crr_drive};
const struct mode mode_stream = {"stream", "bit/s", SOCK_STREAM, 0, stream_serve, stream_drive};
