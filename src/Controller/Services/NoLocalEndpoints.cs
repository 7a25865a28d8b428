using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>How many service ports drop because their traffic policy is Local and every endpoint is on another node.</summary>
internal sealed record NoLocalEndpoints(int Internal, int External)
{
    public static NoLocalEndpoints Of(DesiredService service) => new(
        service.Ports.Count(p => p.Frontends.Any(IsInternal)), service.Ports.Count(p => p.Frontends.Any(f => !f.Flags.HasFlag(FrontendFlag.InsideLocal) && Drops(f))));

    private static bool IsInternal(DesiredFrontend frontend) => frontend.Flags.HasFlag(FrontendFlag.InsideLocal) && Drops(frontend);

    private static bool Drops(DesiredFrontend frontend) => frontend.Flags.HasFlag(FrontendFlag.OutsideLocal | FrontendFlag.OutsideDrop);
}
