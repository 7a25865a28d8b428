using Netweir.Controller;
using Netweir.Endpoints;

PrivateFiles.FromNowOn();
var result = OptionsParser.Parse(args, OptionsSurroundings.OfThisProcess());
if (result.Help)
{
    Console.Out.Write(OptionsHelp.Text);
    return 0;
}
if (result.Options is not { } options)
{
    foreach (var error in result.Errors)
    {
        Console.Error.WriteLine($"error: {error}");
    }
    return 2;
}
try
{
    using var agent = new Agent(options);
    await agent.RunAsync().ConfigureAwait(false);
    return 0;
}
catch (StartupException e)
{
    Console.Error.WriteLine($"error: {e.Message}");
    return 1;
}
#pragma warning disable CA1031 // The last line says why the process ends; the kernel forwards without it.
catch (Exception e)
{
    Console.Error.WriteLine($"error: netweir-agent failed and stops; the datapath goes on without it: {e}");
    return 1;
}
#pragma warning restore CA1031
