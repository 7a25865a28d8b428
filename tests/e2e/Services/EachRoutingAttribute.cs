using System.Reflection;
using Xunit.Sdk;

namespace Netweir.E2e.Tests;

/// <summary>A test's (routing).</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EachRoutingAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [["direct"], ["vxlan"]];
}
