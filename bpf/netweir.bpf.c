// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/* The hooks. Each reads as a table of contents; what the verbs do stands in the headers. */
#include <stddef.h>
#include "types.h"
#include "config.h"
#include "routing.h"
#include "refuse.h"

/* Packets that `done` is true of pass: another hook of this node dealt with them. */
#define HOOK(name, id, done)                                                                                                               \
	static __always_inline int name##_packet(struct __sk_buff *skb, struct packet *pkt);                                               \
	SEC("tc")                                                                                                                          \
	int name(struct __sk_buff *skb)                                                                                                    \
	{                                                                                                                                  \
		struct packet *pkt;                                                                                                        \
                                                                                                                                           \
		if (previous_has_all()) {                                                                                                  \
			previous_run(skb, id);                                                                                             \
			return TC_ACT_OK;                                                                                                  \
		}                                                                                                                          \
		if (done)                                                                                                                  \
			return TC_ACT_OK;                                                                                                  \
		pkt = packet_begin(id);                                                                                                    \
		return pkt ? name##_packet(skb, pkt) : TC_ACT_SHOT;                                                                        \
	}                                                                                                                                  \
	static __always_inline int name##_packet(struct __sk_buff *skb, struct packet *pkt)

/* The packet's entry, if its flow has one. Runs the program before instead when only that one's table knows the flow. */
static __always_inline struct conntrack_entry *flow_find(struct __sk_buff *skb, const struct packet *pkt, enum hook program)
{
	struct conntrack_entry *entry = conntrack_find(&pkt->tuple);

	if (!entry && previous_has(&pkt->tuple))
		previous_run(skb, program);
	return entry;
}

/* A pod sends only from its own addresses. */
static __always_inline int source_check(struct __sk_buff *skb, struct packet *pkt)
{
	const struct forwarding *way = way_find(&pkt->source, epoch_now());

	/* A pod is no router: its ICMP errors are about its own flows. */
	if (pkt->inner_offset && !address_equal(&pkt->source, &pkt->tuple.saddr))
		return DROP_SPOOFED_SOURCE;
	if (way && way_is_to_pod(way) && way->ifindex == skb->ifindex)
		return address_is_routable(&pkt->tuple.daddr, pkt->ipv6) ? 0 : DROP_NOT_ROUTABLE;
	return address_is_routable(&pkt->source, pkt->ipv6) ? DROP_SPOOFED_SOURCE : DROP_NOT_ROUTABLE;
}

/* Translates a packet of a known flow and finds its way: to the world as the flow's first packet found it, by the address that the pod sent from. */
static __always_inline int flow_follow(struct __sk_buff *skb, struct packet *pkt, struct conntrack_entry *entry)
{
	bool masqueraded = (entry->flags & (CONNTRACK_SNAT | CONNTRACK_SERVICE | CONNTRACK_REPLY)) == CONNTRACK_SNAT;
	int reason = 0;

	conntrack_touch(pkt, entry);
	if (masqueraded)
		reason = route(skb, pkt, epoch_now());
	if (!reason && !tuple_equal(&entry->target, &pkt->tuple))
		reason = translate(skb, pkt, &entry->target);
	if (reason || masqueraded)
		return reason;
	return route(skb, pkt, epoch_now());
}

/* A packet without an entry: plain ones, nearly all, are routed and no more. */
static __always_inline int flow_begin(struct __sk_buff *skb, struct packet *pkt, struct conntrack_entry **entry)
{
	int reason, started;

	reason = route(skb, pkt, epoch_now());
	if (pkt->inner_offset)
		return reason; /* an ICMP error about a flow that we do not know */
	if (pkt->forwarding.kind == IPCACHE_LOCAL_PODS || pkt->forwarding.kind == IPCACHE_REMOTE_PODS) {
		if (reason || pkt->hook != HOOK_FROM_POD)
			return reason;
		/* Asked here for UDP, because it is asked for each datagram; flow_start() asks for a SYN. */
		if (!packet_is_tcp_syn(pkt) && !(pkt->protocol == IPPROTO_UDP && address_is_backend(&pkt->tuple)))
			return 0;
	}
	started = flow_start(pkt);
	if (started != FLOW_STARTED)
		return started ? started : reason;
	*entry = conntrack_find(&pkt->tuple);
	return *entry ? flow_follow(skb, pkt, *entry) : DROP_CONNTRACK_FULL;
}

/* What a pod or this host sends: along its flow, or as the first of one. *entry becomes NULL for flows without state. */
static __always_inline int flow_go(struct __sk_buff *skb, struct packet *pkt, struct conntrack_entry **entry)
{
	int reason;

	if (*entry) {
		reason = flow_check(pkt, *entry);
		if (reason != FLOW_RESTART)
			return reason ? reason : flow_follow(skb, pkt, *entry);
		*entry = NULL;
	}
	return flow_begin(skb, pkt, entry);
}

