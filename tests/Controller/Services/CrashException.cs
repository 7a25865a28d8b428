namespace Netweir.Controller.Tests.Services;

/// <summary>The agent dies here.</summary>
internal sealed class CrashException() : Exception("crash between two writes");
