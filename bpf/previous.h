/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Taking over from programs whose flow table is laid out differently or has another size (docs/decisions/0007-live-migration.md). All of this
 * is for programs that are loaded with config.migrating; from others the verifier removes it, and they are loaded without these maps.
 *
 * First the programs before deal with every packet. Once each hook has its new program, nw_takeover changes for all of them at once: from then
 * on flows start in the new table, and the programs before deal with the packets of flows that only their table knows, until the agent
 * has copied it. So each packet finds its flow in one of the two tables, wherever the packet before it was dealt with.
 */
#pragma once

#include "config.h"

/* The conntrack map of the programs before takes this one's place when the programs are loaded, whatever its values are: only keys are looked up. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct tuple);
	__type(value, __u32);
	__uint(max_entries, 1);
} nw_previous_conntrack SEC(".maps");

/* The programs before. Writer: the agent. Index: enum hook of this object. Pinned while it is in use: else the kernel would empty it. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, HOOK_MAX);
} nw_previous_programs SEC(".maps");

/* 0: the programs before deal with every packet; 1: with those of their flows. Writer: the agent, once. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1);
} nw_takeover SEC(".maps");

static __always_inline bool previous_has_all(void)
{
	const volatile __u32 *taken_over;
	__u32 zero = 0;

	if (!config.migrating)
		return false;
	taken_over = bpf_map_lookup_elem(&nw_takeover, &zero);
	return taken_over && !*taken_over;
}

/* Whether the table before has a flow's packets. */
static __always_inline bool previous_has(const struct tuple *tuple)
{
	return config.migrating && bpf_map_lookup_elem(&nw_previous_conntrack, tuple);
}

/* Does not return, unless there was no such hook before. */
static __always_inline void previous_run(struct __sk_buff *skb, enum hook program)
{
	bpf_tail_call(skb, &nw_previous_programs, program);
}
