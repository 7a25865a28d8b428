using System.Text;
using System.Text.Json;

namespace Netweir.Cni;

/// <summary>The CNI protocol: finds the verb, checks the call, runs it, and reports failures. Touches no process-wide state.</summary>
internal static class Plugin
{
    /// <returns>The exit code: 0, or 1 with an error object on <paramref name="output"/>.</returns>
    public static int Run(Func<string, string?> environment, Stream input, Stream output, Stream log)
    {
        string version = CniVersions.Latest;
        try
        {
            string? command = environment(Variable.Command);
            if (command == "VERSION")
            {
                WriteVersions(output);
                return 0;
            }

            Verb verb = InvocationReader.FindVerb(command);
            NetworkConfig config = InvocationReader.ReadConfig(input);
            version = config.CniVersion is { } asked && CniVersions.IsSupported(asked) ? asked : version;
            verb.Run(InvocationReader.Read(verb, environment, config), output);
            return 0;
        }
#pragma warning disable CA1031 // Whatever happens, the runtime must get an error object.
        catch (Exception e)
#pragma warning restore CA1031
        {
            CniException failure = CniException.From(e);
            WriteError(output, version, failure);
            if (failure.Code == CniErrorCode.Internal)
            {
                Log(log, e);
            }

            return 1;
        }
    }

    private static void Log(Stream log, Exception error)
    {
        try
        {
            log.Write(Encoding.UTF8.GetBytes(error + "\n"));
        }
        catch (IOException)
        {
            // Nobody reads it. The error object has been written.
        }
    }

    private static void WriteVersions(Stream output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("cniVersion"u8, CniVersions.Latest);
        json.WriteStartArray("supportedVersions"u8);
        foreach (string version in CniVersions.Supported)
        {
            json.WriteStringValue(version);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteError(Stream output, string version, CniException failure)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("cniVersion"u8, version);
        json.WriteNumber("code"u8, (int)failure.Code);
        json.WriteString("msg"u8, failure.Message);
        if (failure.Details is { } details)
        {
            json.WriteString("details"u8, details);
        }

        json.WriteEndObject();
    }
}
