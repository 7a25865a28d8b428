using System.Net;
using System.Net.Sockets;
using Netweir.Support.Lab;
using Netweir.Support.Packets;

namespace Netweir.E2e.Tests;

/// <summary>
/// A backend's packet out of the window reaches the client only as the service's. Pain: it slips through untranslated, the client knows no such
/// connection and resets it, and the transfer dies.
/// </summary>
public sealed class InvalidPacketTests(ServiceLabs labs) : ServiceTests(labs)
{
    [Theory, EachWay]
    public async Task A_segment_out_of_the_window_does_not_end_the_connection(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        foreach (var (backend, client) in ((LabPod, LabHost)[])[(lab.A2, lab.A1), (lab.B1, lab.A1), (lab.B1, lab.NodeA), (lab.B1, lab.Outside)])
        {
            var service = await lab.ServeAsync(s => s with { Type = LabServiceType.NodePort }, backend);
            var target = client == lab.Outside ? service.NodePortOf(lab.NodeA, ipv6) : service.EndPoint(ipv6);
            var own = client switch
            {
                LabPod pod => pod.Address(ipv6),
                LabNode node => node.Address(ipv6),
                _ => lab.Outside.Address(ipv6),
            };
            await using var atClient = await RawTcp.OpenAsync(client, own);
            await using var atBackend = await RawTcp.OpenAsync(backend, backend.Address(ipv6));
            using var flow = await LabFlow.OpenAsync(client, target, SocketType.Stream);
            // Where the backend sees the client: its answers go there.
            var seen = (await flow.AskAsync()).Client;
            foreach (var sequence in (uint[])[1, 0x4000_0000, 0x8000_0000, 0xc000_0000])
            {
                var segment = Packet.Tcp(new IPEndPoint(backend.Address(ipv6), LabPod.Port), seen).PshAck().Seq(sequence).AckNumber(sequence).Payload("boom");
                await atBackend.SendAsync(segment);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100));
            Assert.Equal(backend.Name, (await flow.AskAsync()).Server);
            var booms = atClient.Received.Where(p => p.Payload == PacketBytes.FromText("boom")).ToList();
            Assert.All(booms, p => Assert.Equal(target.ToString(), $"{new IPEndPoint(p.Ip!.Source, ((TcpHeader)p.L4!).SourcePort)}"));
            Assert.DoesNotContain(atClient.Received, p => p.Ip!.Source.Equals(backend.Address(ipv6)));
            Assert.DoesNotContain(atBackend.Received, p => p.L4 is TcpHeader tcp && tcp.Flags.HasFlag(TcpFlags.Rst));
        }
    }
}
