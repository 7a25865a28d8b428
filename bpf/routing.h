/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Where a packet goes, and sending it there. */
#pragma once

#include <linux/pkt_cls.h>
#include "flow.h"
#include "overlay.h"

enum {
	/* to_netdev: this packet was dealt with by another hook of this node. */
	TC_INDEX_DONE = 0x6e77,
	AF_INET_ = 2,
	AF_INET6_ = 10,
};

/* The next hop of a packet to the world, from the kernel's routes. Leaves ifindex 0 when the host stack has to decide. */
static __always_inline void world_route(struct __sk_buff *skb, struct packet *pkt)
{
	struct bpf_fib_lookup fib = {};
	struct uplink *uplink;
	long result;

	fib.ifindex = skb->ifindex;
	fib.l4_protocol = pkt->protocol;
	fib.tot_len = 1; /* fits everywhere: asks for the route's MTU, which send_to_world() compares */
	if (pkt->ipv6) {
		fib.family = AF_INET6_;
		__builtin_memcpy(fib.ipv6_src, &pkt->source, sizeof(pkt->source));
		__builtin_memcpy(fib.ipv6_dst, &pkt->tuple.daddr, sizeof(pkt->tuple.daddr));
	} else {
		fib.family = AF_INET_;
		fib.ipv4_src = pkt->source.word[3];
		fib.ipv4_dst = pkt->tuple.daddr.word[3];
	}
	pkt->forwarding.kind = IPCACHE_WORLD;
	result = bpf_fib_lookup(skb, &fib, sizeof(fib), 0);
	if (result != BPF_FIB_LKUP_RET_SUCCESS && result != BPF_FIB_LKUP_RET_NO_NEIGH)
		return;
	uplink = uplink_find(fib.ifindex);
	if (uplink) {
		pkt->forwarding.ifindex = fib.ifindex;
		/* Without a neighbour the kernel ends its look-up before it tells the MTU. */
		pkt->forwarding.mtu = result == BPF_FIB_LKUP_RET_SUCCESS ? fib.mtu_result : uplink->mtu;
	}
}

/* What has an address of the nodes' network, not of pods, for its source: this node, or the service that this packet answers for. */
static __always_inline bool source_is_of_underlay(const struct packet *pkt)
{
	if (pkt->translated && !address_equal(&pkt->arrived.saddr, &pkt->tuple.saddr))
		return true;
	return address_is_node(&pkt->source, pkt->ipv6);
}

/* Fills pkt->forwarding for the packet's destination, as of `epoch`. The reasons are final only if the packet is not for a frontend. */
__noinline int route(struct __sk_buff *skb, struct packet *pkt, __u64 epoch)
{
	const struct forwarding *way;

	if (!pkt)
		return DROP_NO_ROUTE;
	__builtin_memset(&pkt->forwarding, 0, sizeof(pkt->forwarding));
	way = way_find(&pkt->tuple.daddr, epoch);
	if (!way)
		return DROP_NO_ROUTE;
	/* To another node from here needs no tunnel: both addresses are the underlay's. */
	if (way->kind == IPCACHE_WORLD || way->kind == IPCACHE_NO_MASQUERADE ||
	    (way->kind == IPCACHE_REMOTE_NODE && source_is_of_underlay(pkt))) {
		world_route(skb, pkt);
		pkt->forwarding.kind = way->kind;
		return 0;
	}
	pkt->forwarding = *way;
	switch (way->kind) {
	case IPCACHE_LOCAL_PODS:
		return way->ifindex ? 0 : DROP_NO_SUCH_POD;
	case IPCACHE_SERVICES:
		return DROP_NO_SUCH_SERVICE;
	case IPCACHE_HOST:
		return 0;
	}
	return way->routing == ROUTING_NONE ? DROP_NO_ROUTE : 0;
}

