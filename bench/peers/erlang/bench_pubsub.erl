%% bench/peers/erlang: `bench -- pubsub` in Erlang/OTP: one event to the subscribers of many nodes.
%%
%% Erlang has no events between nodes; two ways to have them are measured. `relay`: a process on
%% each node hands the message on to the subscribers there. `direct`: the producer sends to each
%% subscriber itself, as with the members of a process group (pg).
-module(bench_pubsub).
-export([producer/0, consumer/0]).

-define(PRODUCER, 'producer@localhost').
-define(WARM_UPS, 2).

producer() ->
    [Mode, NodesText, SubscribersText, Port] = init:get_plain_arguments(),
    Nodes = list_to_integer(NodesText),
    Each = list_to_integer(SubscribersText) div Nodes,
    register(judge, self()),
    Start = now_ms(),
    [begin_consumer(N, Each, Mode, Port) || N <- lists:seq(1, Nodes)],
    Receivers = lists:append([receive {ready, All} -> All end || _ <- lists:seq(1, Nodes)]),
    Subscribed = now_ms() - Start,
    [round(Receivers, Nodes) || _ <- lists:seq(1, ?WARM_UPS)],
    {Publish, Delivered} = round(Receivers, Nodes),
    io:format("{\"publishMs\":~.6f,\"deliveredMs\":~.6f,\"subscribeMs\":~.3f}~n",
              [Publish, Delivered, Subscribed]),
    halt(0).

begin_consumer(Number, Each, Mode, Port) ->
    Name = "consumer" ++ integer_to_list(Number) ++ "@localhost",
    Pa = filename:dirname(code:which(?MODULE)),
    Args = ["-noshell", "-setcookie", "bench", "-start_epmd", "false", "-erl_epmd_port", Port,
            "-dist_listen", "false", "-sname", Name, "-pa", Pa, "+P", "2000000",
            "-s", "bench_pubsub", "consumer", "-extra", Mode, integer_to_list(Each)],
    open_port({spawn_executable, os:find_executable("erl")}, [{args, Args}]).

round(Receivers, Nodes) ->
    Start = now_ms(),
    [Pid ! {event, 1} || Pid <- Receivers],
    Published = now_ms(),
    [receive counted -> ok end || _ <- lists:seq(1, Nodes)],
    {Published - Start, now_ms() - Start}.

consumer() ->
    [Mode, EachText] = init:get_plain_arguments(),
    Each = list_to_integer(EachText),
    true = net_kernel:connect_node(?PRODUCER),
    monitor_node(?PRODUCER, true),
    Left = atomics:new(1, []),
    atomics:put(Left, 1, Each),
    Subscribers = [spawn(fun() -> subscriber(Left, Each, 0) end) || _ <- lists:seq(1, Each)],
    register(relay, self()),
    {judge, ?PRODUCER} ! {ready, case Mode of "relay" -> [self()]; "direct" -> Subscribers end},
    relay(Subscribers).

relay(Subscribers) ->
    receive
        {event, _} = Event -> [Pid ! Event || Pid <- Subscribers], relay(Subscribers);
        {nodedown, _} -> halt(0)
    end.

subscriber(Left, Each, Seen) ->
    receive
        {event, Value} ->
            case atomics:sub_get(Left, 1, 1) of
                0 -> atomics:put(Left, 1, Each), {judge, ?PRODUCER} ! counted;
                _ -> ok
            end,
            subscriber(Left, Each, Seen + Value)
    end.

now_ms() -> erlang:monotonic_time(nanosecond) / 1.0e6.
