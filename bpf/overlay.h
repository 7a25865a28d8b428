/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* VXLAN (RFC 7348) between nodes, over IPv4, without the VXLAN device where the kernel lets us. */
#pragma once

#include <linux/udp.h>
#include "flow.h"

struct vxlan_header {
	__u8 flags; /* 0x08: the VNI is valid */
	__u8 reserved[3];
	__be32 vni; /* in the upper 24 bits */
};

struct vxlan_encapsulation {
	struct iphdr ip;
	struct udphdr udp;
	struct vxlan_header vxlan;
	struct ethhdr eth;
} __attribute__((packed, aligned(2)));
_Static_assert(sizeof(struct vxlan_encapsulation) == 50, "the overhead of VXLAN over IPv4");

enum {
	F_ADJ_ROOM_ENCAP_L2_ETH = 1 << 6,
	F_ADJ_ROOM_DECAP_L3_IPV4 = 1 << 7,
	F_ADJ_ROOM_DECAP_L3_IPV6 = 1 << 8,
	VXLAN_VALID_VNI = 0x08,
	VXLAN_L4 = ETH_HLEN + sizeof(struct iphdr),				      /* offset of UDP's header */
	VXLAN_INNER = VXLAN_L4 + sizeof(struct udphdr) + sizeof(struct vxlan_header), /* of the inner frame */
	VXLAN_TTL = 64,
	NOT_VXLAN = -1,
	TUNNEL_KEY_SIZE = offsetof(struct bpf_tunnel_key, local_ipv4), /* what kernels before 6.0 know of it; they refuse more */
};

/* RFC 7348, 5: the source port tells flows apart for the underlay, and a flow keeps its own. */
static __always_inline __be16 vxlan_source_port(const struct tuple *tuple)
{
	__u32 hash = ports_of(tuple) * 0x85ebca6b;

	for (int i = 0; i < 4; i++)
		hash = (hash ^ tuple->saddr.word[i] ^ tuple->daddr.word[i] << 1) * 0x9e3779b1;
	hash ^= hash >> 16;
	return bpf_htons(32768 | (hash & 0x7fff));
}

/* Puts the packet into a VXLAN packet to `node`. The inner link-layer addresses mean nothing: the receiver looks at IP only. */
__noinline int vxlan_encapsulate(struct __sk_buff *skb, const struct packet *pkt, __be32 node)
{
	__u64 flags = BPF_F_ADJ_ROOM_FIXED_GSO | BPF_F_ADJ_ROOM_ENCAP_L3_IPV4 | BPF_F_ADJ_ROOM_ENCAP_L4_UDP |
		      BPF_F_ADJ_ROOM_ENCAP_L2(sizeof(struct ethhdr)) | F_ADJ_ROOM_ENCAP_L2_ETH;
	__u16 length = skb->len - ETH_HLEN + sizeof(struct vxlan_encapsulation);
	__be16 protocol = skb->protocol;
	struct iphdr ip4 = {
		.version = 4,
		.ihl = 5,
		.tot_len = bpf_htons(length),
		.frag_off = bpf_htons(0x4000),
		.ttl = VXLAN_TTL,
		.protocol = IPPROTO_UDP,
		.saddr = config.node_ipv4.word[3],
		.daddr = node,
	};
	struct vxlan_encapsulation *header;

	if (!pkt)
		return DROP_WRITE_FAILED;
	ip4.check = ipv4_header_checksum(&ip4);
	if (bpf_skb_adjust_room(skb, sizeof(*header), BPF_ADJ_ROOM_MAC, flags))
		return DROP_WRITE_FAILED;
	header = (void *)(long)skb->data + ETH_HLEN;
	if ((void *)(header + 1) > (void *)(long)skb->data_end)
		return DROP_WRITE_FAILED;
	header->ip = ip4;
	header->udp = (struct udphdr){
		.source = vxlan_source_port(&pkt->tuple),
		.dest = config.vxlan_port,
		.len = bpf_htons(length - sizeof(struct iphdr)),
	};
	header->vxlan = (struct vxlan_header){.flags = VXLAN_VALID_VNI, .vni = bpf_htonl(config.vni << 8)};
	for (int i = 0; i < ETH_ALEN; i++)
		header->eth.h_dest[i] = header->eth.h_source[i] = config.net_mac[i];
	header->eth.h_proto = protocol;
	return 0;
}

