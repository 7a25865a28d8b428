using Netweir.Cni;

return Plugin.Run(Environment.GetEnvironmentVariable, Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.OpenStandardError());
