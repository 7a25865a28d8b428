using Netweir.Ctl;

return CtlCommand.Run(args, Console.Out, Console.Error);
