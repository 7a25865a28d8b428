using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Netweir.Support.Traffic;

/// <summary>
/// Creates sockets inside a network namespace. A socket keeps the namespace of the thread that creates it, so one thread stays
/// in the namespace for the factory's life; the sockets can be used on any thread, also after it.
/// </summary>
public sealed class SocketFactory : IDisposable
{
    private readonly BlockingCollection<Request> _requests = [];
    private readonly Thread? _thread;
    private volatile Exception? _failure;

    /// <param name="inNamespace">Runs an action inside the namespace and returns when it is done; null for the process's own.</param>
    public SocketFactory(Action<Action>? inNamespace)
    {
        if (inNamespace is null)
        {
            return;
        }
        _thread = new Thread(() => Serve(inNamespace)) { IsBackground = true, Name = "sockets in namespace" };
        _thread.Start();
    }

    /// <summary>A new socket that is prepared (bound, listening) inside the namespace.</summary>
    /// <param name="protocol">Needed for raw sockets; else it follows from the type.</param>
    public async Task<Socket> CreateAsync(AddressFamily family, SocketType type, Action<Socket>? prepare = null, ProtocolType? protocol = null)
    {
        var kind = protocol ?? (type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
        var request = new Request(family, type, kind, prepare, new(TaskCreationOptions.RunContinuationsAsynchronously));
        if (_thread is null)
        {
            request.Serve();
        }
        else if (_failure is { } failure)
        {
            throw Unusable(failure);
        }
        else
        {
            _requests.Add(request);
            if (_failure is not null)
            {
                FailPending();
            }
        }
        return await request.Result.Task;
    }

    public void Dispose()
    {
        _requests.CompleteAdding();
        _thread?.Join();
        FailPending();
        _requests.Dispose();
    }

    private void Serve(Action<Action> inNamespace)
    {
        try
        {
            inNamespace(() =>
            {
                foreach (var request in _requests.GetConsumingEnumerable())
                {
                    request.Serve();
                }
            });
        }
        catch (Exception e)
        {
            _failure = e;
            FailPending();
        }
    }

    private void FailPending()
    {
        while (_requests.TryTake(out var request))
        {
            request.Result.TrySetException(Unusable(_failure));
        }
    }

    private static InvalidOperationException Unusable(Exception? reason) =>
        new($"No sockets can be made in the network namespace: {reason?.Message ?? "the factory was disposed"}", reason);

    private sealed record Request(
        AddressFamily Family, SocketType Type, ProtocolType Protocol, Action<Socket>? Prepare, TaskCompletionSource<Socket> Result)
    {
        public void Serve()
        {
            Socket? socket = null;
            try
            {
                socket = new Socket(Family, Type, Protocol);
                Prepare?.Invoke(socket);
                Result.SetResult(socket);
            }
            catch (Exception e)
            {
                socket?.Dispose();
                Result.SetException(e);
            }
        }
    }
}
