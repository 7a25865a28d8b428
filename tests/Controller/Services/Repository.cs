using System.Runtime.CompilerServices;

namespace Netweir.Controller.Tests.Services;

/// <summary>Where the sources are that this was compiled from.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", ".."));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
