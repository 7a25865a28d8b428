using System.Diagnostics;

namespace Netweir.Ctl;

/// <summary>Programs of the node that know more than Netweir reads by itself. None is needed.</summary>
internal static class ExternalProgram
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    /// <returns>null: it is not installed.</returns>
    /// <exception cref="CtlException">It failed, or took too long.</exception>
    public static string? Run(string program, params string[] arguments)
    {
        string[] directories = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];
        if (directories.Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists) is not { } path)
        {
            return null;
        }

        using Process process = Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_timeout))
        {
            process.Kill();
            throw new CtlException($"{program} took longer than {s_timeout.TotalSeconds:0} s");
        }

        string said = output.GetAwaiter().GetResult();
        return process.ExitCode == 0 ? said : throw new CtlException($"{program} failed: {error.GetAwaiter().GetResult().Trim()}");
    }
}