/*
 * For kernels and packets that the above does not work with: the VXLAN device in collect-metadata mode encapsulates. Peers take packets from the
 * InternalIP only; kernels before 6.0 refuse to be told, and their routes choose the outer source.
 */
static __noinline int send_to_overlay_device(struct __sk_buff *skb, const struct forwarding *way)
{
	__u64 flags = BPF_F_ZERO_CSUM_TX | BPF_F_DONT_FRAGMENT;
	struct bpf_tunnel_key key = {
		.tunnel_id = config.vni,
		.remote_ipv4 = bpf_ntohl(way->node.word[3]),
		.tunnel_ttl = VXLAN_TTL,
		.local_ipv4 = bpf_ntohl(config.node_ipv4.word[3]),
	};

	if (bpf_skb_set_tunnel_key(skb, &key, sizeof(key), flags) && bpf_skb_set_tunnel_key(skb, &key, TUNNEL_KEY_SIZE, flags))
		return -DROP_WRITE_FAILED;
	return bpf_redirect(config.overlay_ifindex, 0);
}

/* The tunnel's other end, as the VXLAN device tells it. A function of its own: its key needs much stack. */
static __noinline int tunnel_peer(struct __sk_buff *skb, __be32 *peer)
{
	struct bpf_tunnel_key key = {};

	if (bpf_skb_get_tunnel_key(skb, &key, TUNNEL_KEY_SIZE, 0) || key.tunnel_id != config.vni || !key.remote_ipv4)
		return DROP_UNKNOWN_TUNNEL_PEER;
	*peer = bpf_htonl(key.remote_ipv4);
	return 0;
}

static __always_inline bool packet_is_for_overlay_device(const struct packet *pkt)
{
	return config.overlay_ifindex && !config.vxlan_in_bpf && pkt->protocol == IPPROTO_UDP && pkt->tuple.dport == config.vxlan_port &&
	       address_is_node(&pkt->tuple.daddr, pkt->ipv6);
}

static __always_inline bool vxlan_is_of_our_network(const struct vxlan_header *vxlan)
{
	return vxlan->flags == VXLAN_VALID_VNI && vxlan->vni == bpf_htonl(config.vni << 8);
}

/* The same behind IPv4 options. */
static __noinline bool vxlan_has_options(struct __sk_buff *skb, __u32 l4_offset)
{
	struct {
		struct udphdr udp;
		struct vxlan_header vxlan;
	} headers;

	return !bpf_skb_load_bytes(skb, l4_offset, &headers, sizeof(headers)) && headers.udp.dest == config.vxlan_port &&
	       vxlan_is_of_our_network(&headers.vxlan);
}

static __always_inline bool ipv4_is_udp_to_node(const struct iphdr *ip4)
{
	return ip4->version == 4 && ip4->protocol == IPPROTO_UDP && ip4->daddr == config.node_ipv4.word[3];
}

static __noinline int vxlan_check(struct __sk_buff *skb, __be32 *peer)
{
	struct vxlan_header *vxlan;
	struct iphdr *ip4;
	struct udphdr *udp;

	if (!packet_pull(skb, VXLAN_INNER))
		return NOT_VXLAN;
	ip4 = (void *)(long)skb->data + ETH_HLEN;
	udp = (void *)(long)skb->data + VXLAN_L4;
	vxlan = (void *)(udp + 1);
	if ((void *)(vxlan + 1) > (void *)(long)skb->data_end)
		return NOT_VXLAN;
	if (!ipv4_is_udp_to_node(ip4) || (ip4->frag_off & bpf_htons(0x3fff)) || bpf_ntohs(ip4->tot_len) > skb->len - ETH_HLEN)
		return NOT_VXLAN;
	/* No peer of ours sends IPv4 options. */
	if (ip4->ihl != 5)
		return vxlan_has_options(skb, ETH_HLEN + ip4->ihl * 4) ? DROP_MALFORMED : NOT_VXLAN;
	if (udp->dest != config.vxlan_port || !vxlan_is_of_our_network(vxlan))
		return NOT_VXLAN;
	*peer = ip4->saddr;
	return *peer ? 0 : DROP_UNKNOWN_TUNNEL_PEER; /* 0 stands for no tunnel */
}

/*
 * Whether this is a VXLAN packet of ours, in one piece, that this program can unpack: 0 and its sender in *peer, NOT_VXLAN, or why it ends here.
 * Asked before the packet is parsed, because what is inside has to be, too.
 */
