/* Command line, the two processes, and the line that is printed. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

enum {
	PATIENCE_SECONDS = 3
};

static const char *const usage_text = "netweir-load: what a transaction between two network namespaces costs, "
				      "client and server on one core.\n"
				      "\n"
				      "usage: netweir-load rr|crr|flood|stream --client NS --server NS --to "
				      "ADDRESS --port N [option]...\n"
				      "\n"
				      "  --client NS       path of the client's network namespace\n"
				      "  --server NS       path of the server's\n"
				      "  --to ADDRESS      where the client connects: IPv4 or IPv6\n"
				      "  --port N          the port that it connects to\n"
				      "  --server-port N   the port that the server listens on (default: the "
				      "same)\n"
				      "  --ms N            how long (default 300)\n"
				      "  --cpu N           the core (default 0)\n"
				      "  --priority N      of SCHED_FIFO; 0: ordinary scheduling (default 10)\n"
				      "\n"
				      "rr      a byte each way over one TCP connection      rate = 1 / median "
				      "time\n"
				      "crr     the same with a connection each              rate = 1 / median "
				      "time\n"
				      "flood   datagrams of one byte, which nobody reads    rate = median of 5 "
				      "ms windows\n"
				      "stream  as much TCP as goes                          rate = median of 5 "
				      "ms windows\n"
				      "\n"
				      "Prints one line of JSON; exit codes: 0 measured, 1 failed (the reason is "
				      "on stderr), 2 wrong options.\n";

static const char *step = "start";

noreturn void fail(const char *what)
{
	fprintf(stderr, "error: %s: %s\n", what, strerror(errno));
	exit(1);
}

void doing(const char *what)
{
	step = what;
}

static void out_of_time(int signal)
{
	(void)signal;
	(void)!write(STDERR_FILENO, "error: no answer in time; last step: ", 37);
	(void)!write(STDERR_FILENO, step, strlen(step));
	(void)!write(STDERR_FILENO, "\n", 1);
	_exit(1);
}

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

void sample_add(struct result *result, double value)
{
	if (result->count < MAX_SAMPLES)
		result->samples[result->count++] = value;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double median(double *values, uint32_t count)
{
	qsort(values, count, sizeof(*values), compare);
	return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static noreturn void usage(const char *problem)
{
	if (!problem) {
		fputs(usage_text, stdout);
		exit(0);
	}
	fprintf(stderr, "error: %s\n\n%s", problem, usage_text);
	exit(2);
}

static const struct mode *mode_of(const char *name)
{
	static const struct mode *const modes[] = {&mode_rr, &mode_crr, &mode_flood, &mode_stream};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (!strcmp(name, modes[i]->name))
			return modes[i];
	}
	usage("the mode is none of rr, crr, flood, stream");
}

static void parse_target(struct job *job, const char *text)
{
	char mapped[INET6_ADDRSTRLEN + 8];

	snprintf(mapped, sizeof(mapped), "%s%s", strchr(text, ':') ? "" : "::ffff:", text);
	job->target.sin6_family = AF_INET6;
	if (inet_pton(AF_INET6, mapped, &job->target.sin6_addr) != 1)
		usage("--to is no address");
}

static long number(const char *text, long min, long max, const char *problem)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (*end || end == text || value < min || value > max)
		usage(problem);
	return value;
}

static void parse_option(struct job *job, int option)
{
	switch (option) {
	case 'c':
		job->client_ns = optarg;
		break;
	case 's':
		job->server_ns = optarg;
		break;
	case 't':
		parse_target(job, optarg);
		break;
	case 'p':
		job->target.sin6_port = htons(number(optarg, 1, 65535, "--port is no port"));
		break;
	case 'l':
		job->server_port = number(optarg, 1, 65535, "--server-port is no port");
		break;
	case 'm':
		job->duration_ns = number(optarg, 1, 60000, "--ms is not between 1 and 60000") * 1000000ULL;
		break;
	case 'u':
		job->cpu = number(optarg, 0, 1023, "--cpu is no core");
		break;
	case 'f':
		job->priority = number(optarg, 0, 99, "--priority is not between 0 and 99");
		break;
	case 'h':
		usage(NULL);
	default:
		usage("unknown option");
	}
}

static struct job parse(int argc, char **argv)
{
	static const struct option options[] = {
		{"client", 1, 0, 'c'}, {"server", 1, 0, 's'}, {"to", 1, 0, 't'},       {"port", 1, 0, 'p'}, {"server-port", 1, 0, 'l'},
		{"ms", 1, 0, 'm'},     {"cpu", 1, 0, 'u'},    {"priority", 1, 0, 'f'}, {"help", 0, 0, 'h'}, {0},
	};
	struct job job = {.duration_ns = 300000000ULL, .priority = 10};
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1)
		parse_option(&job, option);
	if (optind != argc - 1)
		usage("one mode is needed");
	job.mode = mode_of(argv[optind]);
	if (!job.client_ns || !job.server_ns || !job.target.sin6_family || !job.target.sin6_port)
		usage("--client, --server, --to and --port are needed");
	if (!job.server_port)
		job.server_port = ntohs(job.target.sin6_port);
	return job;
}

/* Returns when the server listens; it dies with this process at the latest. */
static pid_t start_server(const struct job *job)
{
	int ready[2];
	char byte;
	pid_t child;

	if (pipe(ready) < 0)
		fail("make a pipe");
	child = fork();
	if (child < 0)
		fail("start the server's process");
	if (child == 0) {
		int fd;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		enter_namespace(job->server_ns);
		run_alone(job->cpu, job->priority);
		fd = server_socket(job->mode, job->server_port);
		if (write(ready[1], "r", 1) != 1)
			fail("tell the client");
		job->mode->serve(fd);
		_exit(0);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		exit(1); /* the server has said why */
	close(ready[0]);
	return child;
}

static uint64_t arrived_at(const char *ns)
{
	enter_namespace(ns);
	return udp_arrived();
}

static void print(const struct job *job, struct result *result)
{
	double middle = median(result->samples, result->count);

	printf("{\"mode\":\"%s\",\"rate\":%.1f,\"unit\":\"%s\",\"samples\":%u,"
	       "\"sent\":%lu,\"delivered\":%.4f}\n",
	       job->mode->name, job->mode->rate_is_inverse ? 1e9 / middle : middle, job->mode->unit, result->count, result->sent,
	       result->delivered);
}

int main(int argc, char **argv)
{
	struct job job = parse(argc, argv);
	struct result result = {.samples = calloc(MAX_SAMPLES, sizeof(double)), .delivered = 1};
	uint64_t arrived;
	pid_t server;

	if (!result.samples)
		fail("reserve memory");
	signal(SIGPIPE, SIG_IGN);
	signal(SIGALRM, out_of_time);
	alarm(PATIENCE_SECONDS + job.duration_ns / 1000000000ULL);
	server = start_server(&job);
	arrived = arrived_at(job.server_ns);
	enter_namespace(job.client_ns);
	run_alone(job.cpu, job.priority);
	job.mode->drive(&job, &result);
	doing("count what arrived");
	if (job.mode->type == SOCK_DGRAM)
		result.delivered = (double)(arrived_at(job.server_ns) - arrived) / (result.sent + 1);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	if (result.count == 0) {
		fprintf(stderr, "error: not one transaction in the time given\n");
		return 1;
	}
	print(&job, &result);
	return 0;
}
