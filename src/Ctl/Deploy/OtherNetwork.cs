using Netweir.Kube;

namespace Netweir.Ctl;

/// <summary>A DaemonSet that does what Netweir does; <paramref name="What"/> says which part of it.</summary>
internal sealed record OtherNetwork(ObjectKey Name, string What)
{
    public override string ToString() => $"{Name} ({What})";
}