static __always_inline bool pod_is_masqueraded(const struct packet *pkt)
{
	return pkt->forwarding.kind == IPCACHE_WORLD && !pkt->inner_offset && (pkt->ipv6 ? config.masquerade_ipv6 : config.masquerade_ipv4);
}

/* A flow to the world whose way is known starts as the node. */
static __always_inline int masquerade(struct __sk_buff *skb, struct packet *pkt, __u32 ifindex)
{
	struct conntrack_entry *entry;
	int reason;

	if (packet_is_to_vxlan(&pkt->tuple))
		return DROP_NOT_ROUTABLE;
	/* Begins no flow, and as the node's word it would be about one that the node does not have. */
	if (packet_is_icmp_notice(pkt) || (pkt->tcp_flags & TCP_RST))
		return DROP_NOT_A_FLOW;
	reason = masquerade_start(pkt, ifindex);
	if (reason)
		return reason;
	entry = conntrack_find(&pkt->tuple);
	if (!entry)
		return DROP_CONNTRACK_FULL;
	return tuple_equal(&entry->target, &pkt->tuple) ? 0 : translate(skb, pkt, &entry->target);
}

/* `flags` are those of the flow's entry; 0 if it has none. */
static __always_inline int deliver(struct __sk_buff *skb, struct packet *pkt, const struct forwarding *way, __u32 flags)
{
	const __u32 host_reply = CONNTRACK_REPLY | CONNTRACK_VIA_HOST;

	if ((flags & host_reply) == host_reply)
		return send_to_host(skb);
	return forward(skb, pkt, way);
}

/* As the flow's packet before. */
static __always_inline int flow_repeat(struct __sk_buff *skb, struct packet *pkt, const struct known_flow *flow)
{
	int verdict = 0;

	if (flow->flags && !tuple_equal(&flow->target, &pkt->tuple))
		verdict = -translate(skb, pkt, &flow->target);
	if (!verdict)
		verdict = deliver(skb, pkt, &flow->forwarding, flow->flags);
	if (verdict >= 0)
		return verdict;
	pkt->forwarding = flow->forwarding;
	return refuse(skb, pkt, -verdict);
}

HOOK(from_pod, HOOK_FROM_POD, false)
{
	struct conntrack_entry *entry;
	struct known_flow *flow;
	struct moment now;
	int verdict = packet_parse(skb, pkt);

	if (verdict)
		return drop(skb, HOOK_FROM_POD, verdict);
	flow = flow_recall(pkt, skb->ifindex, 0, &now);
	if (flow)
		return flow_repeat(skb, pkt, flow);
	entry = flow_find(skb, pkt, HOOK_FROM_POD);
	verdict = source_check(skb, pkt);
	if (verdict)
		return drop(skb, HOOK_FROM_POD, verdict);
	verdict = flow_go(skb, pkt, &entry);
	if (!verdict)
		flow_remember(pkt, skb->ifindex, 0, &now, entry);
	if (!verdict && !entry && pkt->forwarding.ifindex && pod_is_masqueraded(pkt))
		verdict = masquerade(skb, pkt, pkt->forwarding.ifindex);
	verdict = verdict ? -verdict : deliver(skb, pkt, &pkt->forwarding, entry ? entry->flags : 0);
	return verdict < 0 ? refuse(skb, pkt, -verdict) : verdict;
}

/* An answer that takes its way through the host stack becomes the service's again. */
static __always_inline int answer_for_service(struct __sk_buff *skb, struct packet *pkt, struct conntrack_entry *entry)
{
	conntrack_touch(pkt, entry);
	return tuple_equal(&entry->target, &pkt->tuple) ? 0 : translate(skb, pkt, &entry->target);
}

/* The host stack delivers to a pod: replies of a service's backends on this host become the service's again. */
HOOK(to_pod, HOOK_TO_POD, false)
{
	struct conntrack_entry *entry;
	int reason = packet_parse(skb, pkt);

	if (reason == DROP_NOT_IP || reason == DROP_FRAGMENT_UNKNOWN)
		return TC_ACT_OK;
	if (reason)
		return drop(skb, HOOK_TO_POD, reason);
	entry = flow_find(skb, pkt, HOOK_TO_POD);
	if (!entry || !reply_is_current(pkt, entry))
		return TC_ACT_OK;
	reason = answer_for_service(skb, pkt, entry);
	return reason ? drop(skb, HOOK_TO_POD, reason) : TC_ACT_OK;
}

