/* The load tool: a client and a server on one core, each in a network namespace, and what one transaction between them costs. */
#pragma once

#include <netinet/in.h>
#include <stdint.h>
#include <stdnoreturn.h>
#include <sys/socket.h>

enum {
	WINDOW_NS = 5000000, /* of flood and stream: short against the scheduler's interruptions */
	MAX_SAMPLES = 1 << 18,
	LISTEN_BACKLOG = 16,
	STREAM_CHUNK_MIN = 16 * 1024,
	STREAM_CHUNK_MAX = 128 * 1024,
	STREAM_CONNECTION_NS = 20000000,
	FLOOD_BURST = 32, /* datagrams between two looks at the clock */
};

/* What the command line says. */
struct job {
	const struct mode *mode;
	const char *client_ns;
	const char *server_ns;
	struct sockaddr_in6 target; /* IPv4 as a mapped address: one code path */
	uint16_t server_port;
	uint64_t duration_ns;
	int cpu;
	int priority;
};

/* What came out: of rr and crr one sample is a transaction's nanoseconds, of flood and stream a window's rate. */
struct result {
	double *samples;
	uint32_t count;
	uint64_t sent;	  /* transactions, datagrams or bytes */
	double delivered; /* of flood: the part of the datagrams that arrived at the
                       server's UDP */
};

struct mode {
	const char *name;
	const char *unit;
	int type;	     /* SOCK_STREAM or SOCK_DGRAM */
	int rate_is_inverse; /* samples are nanoseconds: the rate is 1/p50 */
	/* Runs in the child, in the server's namespace, with a bound (and listening)
   * socket. Ends by being killed. */
	void (*serve)(int fd);
	/* Runs in the parent, in the client's namespace. */
	void (*drive)(const struct job *job, struct result *result);
};

extern const struct mode mode_rr, mode_crr, mode_flood, mode_stream;

/* Prints what failed, with errno's text, and ends the process. */
noreturn void fail(const char *what);

/* What is being waited for, should the alarm come: names the step in the message. */
void doing(const char *what);

uint64_t now_ns(void);
void enter_namespace(const char *path);
void run_alone(int cpu, int priority);
int server_socket(const struct mode *mode, uint16_t port);
int client_socket(const struct job *job);
void fix_buffers(int fd, int size);
void no_delay(int fd);
char *stream_memory(void);
void no_time_wait(void);
void sample_add(struct result *result, double value);
double median(double *values, uint32_t count);
uint64_t udp_arrived(void);
