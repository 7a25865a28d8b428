namespace Netweir.Cni.Tests;

/// <summary>Maps that another version of Netweir laid out differently.</summary>
public sealed class OtherVersionTests : IDisposable
{
    private readonly TestNode _node = new();

    public void Dispose() => _node.Dispose();

    [Theory]
    [InlineData("nw_endpoints", 16, 24)]
    [InlineData("nw_endpoints", 20, 16)]
    [InlineData("nw_epoch", 4, 16)]
    public void Map_of_another_layout_is_not_written_and_may_be_tried_again(string map, uint keySize, uint valueSize)
    {
        TestNamespace pod = _node.NewPod();
        _node.Add("before", _node.NewPod());
        _node.Replace(map, keySize, valueSize);

        foreach (PluginResult result in new[] { _node.Run("ADD", "c1", pod), _node.Run("DEL", "before", null) })
        {
            Assert.Equal((1, (int)CniErrorCode.TryAgainLater), (result.ExitCode, result.ErrorCode));
            Assert.Contains($"{map} was made by another version of Netweir: its keys and values have {keySize} and {valueSize} bytes", result.Message, StringComparison.Ordinal);
        }

        PluginResult status = _node.Run("STATUS", "", null);
        Assert.Equal((int)CniErrorCode.NotAvailable, status.ErrorCode);
        Assert.Contains(map, status.Message, StringComparison.Ordinal);
        Assert.Null(_node.Store.Find(_node.Invocation("ADD", "c1", pod).Key));
        Assert.NotNull(_node.Store.Find(_node.Invocation("ADD", "before", pod).Key));
    }
}
