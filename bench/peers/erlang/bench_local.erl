%% bench/peers/erlang: the rows of `bench -- local` in Erlang/OTP.
%%
%% `erl ... -s bench_local main -extra ROW COUNT` prepares the row, runs a tenth of it to warm
%% up, then measures COUNT operations and prints one JSON line. Knows nothing of the other peers.
%% Messages carry a fresh tuple, the receiver adds its field up, and the clock stops when the
%% receiver has told that the last one was handled.
-module(bench_local).
-export([main/0, pair_sender/1, counter/1]).

main() ->
    [RowText, CountText] = init:get_plain_arguments(),
    Row = list_to_atom(RowText),
    Count = list_to_integer(CountText),
    Work = prepare(Row, Count),
    lists:member(Row, [memory, hibernated, 'memory-supervised', timer])
        orelse Work(max(1, Count div 10)),
    erlang:garbage_collect(),
    Cpu = cpu_seconds(),
    Start = erlang:monotonic_time(nanosecond),
    Value = Work(Count),
    Seconds = (erlang:monotonic_time(nanosecond) - Start) / 1.0e9,
    io:format("{\"ops\":~w,\"seconds\":~.6f,\"cpuSeconds\":~.4f~s}~n",
              [Count, Seconds, cpu_seconds() - Cpu, extra(Value)]),
    halt(0).

extra({value, Value}) -> io_lib:format(",\"value\":~.4f", [float(Value)]);
extra(_) -> "".

%% User and system time of the whole emulator, in steps of 10 ms, as the kernel accounts it.
cpu_seconds() ->
    {ok, Stat} = file:read_file("/proc/self/stat"),
    [_, Rest] = binary:split(Stat, <<") ">>),
    Fields = binary:split(Rest, <<" ">>, [global]),
    Ticks = binary_to_integer(lists:nth(12, Fields)) + binary_to_integer(lists:nth(13, Fields)),
    Ticks / 100.

%% --- one row each: prepare(Row, Count) answers the work as a function of a count ---

prepare(send, _) -> pairs(1);
prepare('pairs-8', _) -> pairs(8);
prepare('pairs-100', _) -> pairs(100);
prepare(cast, _) -> casts();
prepare('ping-pong', _) -> ping_pong();
prepare(call, _) -> calls(1);
prepare('call-100', _) -> calls(100);
prepare(spawn, _) -> fun(Count) -> spawn_exit(Count) end;
prepare(memory, _) -> fun(Count) -> memory(Count, fun idle/1) end;
prepare(hibernated, _) -> fun(Count) -> memory(Count, fun hibernated/1) end;
prepare('memory-supervised', _) -> fun(Count) -> memory_supervised(Count) end;
prepare('fanout-100k', _) -> fanout(100000);
prepare('fanout-1m', _) -> fanout(1000000);
prepare(timer, _) -> fun(Count) -> timer_lateness(Count) end;
prepare(backlog, _) -> backlog();
prepare(restart, _) -> restart_storm(10).

%% N senders, N receivers, plain processes and `!`.
pairs(N) ->
    Pairs = [{spawn(?MODULE, pair_sender, [self()]), spawn(?MODULE, counter, [self()])}
             || _ <- lists:seq(1, N)],
    fun(Count) ->
        Each = Count div N,
        [Receiver ! {expect, Each} || {_, Receiver} <- Pairs],
        [Sender ! {go, Each, Receiver} || {Sender, Receiver} <- Pairs],
        [receive {handled, Receiver, Each} -> ok end || {_, Receiver} <- Pairs]
    end.

pair_sender(Owner) ->
    receive
        {go, Count, Receiver} ->
            send_many(Count, Receiver),
            pair_sender(Owner)
    end.

%% The shift is always 0; it keeps the tuple from being a constant that is never copied.
send_many(0, _) -> ok;
send_many(Left, Receiver) ->
    Receiver ! {increment, 1 + (Left bsr 60)},
    send_many(Left - 1, Receiver).

counter(Owner) ->
    receive
        {expect, Count} ->
            Owner ! {handled, self(), count(Count, 0)},
            counter(Owner)
    end.

count(0, Sum) -> Sum;
count(Left, Sum) ->
    receive
        {increment, By} -> count(Left - 1, Sum + By)
    end.

%% One sender, one gen_server, gen_server:cast.
casts() ->
    {ok, Server} = gen_server:start(bench_counter, self(), []),
    fun(Count) ->
        ok = gen_server:call(Server, {expect, Count}),
        spawn(fun() -> cast_many(Count, Server) end),
        receive {handled, Server, Count} -> ok end
    end.

cast_many(0, _) -> ok;
cast_many(Left, Server) ->
    gen_server:cast(Server, {increment, 1 + (Left bsr 60)}),
    cast_many(Left - 1, Server).

ping_pong() ->
    Owner = self(),
    Pong = spawn(fun Pong() -> receive {ping, From, By} -> From ! {pong, By}, Pong() end end),
    fun(Count) ->
        spawn(fun() -> Owner ! {played, ping(Count, Pong, 0)} end),
        receive {played, Count} -> ok end
    end.

ping(0, _, Sum) -> Sum;
ping(Left, Pong, Sum) ->
    Pong ! {ping, self(), 1},
    receive {pong, By} -> ping(Left - 1, Pong, Sum + By) end.

