using Netweir.Kube;

namespace Netweir.Controller;

/// <summary>What makes two occurrences the same Event.</summary>
internal readonly record struct EventKey(string Kind, ObjectKey Subject, string Uid, EventType Type, string Reason, string Note);
