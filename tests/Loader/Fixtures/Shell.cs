using System.Diagnostics;

namespace Netweir.Loader.Tests;

internal static class Shell
{
    public static string Run(string file, params string[] arguments)
    {
        (int exit, string output, string error) = Try(file, arguments);
        return exit == 0 ? output : throw new InvalidOperationException($"{file} {string.Join(' ', arguments)}: exit {exit}: {error}");
    }

    public static (int Exit, string Output, string Error) Try(string file, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromSeconds(60)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{file} {string.Join(' ', arguments)} ran for more than a minute");
        }

        return (process.ExitCode, output.Result, error.Result);
    }
}
