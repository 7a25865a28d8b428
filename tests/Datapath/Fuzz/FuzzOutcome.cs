using System.Buffers.Binary;
using Netweir.Loader;

namespace Netweir.Datapath.Tests.Fuzz;

/// <summary>What one run made of an input.</summary>
internal sealed class FuzzOutcome(FuzzInput input, TestRunResult result, ulong drops, Packet? whole)
{
    /// <summary>The input, if it is in order and its checksums are right; else null.</summary>
    public Packet? Whole => whole;

    public FuzzInput Input => input;

    public int Verdict => (int)result.ReturnValue;

    /// <summary>How many drops were counted meanwhile, whatever the reason.</summary>
    public ulong Drops => drops;

    /// <summary>Dropped, and its sender is told.</summary>
    public bool IsAnswer => Verdict == Outcome.Redirect && drops > 0;

    public bool KeepsMacs => OnTheWire.AsSpan(0, 12).SequenceEqual(input.Frame.AsSpan(0, 12));

    /// <summary>bpf_redirect_neigh() replaces the link-layer header: it gets the type of what follows it then.</summary>
    public byte[] OnTheWire { get; } = WithType(result.Packet.ToArray());

    public override string ToString() => $"in  {input}\n  out verdict {Verdict}, drops {drops}: {FuzzInput.Text(result.Packet.Span)}";

    private static byte[] WithType(byte[] frame)
    {
        if (frame.Length > EthernetHeader.Size && BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12)) == EthernetHeader.TypeIPv6 && frame[14] >> 4 == 4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), EthernetHeader.TypeIPv4);
        }
        return frame;
    }
}
