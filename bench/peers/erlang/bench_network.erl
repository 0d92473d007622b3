%% bench/peers/erlang: both sides of `bench -- network` in Erlang/OTP, two nodes on loopback.
%%
%% `far` registers ten counters and waits; `near` sends with `!` from one process a counter, or
%% calls with gen_server:call, warms up with a fifth of the work twice and prints one JSON line.
-module(bench_network).
-export([far/0, near/0, counter/1]).

-define(FAR, 'far@localhost').

far() ->
    [register(name(Pair), spawn(?MODULE, counter, [0])) || Pair <- lists:seq(0, 9)],
    {ok, Server} = gen_server:start(bench_counter, self(), []),
    register(echo, Server),
    io:format("{\"ready\":true}~n"),
    receive stop -> ok end.

name(Pair) -> list_to_atom("counter" ++ integer_to_list(Pair)).

counter(Handled) ->
    receive
        {handled, From} -> From ! {handled, self(), Handled}, counter(0);
        _ -> counter(Handled + 1)
    end.

near() ->
    [WorkText, CountText] = init:get_plain_arguments(),
    Count = list_to_integer(CountText),
    true = net_kernel:connect_node(?FAR),
    Work = work(string:split(WorkText, "-")),
    [Work(max(10, Count div 5)) || _ <- [1, 2]],
    erlang:garbage_collect(),
    io:format("begin~n"),
    Start = erlang:monotonic_time(nanosecond),
    {Ops, Latencies} = Work(Count),
    Seconds = (erlang:monotonic_time(nanosecond) - Start) / 1.0e9,
    io:format("{\"ops\":~w,\"seconds\":~.6f~s}~n", [Ops, Seconds, shares(Latencies)]),
    halt(0).

shares([]) -> "";
shares(Latencies) ->
    Sorted = list_to_tuple(lists:sort(Latencies)),
    At = fun(Share) -> element(min(size(Sorted), 1 + trunc(size(Sorted) * Share)), Sorted) / 1000 end,
    Format = ",\"p50Micros\":~.3f,\"p99Micros\":~.3f,\"maxMicros\":~.3f",
    io_lib:format(Format, [At(0.5), At(0.99), At(1)]).

work(["beside"]) -> fun beside/1;
work(["call" | Callers]) -> fun(Count) -> calls(number(Callers), Count) end;
work([Kind | Pairs]) ->
    Value = value(Kind),
    fun(Count) -> one_way(number(Pairs), Count, Value) end.

number([]) -> 1;
number([Text]) -> list_to_integer(Text).

%% The message of a row, a fresh one each time.
value("send") -> fun(N) -> {add, 1, N} end;
value("object") -> fun object/1;
value("64k") -> Bytes = binary:copy(<<7>>, 65536), fun(_) -> Bytes end;
value("10m") -> Bytes = binary:copy(<<7>>, 10000000), fun(_) -> Bytes end.

object(N) ->
    #{id => 123456 + (N band 1023), lon => 2.29448123 + (N band 255) * 1.0e-5,
      lat => 48.85837009, speed => 13.5, heading => N rem 360, emergency => N band 1 =:= 0,
      at => 1700000000123 + N, unit => <<"ambulance-17">>,
      note => <<"on its way to the north gate, expected in four minutes">>}.

one_way(Pairs, Count, Value) ->
    Owner = self(),
    Each = Count div Pairs,
    Senders = [spawn(fun() -> Owner ! {sent, self(), send_all(Pair, Each, Value)} end)
               || Pair <- lists:seq(0, Pairs - 1)],
    [receive {sent, Sender, Each} -> ok end || Sender <- Senders],
    {Each * Pairs, []}.

send_all(Pair, Count, Value) ->
    Pid = rpc:call(?FAR, erlang, whereis, [name(Pair)]),
    send_many(Count, Pid, Value),
    Pid ! {handled, self()},
    receive {handled, Pid, Handled} -> Handled end.

send_many(0, _, _) -> ok;
send_many(Left, Pid, Value) ->
    Pid ! Value(Left),
    send_many(Left - 1, Pid, Value).

%% One caller asks and asks while messages of 100 MB are on their way, one after another.
beside(Count) ->
    Owner = self(),
    Bytes = binary:copy(<<7>>, 100000000),
    spawn(fun() ->
        Pid = rpc:call(?FAR, erlang, whereis, [name(0)]),
        [begin
             Pid ! Bytes,
             Pid ! {handled, self()},
             receive {handled, Pid, 1} -> ok end
         end || _ <- lists:seq(1, Count)],
        Owner ! over
    end),
    {Count, ask_until_over([])}.

ask_until_over(Latencies) ->
    receive
        over -> Latencies
    after 0 ->
        Start = erlang:monotonic_time(nanosecond),
        1 = gen_server:call({echo, ?FAR}, {add, 1}, infinity),
        ask_until_over([erlang:monotonic_time(nanosecond) - Start | Latencies])
    end.

calls(Callers, Count) ->
    Owner = self(),
    Each = Count div Callers,
    Pids = [spawn(fun() -> Owner ! {called, self(), call_many(Each, [])} end)
            || _ <- lists:seq(1, Callers)],
    Latencies = [receive {called, Pid, All} -> All end || Pid <- Pids],
    {Each * Callers, lists:append(Latencies)}.

call_many(0, Latencies) -> Latencies;
call_many(Left, Latencies) ->
    Start = erlang:monotonic_time(nanosecond),
    1 = gen_server:call({echo, ?FAR}, {add, 1}, infinity),
    call_many(Left - 1, [erlang:monotonic_time(nanosecond) - Start | Latencies]).
