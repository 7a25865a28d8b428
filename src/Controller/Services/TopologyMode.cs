namespace Netweir.Controller.Services;

/// <summary>Which hints narrow the cluster list.</summary>
internal enum TopologyMode
{
    None = 0,
    PreferSameZone = 1,
    PreferSameNode = 2,
}