static __always_inline int vxlan_find(struct __sk_buff *skb, __be32 *peer)
{
	struct iphdr *ip4;

	/* Else the compiler keeps the places of data and data_end for what is inlined after this: the verifier takes no such pointers. */
	asm volatile("" : "+r"(skb));
	ip4 = (void *)(long)skb->data + ETH_HLEN;
	if (!config.overlay_ifindex || !config.vxlan_in_bpf || skb->protocol != bpf_htons(ETH_P_IP))
		return NOT_VXLAN;
	/* Nearly always in place. */
	if ((void *)(ip4 + 1) <= (void *)(long)skb->data_end && !ipv4_is_udp_to_node(ip4))
		return NOT_VXLAN;
	return vxlan_check(skb, peer);
}

/* A node speaks for itself and its own pods only: whether `peer` may have sent this unpacked packet. */
static __always_inline bool tunnel_source_is_right(const struct packet *pkt, __be32 peer)
{
	struct address address;
	const struct forwarding *way = way_find(&pkt->source, epoch_now());

	if (!way || (way->kind != IPCACHE_REMOTE_PODS && way->kind != IPCACHE_REMOTE_NODE))
		return false;
	if (routing_is_tunnel(way->routing))
		return way->node.word[3] == peer && address_is_mapped(&way->node);
	/* We reach it directly, it reaches us by the tunnel: the next hop says nothing about the tunnel's other end. */
	address_from_ipv4(&address, peer);
	way = way_find(&address, epoch_now());
	return way && way->kind == IPCACHE_REMOTE_NODE;
}

/*
 * Whether the packet inside is for this node itself. The VXLAN device unpacks such a one: only it takes back what the sender's packing left in
 * the kernel's notes (skb->encapsulation, where both are on one kernel; the transport header's place), without which a packet can neither
 * be packed again nor be shortened into an answer.
 */
static __noinline bool inner_is_for_this_node(struct __sk_buff *skb, bool ipv6)
{
	const __u32 inner = VXLAN_INNER + ETH_HLEN;
	struct address address = {};

	if (!packet_pull(skb, inner + (ipv6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr))))
		return false;
	if (ipv6) {
		struct ipv6hdr *ip6 = (void *)(long)skb->data + inner;

		if ((void *)(ip6 + 1) > (void *)(long)skb->data_end)
			return false;
		__builtin_memcpy(&address, &ip6->daddr, sizeof(address));
	} else {
		struct iphdr *ip4 = (void *)(long)skb->data + inner;

		if ((void *)(ip4 + 1) > (void *)(long)skb->data_end)
			return false;
		address_from_ipv4(&address, ip4->daddr);
	}
	return address_is_node(&address, ipv6);
}

/* Unpacks in place what vxlan_find() found. Leaves *unpacked false when the VXLAN device has to do it. */
static __noinline int vxlan_decapsulate(struct __sk_buff *skb, bool *unpacked)
{
	__u64 flags = BPF_F_ADJ_ROOM_FIXED_GSO;
	struct ethhdr *eth;
	__be16 protocol;

	*unpacked = false;
	if (!packet_pull(skb, VXLAN_INNER + ETH_HLEN))
		return DROP_MALFORMED;
	eth = (void *)(long)skb->data + VXLAN_INNER;
	if ((void *)(eth + 1) > (void *)(long)skb->data_end)
		return DROP_MALFORMED;
	protocol = eth->h_proto;
	if (protocol == bpf_htons(ETH_P_IPV6)) {
		if (!config.decap_l3_flags)
			return 0; /* only this flag makes the packet IPv6 */
		flags |= F_ADJ_ROOM_DECAP_L3_IPV6;
	} else if (protocol != bpf_htons(ETH_P_IP)) {
		return DROP_NOT_IP;
	} else if (config.decap_l3_flags) {
		flags |= F_ADJ_ROOM_DECAP_L3_IPV4;
	}
	if (!config.decap_is_complete && inner_is_for_this_node(skb, protocol == bpf_htons(ETH_P_IPV6)))
		return 0;
	if (bpf_skb_adjust_room(skb, -(__s32)sizeof(struct vxlan_encapsulation), BPF_ADJ_ROOM_MAC, flags))
		return DROP_WRITE_FAILED;
	eth = (void *)(long)skb->data;
	if ((void *)(eth + 1) > (void *)(long)skb->data_end)
		return DROP_WRITE_FAILED;
	eth->h_proto = protocol;
	*unpacked = true;
	return 0;
}
