namespace Netweir.Datapath.Tests.Fuzz;

/// <summary>One frame for one hook.</summary>
/// <param name="GsoSize">Bytes of payload a segment, or 0.</param>
internal sealed record FuzzInput(Hook Hook, Device Device, byte[] Frame, uint GsoSize)
{
    /// <summary>The packet as one line, and its bytes.</summary>
    public override string ToString() => $"{Hook} of {Device}{(GsoSize > 0 ? $", gso {GsoSize}" : "")}: {Text(Frame)}";

    public static string Text(ReadOnlySpan<byte> frame)
    {
        string text;
        try
        {
            text = Packet.Parse(frame, verifyChecksums: false).ToString();
        }
        catch (PacketFormatException e)
        {
            text = $"no whole packet ({e.Message})";
        }
        return $"{text}\n    {Convert.ToHexStringLower(frame)}";
    }
}
