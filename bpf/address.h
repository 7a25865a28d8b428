/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Addresses and tuples. */
#pragma once

#include <stdbool.h>
#include "types.h"

static __always_inline void address_from_ipv4(struct address *address, __be32 ipv4)
{
	address->word[0] = 0;
	address->word[1] = 0;
	address->word[2] = bpf_htonl(0xffff);
	address->word[3] = ipv4;
}

static __always_inline bool address_equal(const struct address *a, const struct address *b)
{
	return !((a->word[0] ^ b->word[0]) | (a->word[1] ^ b->word[1]) | (a->word[2] ^ b->word[2]) | (a->word[3] ^ b->word[3]));
}

static __always_inline bool address_is_zero(const struct address *a)
{
	return !(a->word[0] | a->word[1] | a->word[2] | a->word[3]);
}

static __always_inline bool address_is_mapped(const struct address *address)
{
	return !(address->word[0] | address->word[1] | (address->word[2] ^ bpf_htonl(0xffff)));
}

/*
 * Multicast, limited broadcast, loopback, IPv6 link-local: what no router forwards. IPv4 link-local is left to the node (metadata
 * services).
 */
static __always_inline bool address_is_routable(const struct address *a, bool ipv6)
{
	__u32 first = bpf_ntohl(ipv6 ? a->word[0] : a->word[3]);

	if (!ipv6)
		return (first >> 28) < 0xe && (first >> 24) != 0 && (first >> 24) != 127;
	if (!(a->word[0] | a->word[1] | a->word[2]) && bpf_ntohl(a->word[3]) <= 1)
		return false; /* :: and ::1 */
	return (first >> 24) != 0xff && (first >> 22) != (0xfe800000 >> 22);
}

/* What an answer may be sent to: neither multicast nor broadcast nor nobody's. */
static __always_inline bool address_is_of_one_host(const struct address *a, bool ipv6)
{
	__u32 first = bpf_ntohl(ipv6 ? a->word[0] : a->word[3]);

	if (!ipv6)
		return (first >> 28) < 0xe && (first >> 24) != 0;
	return (first >> 24) != 0xff && !address_is_zero(a);
}

static __always_inline bool address_is_loopback(const struct address *a, bool ipv6)
{
	return !ipv6 && (bpf_ntohl(a->word[3]) >> 24) == 127;
}

static __always_inline void tuple_reverse(struct tuple *reverse, const struct tuple *tuple)
{
	reverse->saddr = tuple->daddr;
	reverse->daddr = tuple->saddr;
	reverse->sport = tuple->dport;
	reverse->dport = tuple->sport;
	reverse->protocol = tuple->protocol;
	reverse->pad[0] = reverse->pad[1] = reverse->pad[2] = 0;
}

static __always_inline bool tuple_equal(const struct tuple *a, const struct tuple *b)
{
	const __u64 *x = (const __u64 *)a, *y = (const __u64 *)b;

	return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]) | (x[4] ^ y[4]));
}
