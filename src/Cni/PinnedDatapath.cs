namespace Netweir.Cni;

/// <summary>What the agent loaded and pinned, and the plugin uses.</summary>
internal sealed class PinnedDatapath : IDisposable
{
    public const string FromPod = "from_pod";
    public const string ToPod = "to_pod";
    private readonly BpfObject _fromPod;
    private readonly BpfObject _toPod;

    private PinnedDatapath(BpfObject fromPod, BpfObject toPod, EndpointMap endpoints)
    {
        _fromPod = fromPod;
        _toPod = toPod;
        Endpoints = endpoints;
    }

    public int FromPodFd => _fromPod.Fd;

    public int ToPodFd => _toPod.Fd;

    public EndpointMap Endpoints { get; }

    /// <exception cref="BpfException">Something is not pinned; the message names it.</exception>
    public static PinnedDatapath Open(string bpfRoot)
    {
        BpfObject fromPod = BpfObject.Open(Path.Combine(bpfRoot, "programs", FromPod));
        BpfObject? toPod = null;
        try
        {
            toPod = BpfObject.Open(Path.Combine(bpfRoot, "programs", ToPod));
            return new PinnedDatapath(fromPod, toPod, EndpointMap.Open(bpfRoot));
        }
        catch
        {
            fromPod.Dispose();
            toPod?.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _fromPod.Dispose();
        _toPod.Dispose();
        Endpoints.Dispose();
    }
}