%% N callers of one gen_server; every call asks for its count and is answered.
calls(N) ->
    {ok, Server} = gen_server:start(bench_counter, self(), []),
    Owner = self(),
    fun(Count) ->
        Each = Count div N,
        Callers = [spawn(fun() -> Owner ! {called, self(), call_many(Each, Server, 0)} end)
                   || _ <- lists:seq(1, N)],
        [receive {called, Caller, Each} -> ok end || Caller <- Callers]
    end.

call_many(0, _, Sum) -> Sum;
call_many(Left, Server, Sum) ->
    call_many(Left - 1, Server, Sum + gen_server:call(Server, {add, 1}, 5000)).

%% 100 at a time: spawn with a monitor, the child ends by itself, the parent hears of each.
spawn_exit(Left) when Left =< 0 -> ok;
spawn_exit(Left) ->
    Refs = [element(2, spawn_monitor(fun() -> ok end)) || _ <- lists:seq(1, 100)],
    [receive {'DOWN', Ref, process, _, normal} -> ok end || Ref <- Refs],
    spawn_exit(Left - 100).

idle(Count) -> receive {increment, By} -> idle(Count + By) end.

hibernated(Count) -> erlang:hibernate(erlang, apply, [fun idle/1, [Count]]).

%% Bytes of the whole emulator before and after; the list of pids is kept, as anybody must.
memory(Count, Loop) ->
    erlang:garbage_collect(),
    Before = erlang:memory(total),
    Pids = [spawn(fun() -> Loop(0) end) || _ <- lists:seq(1, Count)],
    timer:sleep(2000),
    erlang:garbage_collect(),
    After = erlang:memory(total),
    Count = length(Pids),
    {value, (After - Before) / Count}.

%% A gen_server under a simple_one_for_one supervisor, each with a registered name (an atom).
memory_supervised(Count) ->
    {ok, Supervisor} = bench_supervisor:start_link({named, self()}),
    erlang:garbage_collect(),
    Before = erlang:memory(total),
    [{ok, _} = supervisor:start_child(Supervisor, [N]) || N <- lists:seq(1, Count)],
    erlang:garbage_collect(),
    erlang:garbage_collect(Supervisor),
    {value, (erlang:memory(total) - Before) / Count}.

%% Plain processes have no event: the publisher sends to its list of members. Every subscriber
%% adds to one shared cell, and the one that completes an event tells the owner: the cheapest way
%% to know that all have handled it.
fanout(Subscribers) ->
    Owner = self(),
    Cell = atomics:new(1, []),
    Pids = [spawn(fun() -> subscriber(Owner, Cell, Subscribers, 0) end)
            || _ <- lists:seq(1, Subscribers)],
    fun(Count) ->
        [begin
             [Pid ! {event, Number} || Pid <- Pids],
             receive published -> ok end
         end || Number <- lists:seq(1, Count)]
    end.

subscriber(Owner, Cell, Subscribers, Sum) ->
    receive
        {event, Number} ->
            atomics:add_get(Cell, 1, 1) rem Subscribers =:= 0 andalso (Owner ! published),
            subscriber(Owner, Cell, Subscribers, Sum + Number)
    end.

%% 100 pairs play ping-pong for ever; meanwhile one process keeps 100 timers of 10 ms.
timer_lateness(Count) ->
    [spawn(fun() -> endless_pair() end) || _ <- lists:seq(1, 100)],
    timer:sleep(500),
    [arm(10) || _ <- lists:seq(1, 100)],
    Late = lists:sort(late(Count, [])),
    {value, lists:nth(max(1, ceil(Count * 0.99)), Late) / 1000}.

endless_pair() ->
    Self = self(),
    Other = spawn(fun() -> endless_play() end),
    Other ! {ball, Self, 1},
    endless_play().

endless_play() -> receive {ball, From, By} -> From ! {ball, self(), By}, endless_play() end.

arm(Ms) ->
    Due = erlang:monotonic_time(microsecond) + Ms * 1000,
    erlang:send_after(Ms, self(), {tick, Due}).

late(0, Late) -> Late;
late(Left, Late) ->
    receive
        {tick, Due} ->
            Now = erlang:monotonic_time(microsecond),
            arm(10),
            late(Left - 1, [Now - Due | Late])
    end.

%% The receiver is suspended while the messages are queued, then drains them.
backlog() ->
    Receiver = spawn(?MODULE, counter, [self()]),
    fun(Count) ->
        Receiver ! {expect, Count},
        erlang:suspend_process(Receiver),
        send_many(Count, Receiver),
        erlang:resume_process(Receiver),
        receive {handled, Receiver, Count} -> ok end
    end.

%% N children of a one_for_one supervisor; each tells that it is up and is told to crash.
restart_storm(N) ->
    logger:set_primary_config(level, none),
    process_flag(trap_exit, true),
    fun(Count) ->
        {ok, Supervisor} = bench_supervisor:start_link({storm, self(), N}),
        crash(Count),
        unlink(Supervisor),
        exit(Supervisor, shutdown)
    end.

crash(0) -> ok;
crash(Left) ->
    receive
        {up, Child} ->
            Child ! crash,
            crash(Left - 1)
    end.
