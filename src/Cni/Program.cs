using Microsoft.Win32.SafeHandles;
using Netweir.Cni;
using Netweir.Endpoints;

PrivateFiles.FromNowOn();
// Not by Console, which starts a thread for the terminal's signals.
using var input = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
using var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
using var log = new FileStream(new SafeFileHandle(2, ownsHandle: false), FileAccess.Write, bufferSize: 0);
return Plugin.Run(Environment.GetEnvironmentVariable, input, output, log);
