/* UDP: datagrams of one byte into a socket that nobody reads. veth delivers in the sender's softirq: sends/s is the path's cost alone. */
#include <signal.h>
#include <unistd.h>

#include "load.h"

/* The first datagram is answered: the path is there, both ways. From then on nothing is read. */
static void flood_serve(int fd)
{
	struct sockaddr_in6 client;
	socklen_t length = sizeof(client);
	int least = 1;
	char byte;

	/* Full after a few datagrams: what waits in it is not counted as arrived. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least)) < 0)
		fail("set the socket's buffer");
	if (recvfrom(fd, &byte, 1, 0, (struct sockaddr *)&client, &length) != 1)
		fail("receive the first datagram");
	if (sendto(fd, &byte, 1, 0, (struct sockaddr *)&client, length) != 1)
		fail("answer the first datagram");
	for (;;)
		pause();
}

static void flood_drive(const struct job *job, struct result *result)
{
	int fd = client_socket(job);
	uint64_t window, end, sent = 0;
	char byte = 'x';

	doing("wait for the answer to the first datagram");
	if (send(fd, &byte, 1, 0) != 1 || recv(fd, &byte, 1, 0) != 1)
		fail("exchange the first datagram");
	window = now_ns();
	end = window + job->duration_ns;
	for (uint64_t now = window; now < end && result->count < MAX_SAMPLES; now = now_ns()) {
		if (now - window >= WINDOW_NS) {
			sample_add(result, sent * 1e9 / (now - window));
			window = now;
			sent = 0;
		}
		for (int i = 0; i < FLOOD_BURST; i++) {
			if (send(fd, &byte, 1, 0) != 1)
				fail("send a datagram");
		}
		sent += FLOOD_BURST;
		result->sent += FLOOD_BURST;
	}
}

const struct mode mode_flood = {"flood", "1/s", SOCK_DGRAM, 0, flood_serve, flood_drive};
