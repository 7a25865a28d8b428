using Netweir.Cni;
using Netweir.Endpoints;

PrivateFiles.FromNowOn();
return Plugin.Run(Environment.GetEnvironmentVariable, Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.OpenStandardError());
