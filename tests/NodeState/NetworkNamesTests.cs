namespace Netweir.NodeState.Tests;

public sealed class NetworkNamesTests
{
    [Theory]
    [InlineData("nw_host", true)]
    [InlineData("nw_net", true)]
    [InlineData("nw_overlay", true)]
    [InlineData("nw_hosts", false)]
    [InlineData("eth0", false)]
    public void Only_the_three_devices_of_a_node_are_its_own(string name, bool own) => Assert.Equal(own, NetworkNames.IsOwn(name));
}
