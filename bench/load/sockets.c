/* Sockets, namespaces and counters. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "load.h"

void enter_namespace(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		fail(path);
	close(fd);
}

/*
 * Both sides share a core and give it to one another by waiting: one transaction's time is its CPU cost, wherever else the machine is
 * busy.
 */
void run_alone(int cpu, int priority)
{
	struct sched_param param = {.sched_priority = priority};
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		fail("pin the process to its core");
	if (priority > 0 && sched_setscheduler(0, SCHED_FIFO, &param) < 0)
		fail("become SCHED_FIFO");
	if (mlockall(MCL_CURRENT | MCL_FUTURE) < 0)
		fail("keep the memory resident");
}

/* Some congestion controls (BBR) pace what is sent by a timer, and this is then what is measured. Reno does not, and every kernel has it. */
static int make_socket(int family, int type)
{
	int fd = socket(family, type, 0);

	if (fd >= 0 && type == SOCK_STREAM && setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4) < 0)
		fail("set TCP's congestion control");
	return fd;
}

int server_socket(const struct mode *mode, uint16_t port)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	int fd = make_socket(AF_INET6, mode->type), on = 1, off = 0;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) < 0)
		fail("make the server's socket");
	if (bind(fd, (struct sockaddr *)&any, sizeof(any)) < 0)
		fail("bind the server's port");
	if (mode->type == SOCK_STREAM && listen(fd, LISTEN_BACKLOG) < 0)
		fail("listen");
	return fd;
}

/* An IPv4 target gets an IPv4 socket: what IPv4 applications use. */
int client_socket(const struct job *job)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = job->target.sin6_port};
	int mapped = IN6_IS_ADDR_V4MAPPED(&job->target.sin6_addr);
	int fd = make_socket(mapped ? AF_INET : AF_INET6, job->mode->type), done;

	if (fd < 0)
		fail("make the client's socket");
	doing("connect");
	memcpy(&v4.sin_addr, &job->target.sin6_addr.s6_addr[12], sizeof(v4.sin_addr));
	done = mapped ? connect(fd, (struct sockaddr *)&v4, sizeof(v4)) : connect(fd, (struct sockaddr *)&job->target, sizeof(job->target));
	if (done < 0)
		fail("connect");
	return fd;
}

void no_delay(int fd)
{
	int on = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0)
		fail("set TCP_NODELAY");
}

/* Without the kernel's own tuning, which lets megabytes be on the way at times, and then measures the memory. Of a listener: before the connection that is to have them. */
void fix_buffers(int fd, int size)
{
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
		fail("set the socket's buffers");
}

/*
 * A chunk's memory in one huge page where the kernel gives one: pages that collide in the cache by accident of where they are cost up
 * to half of the rate.
 */
char *stream_memory(void)
{
	enum {
		HUGE_PAGE = 2 << 20
	};
	char *memory = aligned_alloc(HUGE_PAGE, HUGE_PAGE);

	if (!memory)
		fail("reserve memory");
	(void)madvise(memory, HUGE_PAGE, MADV_HUGEPAGE);
	memset(memory, 'x', HUGE_PAGE);
	return memory;
}

/* Of this process's namespace, which is a pod's or a bare one that somebody made. */
void no_time_wait(void)
{
	int fd = open("/proc/sys/net/ipv4/tcp_max_tw_buckets", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "0", 1) != 1)
		fail("set net.ipv4.tcp_max_tw_buckets");
	close(fd);
}

/* A line "<prefix> number..." of a file, whose columns an earlier line of the same prefix names. */
static uint64_t snmp_column(const char *prefix, const char *column)
{
	char names[1024], values[1024], *name, *value, *name_rest, *value_rest;
	FILE *file = fopen("/proc/self/net/snmp", "re");
	uint64_t found = 0;

	if (!file)
		fail("open /proc/self/net/snmp");
	while (fgets(names, sizeof(names), file) && fgets(values, sizeof(values), file)) {
		if (strncmp(names, prefix, strlen(prefix)))
			continue;
		name = strtok_r(names, " \n", &name_rest);
		value = strtok_r(values, " \n", &value_rest);
		for (; name && value; name = strtok_r(NULL, " \n", &name_rest), value = strtok_r(NULL, " \n", &value_rest)) {
			if (!strcmp(name, column))
				sscanf(value, "%lu", &found);
		}
	}
	fclose(file);
	return found;
}

static uint64_t snmp6_value(const char *wanted)
{
	FILE *file = fopen("/proc/self/net/snmp6", "re");
	uint64_t value, found = 0;
	char name[64];

	if (!file)
		fail("open /proc/self/net/snmp6");
	while (fscanf(file, "%63s %lu", name, &value) == 2) {
		if (!strcmp(name, wanted))
			found = value;
	}
	fclose(file);
	return found;
}

/* Datagrams that reached a socket of this namespace, whether or not it had room. */
uint64_t udp_arrived(void)
{
	return snmp_column("Udp:", "InDatagrams") + snmp_column("Udp:", "RcvbufErrors") + snmp6_value("Udp6InDatagrams") +
	       snmp6_value("Udp6RcvbufErrors");
}
