using System.Net.Sockets;

namespace Netweir.Controller;

/// <summary>
/// The open connections of a server, of which there are at most <paramref name="most"/>: one more closes the oldest. So clients that connect and
/// say nothing cannot keep others out. Thread-safe.
/// </summary>
internal sealed class HttpConnections(int most) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Socket> _oldestFirst = new();
    private bool _closed;

    /// <summary>To be given back by <see cref="Remove"/>, which closes it.</summary>
    public LinkedListNode<Socket> Add(Socket socket)
    {
        Socket? oldest = null;
        LinkedListNode<Socket> added;
        lock (_lock)
        {
            if (_oldestFirst.Count >= most)
            {
                oldest = _oldestFirst.First!.Value;
                _oldestFirst.RemoveFirst();
            }
            added = _oldestFirst.AddLast(socket);
            oldest = _closed ? socket : oldest;
        }
        oldest?.Dispose();
        return added;
    }

    public void Remove(LinkedListNode<Socket> connection)
    {
        lock (_lock)
        {
            if (connection.List is not null)
            {
                _oldestFirst.Remove(connection);
            }
        }
        connection.Value.Dispose();
    }

    /// <summary>Closes all, and those that come later.</summary>
    public void Dispose()
    {
        Socket[] all;
        lock (_lock)
        {
            _closed = true;
            all = [.. _oldestFirst];
        }
        foreach (var socket in all)
        {
            socket.Dispose();
        }
    }
}
