using Netweir.Netlink;

namespace Netweir.NodeState.Foreign;

/// <summary>A device of another network plugin.</summary>
/// <param name="Owner">Its name.</param>
/// <param name="Ports">How many devices are attached to it.</param>
public sealed record ForeignDevice(Link Link, string Owner, int Ports);
