using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>
/// A frontend and the backends that it may choose, in the order of their slots; each is one of its port's <see cref="DesiredPort.Backends"/>.
/// <paramref name="DropWhenEmpty"/> tells drop from reject when there is none.
/// </summary>
internal sealed record DesiredFrontend(FrontendKey Key, IReadOnlyList<FrontendKey> Slots, bool DropWhenEmpty);
