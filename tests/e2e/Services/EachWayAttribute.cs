using System.Reflection;
using Xunit.Sdk;

namespace Netweir.E2e.Tests;

/// <summary>A test's (routing, ipv6): both routings and both families.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EachWayAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        from routing in (string[])["direct", "vxlan"]
        from ipv6 in (bool[])[false, true]
        select new object[] { routing, ipv6 };
}
