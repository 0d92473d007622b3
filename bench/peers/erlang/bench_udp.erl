%% bench_udp: takes datagrams with gen_udp in one process and counts them.
%%
%% bench_udp:main([Buffer]): opens a free port of 127.0.0.1, prints `port N`; on a line on its
%% input prints the same JSON as bench/udp/receiver.mjs. Active by batches of 1,000, the quickest
%% idiom: `{active, true}` has no flow control and one at a time is several times slower.
-module(bench_udp).
-export([main/1]).

-define(BATCH, 1000).

main([Buffer]) ->
    Ask = case list_to_integer(atom_to_list(Buffer)) of
              0 -> [];
              Bytes -> [{recbuf, Bytes}]
          end,
    Options = [binary, {active, ?BATCH}, {ip, {127, 0, 0, 1}} | Ask],
    {ok, Socket} = gen_udp:open(0, Options),
    {ok, Port} = inet:port(Socket),
    {ok, [{recbuf, Granted}]} = inet:getopts(Socket, [recbuf]),
    io:format("port ~b~n", [Port]),
    Self = self(),
    spawn_link(fun() -> ask(Self) end),
    receive_all(Socket, 0, Granted, cpu_seconds()).

ask(Receiver) ->
    case io:get_line("") of
        eof -> erlang:halt(0);
        _ -> Receiver ! tell, ask(Receiver)
    end.

receive_all(Socket, Received, Granted, Before) ->
    receive
        {udp, Socket, _, _, _} -> receive_all(Socket, Received + 1, Granted, Before);
        {udp_passive, Socket} ->
            ok = inet:setopts(Socket, [{active, ?BATCH}]),
            receive_all(Socket, Received, Granted, Before);
        tell ->
            io:format("{\"received\":~b,\"cpuSeconds\":~.6f,\"bufferBytes\":~b}~n",
                      [Received, cpu_seconds() - Before, Granted]),
            receive_all(Socket, Received, Granted, Before)
    end.

%% User and system time of this operating system process; its clock ticks 100 times a second.
cpu_seconds() ->
    {ok, Stat} = file:read_file("/proc/self/stat"),
    [_, Rest] = binary:split(Stat, <<") ">>),
    Fields = binary:split(Rest, <<" ">>, [global]),
    (binary_to_integer(lists:nth(12, Fields)) + binary_to_integer(lists:nth(13, Fields))) / 100.