/* Larger than `mtu`, as the IP packets that it will be on the wire? */
static __always_inline bool packet_exceeds(struct __sk_buff *skb, const struct packet *pkt, __u32 mtu)
{
	__u32 size = pkt->length;

	if (skb->gso_size) /* a segment: its headers and payload */
		size = pkt->l4_offset - ETH_HLEN - pkt->jumbo_length + pkt->l4_length + skb->gso_size;
	return mtu && size > mtu;
}

static __always_inline int decrement_ttl(struct __sk_buff *skb, struct packet *pkt)
{
	if (pkt->ttl <= 1)
		return DROP_TTL_EXCEEDED;
	if (pkt->ipv6) {
		struct ipv6hdr *ip6;

		if (!packet_pull(skb, ETH_HLEN + sizeof(*ip6)))
			return DROP_WRITE_FAILED;
		ip6 = (void *)(long)skb->data + ETH_HLEN;
		if ((void *)(ip6 + 1) > (void *)(long)skb->data_end)
			return DROP_WRITE_FAILED;
		ip6->hop_limit--;
	} else {
		struct iphdr *ip4;
		__u32 sum;

		if (!packet_pull(skb, ETH_HLEN + sizeof(*ip4)))
			return DROP_WRITE_FAILED;
		ip4 = (void *)(long)skb->data + ETH_HLEN;
		if ((void *)(ip4 + 1) > (void *)(long)skb->data_end)
			return DROP_WRITE_FAILED;
		/* RFC 1141 */
		sum = ip4->check + bpf_htons(0x0100);
		ip4->check = sum + (sum >= 0xffff);
		ip4->ttl--;
	}
	return 0;
}

static __always_inline int set_macs(struct __sk_buff *skb, const __u8 *destination, const __u8 *source)
{
	struct ethhdr *eth = (void *)(long)skb->data;

	if ((void *)(eth + 1) > (void *)(long)skb->data_end)
		return DROP_WRITE_FAILED;
	__builtin_memcpy(eth->h_dest, destination, ETH_ALEN);
	__builtin_memcpy(eth->h_source, source, ETH_ALEN);
	return 0;
}

static __always_inline int send_to_pod(struct __sk_buff *skb, const struct forwarding *way)
{
	int reason = set_macs(skb, way->mac, way->host_mac);

	return reason ? -reason : bpf_redirect_peer(way->ifindex, 0);
}

/* To the host stack, as received on nw_host: what came through a service or the overlay is routed back there. */
static __always_inline int send_to_host(struct __sk_buff *skb)
{
	__u8 destination[ETH_ALEN], source[ETH_ALEN];

	for (int i = 0; i < ETH_ALEN; i++) {
		destination[i] = config.host_mac[i];
		source[i] = config.net_mac[i];
	}
	if (set_macs(skb, destination, source))
		return -DROP_WRITE_FAILED;
	return bpf_redirect(config.host_ifindex, BPF_F_INGRESS);
}

/* To from_host, as if a route had led there: a packet that this host sent to itself and that is for a frontend. */
static __always_inline int send_to_from_host(struct __sk_buff *skb)
{
	__u8 destination[ETH_ALEN], source[ETH_ALEN];

	for (int i = 0; i < ETH_ALEN; i++) {
		destination[i] = config.net_mac[i];
		source[i] = config.host_mac[i];
	}
	if (set_macs(skb, destination, source))
		return TC_ACT_SHOT;
	return bpf_redirect(config.net_ifindex, BPF_F_INGRESS);
}

static __always_inline int send_to_neighbour(struct __sk_buff *skb, const struct forwarding *way)
{
	struct bpf_redir_neigh next = {};

	skb->tc_index = TC_INDEX_DONE;
	if (skb->protocol == bpf_htons(ETH_P_IPV6)) {
		next.nh_family = AF_INET6_;
		__builtin_memcpy(next.ipv6_nh, &way->node, sizeof(way->node));
	} else {
		next.nh_family = AF_INET_;
		next.ipv4_nh = way->node.word[3];
	}
	return bpf_redirect_neigh(way->ifindex, &next, sizeof(next), 0);
}