/* What came from outside: along its flow, or as the first of one. *entry becomes NULL for what is not ours to change. */
static __always_inline int outside_go(struct __sk_buff *skb, struct packet *pkt, struct conntrack_entry **entry)
{
	int reason;

	if (*entry) {
		if (!((*entry)->flags & CONNTRACK_REPLY) && source_is_of_this_node(pkt))
			return DROP_SPOOFED_SOURCE;
		reason = flow_check(pkt, *entry);
		if (reason != FLOW_RESTART)
			return reason ? reason : flow_follow(skb, pkt, *entry);
		*entry = NULL;
	}
	reason = outside_start(pkt);
	if (reason != FLOW_STARTED)
		return reason;
	*entry = conntrack_find(&pkt->tuple);
	return *entry ? flow_follow(skb, pkt, *entry) : DROP_CONNTRACK_FULL;
}

static __always_inline int deliver_to_pod(struct __sk_buff *skb, struct packet *pkt, const struct forwarding *way)
{
	int verdict = send_to_pod(skb, way);

	return verdict < 0 ? drop(skb, pkt->hook, -verdict) : verdict;
}

/*
 * What another node, or the world, sent: a packet of one of our flows, to a frontend, or to one of our pods. The rest is the host's. Unpacked
 * in `program`, it came from the tunnel's end `peer`, else 0.
 */
static __always_inline int from_outside(struct __sk_buff *skb, struct packet *pkt, enum hook program, __be32 peer, const struct moment *now)
{
	struct conntrack_entry *entry = flow_find(skb, pkt, program);
	const struct forwarding *way;
	int verdict;

	if (!entry && !packet_is_tcp_syn(pkt)) {
		way = way_find(&pkt->tuple.daddr, epoch_now());
		if (way && way_is_to_pod(way)) {
			pkt->forwarding = *way;
			flow_remember(pkt, skb->ifindex, peer, now, NULL);
			return deliver_to_pod(skb, pkt, way);
		}
	}
	verdict = outside_go(skb, pkt, &entry);
	if (verdict)
		return refuse(skb, pkt, verdict);
	if (entry) {
		flow_remember(pkt, skb->ifindex, peer, now, entry);
		verdict = deliver(skb, pkt, &pkt->forwarding, entry->flags);
		return verdict < 0 ? refuse(skb, pkt, -verdict) : verdict;
	}
	way = way_find(&pkt->tuple.daddr, epoch_now());
	if (way && way_is_to_pod(way))
		return deliver_to_pod(skb, pkt, way);
	if (way && way->kind == IPCACHE_HOST) {
		pkt->forwarding = *way;
		flow_remember(pkt, skb->ifindex, peer, now, NULL);
	}
	return pkt->hook == HOOK_FROM_OVERLAY ? send_to_host(skb) : TC_ACT_OK;
}

/* An unpacked packet, from the tunnel's end `peer`; in `program`, which unpacked it or has it from the device that did. */
static __always_inline int from_tunnel(struct __sk_buff *skb, struct packet *pkt, __be32 peer, enum hook program)
{
	int reason = packet_parse(skb, pkt);
	struct known_flow *flow;
	struct moment now;

	if (reason)
		return drop(skb, HOOK_FROM_OVERLAY, reason);
	flow = flow_recall(pkt, skb->ifindex, peer, &now);
	if (flow)
		return flow_repeat(skb, pkt, flow);
	if (!tunnel_source_is_right(pkt, peer))
		reason = DROP_UNKNOWN_TUNNEL_PEER;
	/* nw_host, where this would go, lets this host's own packets to 127.0.0.1 in. */
	else if (!address_is_routable(&pkt->tuple.daddr, pkt->ipv6))
		reason = DROP_NOT_ROUTABLE;
	return reason ? drop(skb, HOOK_FROM_OVERLAY, reason) : from_outside(skb, pkt, program, peer, &now);
}

/* Frames for other hosts, and those of VLANs on top of this device, which have hooks of their own, pass. */
HOOK(from_netdev, HOOK_FROM_NETDEV, skb->pkt_type == PACKET_OTHERHOST || skb->vlan_present)
{
	struct known_flow *flow;
	struct moment now;
	bool unpacked;
	__be32 peer;
	int reason = vxlan_find(skb, &peer);

	if (!reason) {
		reason = vxlan_decapsulate(skb, &unpacked);
		if (!reason && !unpacked)
			return TC_ACT_OK;
		pkt->hook = HOOK_FROM_OVERLAY;
		return reason ? drop(skb, HOOK_FROM_NETDEV, reason) : from_tunnel(skb, pkt, peer, HOOK_FROM_NETDEV);
	}
	if (reason != NOT_VXLAN)
		return drop(skb, HOOK_FROM_NETDEV, reason);
	if (packet_parse(skb, pkt))
		return TC_ACT_OK; /* not a packet for pods: the host stack judges it */
	if (packet_is_for_overlay_device(pkt))
		return TC_ACT_OK;
	flow = flow_recall(pkt, skb->ifindex, 0, &now);
	return flow ? flow_repeat(skb, pkt, flow) : from_outside(skb, pkt, HOOK_FROM_NETDEV, 0, &now);
}

/* What the host stack sends: answers of a service's backends on this host; pods' packets to the world that it routed, as the node here, too. */
HOOK(to_netdev, HOOK_TO_NETDEV, skb->tc_index == TC_INDEX_DONE)
{
	struct conntrack_entry *entry;
	const struct forwarding *way;
	struct moment now;
	int reason;

	reason = packet_parse(skb, pkt);
	if (reason || flow_recall(pkt, SOURCE_LEAVES | skb->ifindex, 0, &now))
		return TC_ACT_OK;
	entry = flow_find(skb, pkt, HOOK_TO_NETDEV);
	if (entry && (entry->flags & CONNTRACK_REPLY)) {
		reason = reply_is_current(pkt, entry) ? answer_for_service(skb, pkt, entry) : 0;
		return reason ? drop(skb, HOOK_TO_NETDEV, reason) : TC_ACT_OK;
	}
	way = way_find(&pkt->source, epoch_now());
	if (!way || !way_is_to_pod(way)) {
		/* Of this host's own flows that are not a service's: the next packet passes as this one does. */
		if (!entry && way) {
			pkt->forwarding = *way;
			flow_remember(pkt, SOURCE_LEAVES | skb->ifindex, 0, &now, NULL);
		}
		return TC_ACT_OK;
	}
	way = way_find(&pkt->tuple.daddr, epoch_now());
	pkt->forwarding.kind = way ? way->kind : IPCACHE_WORLD;
	if (!pod_is_masqueraded(pkt))
		return TC_ACT_OK;
	if (entry && (entry->flags & (CONNTRACK_SNAT | CONNTRACK_SERVICE)) == CONNTRACK_SNAT) {
		conntrack_touch(pkt, entry);
		reason = translate(skb, pkt, &entry->target);
	} else {
		reason = masquerade(skb, pkt, skb->ifindex);
	}
	return reason ? drop(skb, HOOK_TO_NETDEV, reason) : TC_ACT_OK;
}

/* The VXLAN device unpacked it. */
HOOK(from_overlay, HOOK_FROM_OVERLAY, false)
{
	__be32 peer;

	if (tunnel_peer(skb, &peer))
		return drop(skb, HOOK_FROM_OVERLAY, DROP_UNKNOWN_TUNNEL_PEER);
	return from_tunnel(skb, pkt, peer, HOOK_FROM_OVERLAY);
}

/* This host's processes, to services and over the overlay. */
HOOK(from_host, HOOK_FROM_HOST, false)
{
	struct conntrack_entry *entry;
	struct known_flow *flow;
	struct moment now;
	int verdict = packet_parse(skb, pkt);

	if (verdict == DROP_NOT_IP)
		return TC_ACT_OK; /* ARP between the pair's ends */
	if (verdict)
		return drop(skb, HOOK_FROM_HOST, verdict);
	if (!address_is_routable(&pkt->tuple.daddr, pkt->ipv6) && !address_is_loopback(&pkt->tuple.daddr, pkt->ipv6))
		return TC_ACT_OK; /* neighbour discovery, multicast listener reports */
	flow = flow_recall(pkt, skb->ifindex, 0, &now);
	if (flow)
		return flow_repeat(skb, pkt, flow);
	entry = flow_find(skb, pkt, HOOK_FROM_HOST);
	verdict = flow_go(skb, pkt, &entry);
	if (!verdict)
		flow_remember(pkt, skb->ifindex, 0, &now, entry);
	verdict = verdict ? -verdict : deliver(skb, pkt, &pkt->forwarding, entry ? entry->flags : 0);
	return verdict < 0 ? refuse(skb, pkt, -verdict) : verdict;
}

/* What this host sends to its own addresses: NodePorts, hostPorts and load balancer addresses that it has. */
HOOK(from_loopback, HOOK_FROM_LOOPBACK, false)
{
	struct conntrack_entry *entry;
	const struct forwarding *way;

	if (packet_parse(skb, pkt))
		return TC_ACT_OK;
	entry = flow_find(skb, pkt, HOOK_FROM_LOOPBACK);
	if (entry && (entry->flags & (CONNTRACK_SERVICE | CONNTRACK_REPLY)) == CONNTRACK_SERVICE)
		return send_to_from_host(skb);
	if (pkt->inner_offset || (pkt->protocol == IPPROTO_TCP && !packet_is_tcp_syn(pkt)))
		return TC_ACT_OK;
	way = way_find(&pkt->tuple.daddr, epoch_now());
	pkt->forwarding.kind = way ? way->kind : IPCACHE_WORLD;
	return frontend_of(pkt) ? send_to_from_host(skb) : TC_ACT_OK;
}

char LICENSE[] SEC("license") = "GPL";