static __always_inline int send_to_tunnel(struct __sk_buff *skb, const struct packet *pkt, const struct forwarding *way)
{
	struct bpf_redir_neigh next = {.nh_family = AF_INET_, .ipv4_nh = way->node.word[3]};
	int reason;

	/* That device cuts a BIG TCP packet into its segments first: no IP header can tell the length of one in a tunnel. */
	if (!config.vxlan_in_bpf || skb->len + sizeof(struct vxlan_encapsulation) > ETH_HLEN + IP_LENGTH_MAX)
		return send_to_overlay_device(skb, way);
	reason = vxlan_encapsulate(skb, pkt, way->node.word[3]);
	if (reason)
		return -reason;
	skb->tc_index = TC_INDEX_DONE;
	/* What need not be a neighbour the kernel finds the next hop of, by a look-up in its routes for each packet. */
	if (way->routing == ROUTING_VXLAN_TO_NEIGHBOUR)
		return bpf_redirect_neigh(way->ifindex, &next, sizeof(next), 0);
	return bpf_redirect_neigh(way->ifindex, NULL, 0, 0);
}

static __always_inline int send_to_node(struct __sk_buff *skb, struct packet *pkt, const struct forwarding *way)
{
	int reason;

	if (packet_exceeds(skb, pkt, way->mtu)) {
		if (pkt->dont_fragment)
			return -DROP_TOO_BIG;
		/* The host stack fragments, and its routes lead back here. What has this host's own source it takes from nw_host only. */
		return pkt->hook == HOOK_FROM_HOST || source_is_of_underlay(pkt) ? send_to_host(skb) : TC_ACT_OK;
	}
	reason = decrement_ttl(skb, pkt);
	if (reason)
		return -reason;
	return way->routing == ROUTING_DIRECT ? send_to_neighbour(skb, way) : send_to_tunnel(skb, pkt, way);
}

/*
 * Leaves a pod's packet to the world to the host stack, as the pod sent it: with the node's own address as source it would be taken for
 * forged. to_netdev masquerades it. What a service sent there cannot go that way, nor can this host's own.
 */
static __always_inline int leave_to_host(struct __sk_buff *skb, struct packet *pkt, enum drop_reason otherwise)
{
	if (pkt->hook == HOOK_FROM_HOST)
		return -otherwise;
	if (!pkt->translated)
		return TC_ACT_OK;
	if (!address_equal(&pkt->arrived.daddr, &pkt->tuple.daddr))
		return -otherwise;
	return translate(skb, pkt, &pkt->arrived) ? -DROP_WRITE_FAILED : TC_ACT_OK;
}

static __always_inline int send_to_world(struct __sk_buff *skb, struct packet *pkt, const struct forwarding *way)
{
	int reason;

	if (!way->ifindex)
		return leave_to_host(skb, pkt, DROP_NO_ROUTE);
	if (packet_exceeds(skb, pkt, way->mtu))
		return pkt->dont_fragment ? -DROP_TOO_BIG : leave_to_host(skb, pkt, DROP_TOO_BIG);
	reason = decrement_ttl(skb, pkt);
	if (reason)
		return -reason;
	skb->tc_index = TC_INDEX_DONE;
	return bpf_redirect_neigh(way->ifindex, NULL, 0, 0);
}

/* Sends the packet on by `way`: a TC_ACT_* verdict, or the negated reason to drop it. */
static __always_inline int forward(struct __sk_buff *skb, struct packet *pkt, const struct forwarding *way)
{
	switch (way->kind) {
	case IPCACHE_LOCAL_PODS:
		return send_to_pod(skb, way);
	case IPCACHE_REMOTE_PODS:
		return send_to_node(skb, pkt, way);
	case IPCACHE_REMOTE_NODE:
		return way->routing == ROUTING_NONE ? send_to_world(skb, pkt, way) : send_to_node(skb, pkt, way);
	case IPCACHE_HOST:
		return pkt->hook == HOOK_FROM_HOST || pkt->hook == HOOK_FROM_OVERLAY ? send_to_host(skb) : TC_ACT_OK;
	}
	return send_to_world(skb, pkt, way);
}
